/*
 * A list of choices beside a field: the caret stays in the field, arrows move through the list, Enter or Tab takes one,
 * Escape closes it. The server makes the choices; nothing is shown where it has none.
 */

const BETWEEN_KEYS = 120;

let made = 0;

export class Choices {
  #list;
  #choose;
  #heard;
  #isBelow;
  #field = null;
  #active = null;
  #asked = 0;
  #timer = null;

  /*
   * `choose(option)` hears which was taken; `heard(count)` how many there are, for those who listen. The list stands
   * above its place, or `isBelow` it, unless there is no room.
   */
  constructor(place, { label, choose, heard = () => {}, isBelow = false }) {
    this.#isBelow = isBelow;
    this.#choose = choose;
    this.#heard = heard;
    this.#list = document.createElement("div");
    Object.assign(this.#list, { className: "pop choices", id: `choices-${++made}`, hidden: true });
    this.#list.setAttribute("role", "listbox");
    this.#list.setAttribute("aria-label", label);
    place.append(this.#list);
    // The caret stays where it is.
    this.#list.addEventListener("mousedown", (event) => event.preventDefault());
    this.#list.addEventListener("click", ({ target }) => this.#take(target.closest("[role=option]")));
  }

  get isOpen() {
    return !this.#list.hidden;
  }

  name(label) {
    this.#list.setAttribute("aria-label", label);
  }

  /* Asks for the choices of a field; the last question alone is answered. */
  ask(field, address) {
    clearTimeout(this.#timer);
    const asked = ++this.#asked;
    this.#timer = setTimeout(async () => {
      const answer = await fetch(address).catch(() => null);
      const html = answer?.ok && !answer.redirected ? await answer.text() : "";
      if (asked === this.#asked) this.#show(field, html);
    }, BETWEEN_KEYS);
  }

  close() {
    clearTimeout(this.#timer);
    this.#asked += 1;
    if (!this.isOpen) return;
    this.#list.hidden = true;
    this.#list.replaceChildren();
    this.#activate(null);
    if (this.#field.getAttribute("role") === "combobox") this.#field.setAttribute("aria-expanded", "false");
    this.#field.removeAttribute("aria-controls");
  }

  /* Says whether a key was meant for the list. */
  press(event) {
    if (!this.isOpen || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.#move(step);
    else if (event.key === "Escape") this.close();
    else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey) this.#take(this.#active);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  get #options() {
    return [...this.#list.querySelectorAll("[role=option]")];
  }

  #show(field, html) {
    const made = document.createElement("template");
    made.innerHTML = html;
    const options = made.content.querySelectorAll("[role=option]");
    if (!options.length) return this.close();
    options.forEach((option, place) => (option.id = `${this.#list.id}-${place}`));
    this.#list.replaceChildren(made.content);
    this.#field = field;
    this.#list.hidden = false;
    this.#place();
    field.setAttribute("aria-controls", this.#list.id);
    field.setAttribute("aria-autocomplete", "list");
    if (field.getAttribute("role") === "combobox") field.setAttribute("aria-expanded", "true");
    this.#activate(this.#options[0]);
    this.#heard(options.length);
  }

  #place() {
    const { top, bottom } = this.#list.parentElement.getBoundingClientRect();
    const needed = this.#list.offsetHeight + 16;
    const isBelow = this.#isBelow ? window.innerHeight - bottom > needed || top < needed : top < needed;
    this.#list.classList.toggle("choices-below", isBelow);
  }

  #move(step) {
    const options = this.#options;
    this.#activate(options[(options.indexOf(this.#active) + step + options.length) % options.length]);
  }

  #activate(option) {
    this.#active?.setAttribute("aria-selected", "false");
    this.#active = option;
    option?.setAttribute("aria-selected", "true");
    if (option) this.#field.setAttribute("aria-activedescendant", option.id);
    else this.#field?.removeAttribute("aria-activedescendant");
  }

  #take(option) {
    if (!option) return;
    this.close();
    this.#choose(option);
  }
}
