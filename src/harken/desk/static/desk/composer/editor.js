/*
 * Where the words are typed: Squire for text with a form, the page's own text field for plain text. The field is what
 * works without scripts; with them it stays the one for plain text.
 */

import { LONGEST, cleaned, slim } from "./pasting.js";

const PICTURES = ["image/png", "image/jpeg", "image/gif", "image/webp"];

/* Measured on a slow machine: four thousand elements are put in within two seconds, and the time grows with their square. */
const MOST_PARTS = 4000;
const MOST_TAGS = 40_000;

const partsOf = (html) => html.match(/<[a-z]/gi)?.length ?? 0;

/* Word names the pictures of a letter by where they lie on the writer's disk. */
const PICTURE_LEFT_BEHIND = /<img\s[^<>]*\bsrc\s*=\s*["']?file:/i;

export class Editor {
  #area;
  #html;
  #rich;
  #squire;
  #told;

  /* `told` hears changed(), files(list), pictures(list), tooLong(most, parts) and unread(). */
  constructor(form, told) {
    this.#area = form.elements.text;
    const hadFocus = this.#area === document.activeElement;
    this.#html = form.elements.html;
    this.#told = told;
    this.#rich = this.#makeRich();
    this.#squire = new window.Squire(this.#rich, {
      blockTag: "DIV",
      blockAttributes: { dir: "auto" },
      tagAttributes: { li: { dir: "auto" }, blockquote: { dir: "auto" }, pre: { dir: "auto" } },
      undo: { documentSizeThreshold: 200_000, undoLimit: 50 },
      sanitizeToDOMFragment: (html) => this.#admit(html),
      didError: (error) => console.error(error),
    });
    this.#squire.setKeyHandler("Escape", () => this.#rich.blur());
    this.#squire.addEventListener("input", () => this.#changed());
    this.#area.addEventListener("input", () => told.changed());
    // Before Squire hears of it.
    form.addEventListener("paste", (event) => this.#field.contains(event.target) && this.#paste(event), true);
    this.set({ text: this.#area.value, html: this.#html.value });
    this.isPlain = form.elements.is_plain.checked || form.hasAttribute("data-plain-only");
    // Typing had begun before the editor was there.
    if (hadFocus) this.focus({ atEnd: true });
  }

  get squire() {
    return this.#squire;
  }

  get isPlain() {
    return this.#rich.hidden;
  }

  /* Nothing is lost on the way: words become text, text becomes words. */
  set isPlain(wanted) {
    if (wanted === this.isPlain) return;
    const hadFocus = this.#field === document.activeElement;
    if (wanted) this.#area.value = this.#asText();
    else this.#setRich(asHtml(this.#area.value));
    this.#rich.hidden = wanted;
    this.#area.hidden = !wanted;
    this.#html.disabled = wanted;
    this.#name();
    if (hadFocus) this.focus();
  }

  /* What is kept: pictures by their content id. "" for plain text, and where nothing is written. */
  get html() {
    if (this.isPlain || this.isEmpty) return "";
    const copy = this.#rich.cloneNode(true);
    for (const picture of copy.querySelectorAll("img")) {
      if (picture.dataset.cid) picture.removeAttribute("src");
      else picture.remove();
    }
    for (const made of copy.querySelectorAll("[style], [class]")) {
      made.removeAttribute("style");
      made.removeAttribute("class");
    }
    return copy.innerHTML.replaceAll("\u200b", "");
  }

  get text() {
    return this.isPlain ? this.#area.value : this.#asText();
  }

  get isEmpty() {
    if (this.isPlain) return !this.#area.value.trim();
    return !this.#rich.textContent.replaceAll("\u200b", "").trim() && !this.#rich.querySelector("img, table, hr");
  }

  get hasFocus() {
    return document.hasFocus() && this.#field.contains(document.activeElement);
  }

  get #field() {
    return this.isPlain ? this.#area : this.#rich;
  }

  /* Puts words in place of those that stand there; never called while somebody types in them. */
  set({ text, html }) {
    this.#area.value = text;
    this.#setRich(html || asHtml(text));
  }

  /* Makes the form say what is typed, before it is sent. */
  fill() {
    this.#html.value = this.html;
    this.#area.value = this.text;
  }

  focus({ atEnd = false } = {}) {
    this.#field.focus();
    if (atEnd && this.isPlain) this.#area.setSelectionRange(this.#area.value.length, this.#area.value.length);
    else if (atEnd) this.#squire.moveCursorToEnd();
  }

  /* Where the words are typed now. */
  get field() {
    return this.#field;
  }

  /* Says whether something happened where words are typed. */
  holds(target) {
    return this.#field.contains(target);
  }

  /* The stretches of the text with a form that a pattern fits, each inside one piece of text. */
  *rangesOf(pattern) {
    const walk = document.createTreeWalker(this.#rich, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      for (const { index, 0: found } of walk.currentNode.data.matchAll(pattern)) {
        const range = document.createRange();
        range.setStart(walk.currentNode, index);
        range.setEnd(walk.currentNode, index + found.length);
        yield range;
      }
    }
  }

  /* Chooses words that stand in the text, so that the next key writes over them. */
  select(words) {
    if (this.isPlain) {
      const place = this.#area.value.indexOf(words);
      if (place >= 0) this.#area.setSelectionRange(place, place + words.length);
      return;
    }
    const [found] = this.rangesOf(new RegExp(words.replace(/[^\p{L}\p{N}_ ]/gu, "\\$&").replaceAll(" ", "\\s*"), "gu"));
    if (found) this.#squire.setSelection(found);
  }

  /* The text of the caret's own line before it; "" where letters are chosen. */
  get before() {
    if (this.isPlain) {
      const { selectionStart: caret, selectionEnd: end, value } = this.#area;
      return caret === end ? value.slice(0, caret).split("\n").at(-1) : "";
    }
    const selection = window.getSelection();
    const { anchorNode: node, anchorOffset: offset } = selection;
    if (!selection.isCollapsed || node?.nodeType !== Node.TEXT_NODE || !this.#rich.contains(node)) return "";
    return node.data.slice(0, offset).replaceAll("\u200b", " ").replaceAll("\u00a0", " ");
  }

  /* Puts words where the caret stands, in place of as many letters before it as were typed to call them. */
  insert({ text, html = "" }, letters = 0) {
    if (this.isPlain) {
      const caret = this.#area.selectionStart;
      this.#area.setRangeText(text, caret - letters, this.#area.selectionEnd, "end");
    } else {
      const range = this.#squire.getSelection();
      if (letters) range.setStart(range.startContainer, range.startOffset - letters);
      this.#squire.setSelection(range);
      if (html || text.includes("\n")) this.#squire.insertHTML(html || asHtml(text));
      else this.#squire.insertPlainText(text, false);
    }
    this.#changed();
  }

  insertPicture({ url, content_id: id, name }) {
    const picture = this.#squire.insertImage(url, { alt: name, "data-cid": id });
    picture.dataset.cid = id;
    this.#changed();
  }

  destroy() {
    this.#squire.destroy();
  }

  #makeRich() {
    const rich = document.createElement("div");
    rich.className = "composer-text written";
    rich.dir = "auto";
    for (const [name, value] of Object.entries({ role: "textbox", "aria-multiline": "true" })) rich.setAttribute(name, value);
    rich.dataset.placeholder = this.#area.placeholder;
    rich.dataset.label = this.#area.getAttribute("aria-label");
    this.#area.before(rich);
    this.#area.hidden = true;
    this.#html.disabled = false;
    return rich;
  }

  /* One field of the two has the name, whoever looks for it. */
  #name() {
    const label = this.#rich.dataset.label;
    this.#rich.setAttribute("aria-label", label);
    if (this.isPlain) this.#area.setAttribute("aria-label", label);
    else this.#area.removeAttribute("aria-label");
    if (this.isPlain) this.#rich.removeAttribute("aria-label");
  }

  #setRich(html) {
    this.#squire.setHTML(html);
    this.#name();
    this.#showEmpty();
  }

  #changed() {
    this.#showEmpty();
    this.#told.changed();
  }

  #showEmpty() {
    this.#rich.toggleAttribute("data-empty", this.isEmpty && this.#rich.textContent === "" && !this.#rich.querySelector("li, blockquote"));
  }

  #admit(html) {
    const fragment = cleaned(html);
    const strange = [...fragment.querySelectorAll("img:not([data-cid])")];
    for (const picture of strange) this.#bring(picture);
    return fragment;
  }

  /* A picture whose bytes came along becomes a file of the draft, and then stands in the text. */
  async #bring(picture) {
    const address = picture.src;
    picture.remove();
    try {
      const bytes = await bytesOf(address);
      if (PICTURES.includes(bytes.type)) this.#told.pictures([new File([bytes], nameOf(bytes, picture.alt), { type: bytes.type })]);
    } catch {
      this.#told.unread();
    }
  }

  #paste(event) {
    const { clipboardData: board } = event;
    const html = board.getData("text/html");
    const files = [...board.files];
    if (files.length && !hasWords(html) && !board.getData("text/plain")) {
      event.preventDefault();
      event.stopImmediatePropagation();
      const isShown = (file) => !this.isPlain && PICTURES.includes(file.type);
      this.#told.pictures(files.filter(isShown));
      this.#told.files(files.filter((file) => !isShown(file)));
      return;
    }
    if (this.isPlain) return this.#stopIfTooLong(event, board.getData("text/plain"));
    if (html) this.#pasteHtml(event, html);
    else this.#stopIfTooLong(event, board.getData("text/plain"));
  }

  #pasteHtml(event, html) {
    event.preventDefault();
    event.stopImmediatePropagation();
    const less = slim(html);
    if (less === null || partsOf(less) > MOST_TAGS) return this.#told.tooLong(LONGEST, MOST_PARTS);
    if (cleaned(less).querySelectorAll("*").length > MOST_PARTS) return this.#told.tooLong(LONGEST, MOST_PARTS);
    if (PICTURE_LEFT_BEHIND.test(less)) this.#told.unread();
    this.#squire.insertHTML(less, true);
    this.#changed();
  }

  #stopIfTooLong(event, text) {
    if (text.length <= LONGEST && (this.isPlain || text.split("\n").length <= MOST_PARTS)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.#told.tooLong(LONGEST, MOST_PARTS);
  }

  #asText() {
    return [...linesOf(this.#rich)].join("\n").replaceAll("\u200b", "").replaceAll("\u00a0", " ").replace(/\n{3,}/g, "\n\n").trim();
  }
}

const BLOCKS = /^(?:DIV|P|LI|BLOCKQUOTE|PRE|TR|H[1-6]|UL|OL|TABLE)$/;

/* The lines of what stands in the editor; the server makes the text that is sent. */
function* linesOf(root) {
  let line = "";
  for (const node of root.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) line += node.data;
    else if (node.nodeName === "BR") {
      yield line;
      line = "";
    } else if (BLOCKS.test(node.nodeName)) {
      if (line) yield line;
      line = "";
      if (node.nodeName === "TR") yield [...node.cells].map((cell) => cell.textContent.trim()).join("\t");
      else yield* linesOf(node);
    } else line += [...linesOf(node)].join("\n");
  }
  if (line) yield line;
}

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

const asHtml = (text) => text.split("\n").map((line) => `<div dir="auto">${escaped(line) || "<br>"}</div>`).join("");

const hasWords = (html) => Boolean(html) && new DOMParser().parseFromString(html, "text/html").body.textContent.trim() !== "";

/* The policy of the page lets it fetch from here alone, so that the bytes of a data address are read by hand. */
async function bytesOf(address) {
  if (!address.startsWith("data:")) return (await fetch(address)).blob();
  const [head, data] = address.slice(5).split(",");
  const letters = atob(data);
  return new Blob([Uint8Array.from(letters, (letter) => letter.charCodeAt(0))], { type: head.split(";")[0] });
}

const nameOf = (bytes, words) => `${(words || "picture").slice(0, 60)}.${bytes.type.split("/")[1].replace("jpeg", "jpg")}`;
