/* The formatting row: one stop for Tab, arrows inside, and the keys everybody's fingers know. */

export class Toolbar {
  #form;
  #editor;
  #bar;
  #toggle;
  #link;
  #told;

  constructor(form, editor, told) {
    this.#form = form;
    this.#editor = editor;
    this.#told = told;
    this.#bar = form.querySelector(".composer-toolbar");
    this.#toggle = form.querySelector(".composer-format");
    this.#link = form.querySelector(".composer-link");
    this.#toggle.addEventListener("click", () => this.#show(this.#bar.hidden));
    this.#bar.addEventListener("keydown", (event) => this.#walk(event));
    this.#bar.addEventListener("click", ({ target }) => this.#apply(target.closest("[data-format]")?.dataset.format));
    // A press on a button must not take the selection away.
    this.#bar.addEventListener("mousedown", (event) => event.target.closest("button") && event.preventDefault());
    this.#bindLink();
    const { squire } = editor;
    for (const type of ["pathChange", "select", "cursor"]) squire.addEventListener(type, () => this.#press());
    squire.setKeyHandler("Ctrl-k", (_, event) => this.#askLink(event));
    squire.setKeyHandler("Meta-k", (_, event) => this.#askLink(event));
    squire.setKeyHandler("Ctrl-\\", (_, event) => this.#clear(event));
    this.refresh();
    this.#stops[0].tabIndex = 0;
    if (localStorage.getItem("harken:toolbar")) this.#show(true);
  }

  /* Formats are for text with a form alone. */
  refresh() {
    for (const button of this.#bar.querySelectorAll("[data-format]")) button.disabled = this.#editor.isPlain;
    const plain = this.#form.elements.is_plain;
    plain.checked = this.#editor.isPlain;
    plain.disabled = this.#form.hasAttribute("data-plain-only");
    this.#link.hidden = true;
    this.#settle();
  }

  get #stops() {
    return [...this.#bar.querySelectorAll("button, input")];
  }

  get #open() {
    return this.#stops.filter((stop) => !stop.disabled);
  }

  /* Whatever is switched off, Tab finds one of them. */
  #settle() {
    if (!this.#open.some((stop) => stop.tabIndex === 0) && this.#open.length) this.#open[0].tabIndex = 0;
  }

  #show(wanted) {
    this.#bar.hidden = !wanted;
    this.#toggle.setAttribute("aria-expanded", wanted);
    if (wanted) localStorage.setItem("harken:toolbar", "shown");
    else localStorage.removeItem("harken:toolbar");
  }

  #walk(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const forward = document.dir === "rtl" ? -step : step;
    const stops = this.#open;
    const next = stops[(stops.indexOf(event.target) + forward + stops.length) % stops.length];
    for (const stop of this.#stops) stop.tabIndex = stop === next ? 0 : -1;
    next.focus();
    event.preventDefault();
  }

  #press() {
    const { squire } = this.#editor;
    const isOn = {
      bold: () => squire.hasFormat("B"), italic: () => squire.hasFormat("I"), list: () => squire.hasFormat("UL"),
      numbers: () => squire.hasFormat("OL"), quote: () => squire.hasFormat("BLOCKQUOTE"),
      code: () => squire.hasFormat("CODE") || squire.hasFormat("PRE"),
    };
    for (const [name, ask] of Object.entries(isOn)) {
      this.#bar.querySelector(`[data-format="${name}"]`).setAttribute("aria-pressed", ask());
    }
  }

  #apply(format) {
    const { squire } = this.#editor;
    const isOn = format && this.#bar.querySelector(`[data-format="${format}"]`).getAttribute("aria-pressed") === "true";
    const acts = {
      bold: () => (isOn ? squire.removeBold() : squire.bold()),
      italic: () => (isOn ? squire.removeItalic() : squire.italic()),
      list: () => (isOn ? squire.removeList() : squire.makeUnorderedList()),
      numbers: () => (isOn ? squire.removeList() : squire.makeOrderedList()),
      quote: () => (isOn ? squire.decreaseQuoteLevel() : squire.increaseQuoteLevel()),
      code: () => squire.toggleCode(),
      link: () => this.#askLink(),
      clear: () => squire.removeAllFormatting(),
    };
    acts[format]?.();
    if (format && format !== "link") this.#press();
  }

  #clear(event) {
    event.preventDefault();
    this.#editor.squire.removeAllFormatting();
  }

  #bindLink() {
    const field = this.#link.querySelector("[data-link]");
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) this.#setLink(event, field.value);
      if (event.key === "Escape") this.#closeLink(event);
    });
    this.#link.querySelector("[data-link-set]").addEventListener("click", (event) => this.#setLink(event, field.value));
    this.#link.querySelector("[data-link-off]").addEventListener("click", (event) => this.#setLink(event, ""));
  }

  #askLink(event) {
    event?.preventDefault();
    const { squire } = this.#editor;
    const range = squire.getSelection();
    const around = range.startContainer.parentElement?.closest("a") ?? range.startContainer.childNodes?.[range.startOffset]?.closest?.("a");
    this.#link.hidden = false;
    const field = this.#link.querySelector("[data-link]");
    field.value = around?.getAttribute("href") ?? (/^(https?:\/\/|www\.)\S+$/.test(squire.getSelectedText()) ? squire.getSelectedText() : "");
    field.select();
    field.focus();
  }

  #setLink(event, typed) {
    const address = completed(typed.trim());
    if (address === null) return this.#told.problem("noLink");
    const { squire } = this.#editor;
    this.#closeLink(event);
    if (address) squire.makeLink(address);
    else squire.removeLink();
  }

  #closeLink(event) {
    event.preventDefault();
    event.stopPropagation();
    this.#link.hidden = true;
    this.#editor.focus();
  }
}

/* Returns the whole address, "" for none, null for what is no address of a page, a person or a phone. */
function completed(typed) {
  if (!typed) return "";
  if (/^[^\s@/]+@[^\s@/]+\.[^\s@/]+$/.test(typed)) return `mailto:${typed}`;
  const address = /^[a-z][a-z0-9+.-]*:/i.test(typed) ? typed : `https://${typed}`;
  if (!URL.canParse(address)) return null;
  return ["http:", "https:", "mailto:", "tel:"].includes(new URL(address).protocol) ? address : null;
}
