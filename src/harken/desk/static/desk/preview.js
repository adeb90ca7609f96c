/*
 * A file opens in a sheet over the thread; the arrows go to the next file of the same message, Escape back to the link.
 * Without this script the link leads to a page of its own.
 */

class Preview {
  #link = null;

  constructor(sheet) {
    this.sheet = sheet;
    document.addEventListener("click", (event) => this.#press(event));
    sheet.addEventListener("keydown", (event) => this.#turn(event));
    sheet.addEventListener("close", () => this.#close());
  }

  get #place() {
    return this.sheet.querySelector("[data-place]");
  }

  #press(event) {
    const link = event.target.closest?.("a[data-preview]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    this.#show(link);
  }

  async #show(link) {
    this.#link = link;
    await window.htmx.ajax("GET", link.href, { target: this.#place, swap: "innerHTML" });
    if (!this.sheet.open) this.sheet.showModal();
    this.#place.querySelector(".preview-body")?.focus();
  }

  #turn(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    const links = [...this.#link.closest(".files").querySelectorAll("a[data-preview]")];
    const way = document.documentElement.dir === "rtl" ? -step : step;
    const next = links[links.indexOf(this.#link) + way];
    if (!next) return;
    event.preventDefault();
    this.#show(next);
  }

  #close() {
    this.#place.replaceChildren();
    this.#link?.focus();
  }
}

new Preview(document.getElementById("preview"));
