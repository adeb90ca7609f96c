/*
 * What is typed between asking for a composer and its being there: letters for it, and no shortcuts. Escape lets them
 * go, and so does a composer that never comes.
 */

export class TypedAhead {
  #words = null; // Nothing is awaited.
  #takesOver = false;

  constructor(feed) {
    feed.addEventListener("click", ({ target }) => this.#begin(target.closest("[data-do][hx-get]")));
    document.addEventListener("keydown", (event) => this.#take(event), true);
    for (const type of ["htmx:error", "htmx:response:error"]) document.addEventListener(type, () => this.#end());
  }

  get takesOver() {
    return this.#takesOver;
  }

  /* Put it where the caret is now, as if it were typed there; null where there is no field. */
  writeInto(field) {
    const words = this.#words;
    this.#end();
    if (words && field) document.execCommand("insertText", false, words);
  }

  #begin(link) {
    if (!link) return;
    this.#words = "";
    this.#takesOver = "takeOver" in link.dataset;
  }

  #end() {
    this.#words = null;
    this.#takesOver = false;
  }

  #take(event) {
    if (this.#words === null || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape") this.#end();
    else if (event.key === "Backspace") this.#words = this.#words.slice(0, -1);
    else if (event.key === "Enter") this.#words += "\n";
    else if (event.key.length === 1) this.#words += event.key;
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
