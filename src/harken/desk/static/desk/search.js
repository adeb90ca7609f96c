/*
 * The field of search: answers while somebody types, one question at a time, the last one last. Emptied, it gives
 * the list back. The address follows, so that going back comes here again.
 */

class SearchField {
  static #PAUSE = 200;

  #form;
  #field;
  #list;
  #found;
  #asked;
  #timer = null;
  #asking = false;

  constructor(form) {
    this.#form = form;
    this.#field = form.elements.q;
    this.#list = form.closest(".list");
    this.#found = this.#list.querySelector(".found");
    this.#asked = this.#field.value.trim();
    this.#field.addEventListener("input", () => this.#wait());
    this.#field.addEventListener("keydown", (event) => this.#press(event));
    form.addEventListener("submit", (event) => this.#submit(event));
  }

  #wait() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#answer(), this.#field.value.trim() ? SearchField.#PAUSE : 0);
  }

  /* Down goes into the rows, Escape empties the field. */
  #press(event) {
    if (event.key === "ArrowDown") {
      this.#found.querySelector(".row")?.focus();
      event.preventDefault();
    } else if (event.key === "Escape" && this.#field.value) {
      this.#field.value = "";
      this.#answer();
      event.preventDefault();
      event.stopPropagation();
    }
  }

  #submit(event) {
    event.preventDefault();
    clearTimeout(this.#timer);
    this.#answer();
  }

  async #answer() {
    const question = this.#field.value.trim();
    if (!question) return this.#leave();
    if (this.#asking || question === this.#asked) return;
    this.#asking = true;
    const address = `${this.#form.action}?q=${encodeURIComponent(question)}`;
    try {
      await window.htmx.ajax("GET", address, { target: this.#found, swap: "innerHTML" });
      this.#asked = question;
    } finally {
      this.#asking = false;
    }
    const wanted = this.#field.value.trim();
    if (!wanted) return this.#leave();
    this.#list.classList.add("is-searching");
    history.replaceState(history.state, "", address);
    if (wanted !== question) this.#answer();
  }

  #leave() {
    this.#asked = "";
    if (!this.#list.dataset.rows) return location.assign(this.#form.dataset.inbox);
    this.#list.classList.remove("is-searching");
    this.#found.replaceChildren();
    history.replaceState(history.state, "", this.#form.dataset.inbox);
  }
}

const form = document.querySelector("[data-search]");
if (form) new SearchField(form);
