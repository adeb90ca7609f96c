/*
 * One key, one action. An element names its key in `data-key`: pressing it clicks a link or a button and focuses
 * a field. Single keys never fire in a field or with a modifier (WCAG 2.1.4); `data-key="Ctrl+Enter"` and
 * `data-key="Ctrl+Shift+Enter"` are meant for fields and submit the form they stand in. `data-key="g p"` are two keys, one soon after the other. `?` opens the
 * list of keys, Escape leaves a field. Whoever wants no single keys has `data-single-keys="off"` on the root: then
 * only keys that are no letters or signs act.
 */

class Hotkeys {
  static #SOON_MILLISECONDS = 1500;

  #handlers = new Map();
  #began = { key: "", at: 0 };

  constructor(root) {
    root.addEventListener("keydown", (event) => this.#press(event));
    this.on("?", () => this.#showList());
  }

  /* The list of keys is fetched when it is asked for the first time. */
  async #showList() {
    const sheet = document.getElementById("keys");
    if (!sheet || sheet.open) return;
    if (sheet.dataset.from && !sheet.childElementCount) {
      const answer = await fetch(sheet.dataset.from).catch(() => null);
      if (!answer?.ok || answer.redirected) return;
      sheet.innerHTML = await answer.text();
    }
    if (!sheet.open) sheet.showModal();
  }

  on(key, handler) {
    this.#handlers.set(key, handler);
  }

  #press(event) {
    if (event.isComposing || event.defaultPrevented) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return this.#submit(event);
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (this.#isField(event.target)) return this.#leave(event);
    if (event.target.closest("dialog")) return;
    if (event.key.length === 1 && document.documentElement.dataset.singleKeys === "off") return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (this.#useSecond(key, event.timeStamp)) return event.preventDefault();
    const handler = this.#handlers.get(key);
    if (handler ? handler(event) !== false : this.#use(key)) event.preventDefault();
  }

  /* The second of two keys, when the first came a moment ago. */
  #useSecond(key, at) {
    const { key: first, at: since } = this.#began;
    this.#began = { key, at };
    return at - since < Hotkeys.#SOON_MILLISECONDS && this.#use(`${first} ${key}`);
  }

  #submit(event) {
    const form = event.target.closest("form");
    const keys = event.shiftKey ? "Ctrl+Shift+Enter" : "Ctrl+Enter";
    const button = form?.querySelector(`[data-key="${keys}"]`);
    if (!button) return;
    event.preventDefault();
    form.requestSubmit(button);
  }

  #leave(event) {
    if (event.key !== "Escape") return;
    event.target.blur();
    event.preventDefault();
  }

  #use(key) {
    const meant = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]:not(:disabled)`)];
    // The page's own field before the way to another page.
    const target = meant.find((each) => this.#isField(each)) ?? meant[0];
    if (!target) return false;
    if (this.#isField(target)) target.focus();
    else target.click();
    // At once, for whoever goes on by keyboard: the next letter belongs into the menu's field, Enter to its first button.
    if (target.matches("summary")) target.parentElement.querySelector(":is(input:not([type=hidden]), button, a)")?.focus();
    return true;
  }

  #isField(element) {
    const choices = ["radio", "checkbox", "button", "submit", "file"];
    return element.isContentEditable || (element.matches("input, textarea, select") && !choices.includes(element.type));
  }
}

window.hotkeys = new Hotkeys(document);
