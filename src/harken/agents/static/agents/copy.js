// A button that puts its text on the clipboard and says so. Hidden until it can: browsers allow it over HTTPS only.
class CopyButton {
  #button;

  constructor(button) {
    this.#button = button;
    button.hidden = false;
    button.addEventListener("click", () => this.#copy());
  }

  async #copy() {
    await navigator.clipboard.writeText(this.#button.dataset.copy);
    this.#button.textContent = this.#button.dataset.copied;
  }
}

if (navigator.clipboard) {
  for (const button of document.querySelectorAll("[data-copy]")) new CopyButton(button);
}
