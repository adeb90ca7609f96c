/*
 * What was just done, in a line with the way back; of an act on many, how far it has come. And the menu of colleagues,
 * which a few letters make short.
 */

import { Undoing } from "../undoing.js";

class Acts {
  #place = document.getElementById("acts");
  #undoing = new Undoing((fits) => Acts.#takeBack(fits));
  #early = null; // What is typed between opening the menu of colleagues and its coming.

  constructor() {
    document.addEventListener("live:bulk", () => this.#goOn());
    document.addEventListener("live:back", () => this.#goOn());
    document.addEventListener("click", ({ target }) => target.closest("[data-dismiss-act]") && this.#place.replaceChildren());
    document.addEventListener("htmx:after:request", ({ detail }) => this.#forget(detail.ctx.sourceElement));
    document.addEventListener("input", ({ target }) => target.matches("[data-filter]") && Acts.#filter(target));
    document.addEventListener("keydown", (event) => event.target.matches?.("[data-filter]") && Acts.#choose(event));
    document.addEventListener("toggle", ({ target }) => target.open && this.#open(target), true);
    document.addEventListener("keydown", (event) => this.#early && this.#catch(event), true);
  }

  /* Send a form by hand and show what became of it; false when it did not arrive. */
  send(address, values) {
    return this.#undoing.during(this.#post(address, values));
  }

  async #post(address, values) {
    try {
      const answer = await fetch(address, { method: "POST", body: values, headers: { "HX-Request": "true" } });
      if (answer.redirected || !(answer.ok || answer.status === 422)) throw new Error(answer.status);
      this.#show(await answer.text());
      return answer.ok;
    } catch {
      document.dispatchEvent(new CustomEvent("htmx:error"));
      return false;
    }
  }

  /* An answer that has not left yet, else what the line tells, else the last deed in the thread. */
  static #takeBack(fits) {
    const buttonsOf = (place) => [...document.querySelectorAll(`${place} [data-key="z"]:not(:disabled)`)];
    const button = [".leaving", "#acts", "#messages"].flatMap(buttonsOf).find(fits);
    button?.click();
    return Boolean(button);
  }

  #show(words) {
    this.#place.innerHTML = words;
    window.htmx.process(this.#place);
  }

  /* What was taken back elsewhere on the page is offered here no longer. */
  #forget(form) {
    const place = (one) => one.getAttribute?.("action")?.split("?")[0];
    const action = !this.#place.contains(form) && place(form);
    if (action && [...this.#place.querySelectorAll("form")].some((each) => place(each) === action)) this.#place.replaceChildren();
  }

  async #goOn() {
    const address = this.#place.querySelector("[data-going]")?.dataset.going;
    if (!address) return;
    const answer = await fetch(address, { headers: { "HX-Request": "true" } });
    if (answer.ok && !answer.redirected) this.#show(await answer.text());
  }

  /* The names are fetched when the menu is opened; without scripts a page of its own has them. */
  async #open(menu) {
    const place = menu.querySelector("[data-assign]");
    if (!place) return;
    this.#early = { menu, letters: "", isChosen: false };
    if (!place.querySelector("form")) {
      await window.htmx.ajax("GET", place.dataset.assign, { target: place, swap: "innerHTML" });
    }
    const { letters, isChosen } = this.#early ?? {};
    this.#early = null;
    const field = place.querySelector("[data-filter]");
    if (!field || !menu.open) return;
    field.focus();
    field.value += letters;
    Acts.#filter(field);
    if (isChosen) Acts.#take(field);
  }

  /* Whoever types on at once means the menu: no letter is a key of the page, and Enter takes the first when it is there. */
  #catch(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" || !this.#early.menu.isConnected) return (this.#early = null);
    if (event.key === "Enter") this.#early.isChosen = true;
    else if (event.key.length === 1) this.#early.letters += event.key;
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  static #filter(field) {
    const asked = field.value.trim().toLocaleLowerCase();
    for (const choice of field.form.querySelectorAll("[data-name]")) {
      choice.hidden = !choice.dataset.name.toLocaleLowerCase().includes(asked);
    }
  }

  static #firstOf(field) {
    return field.form.querySelector("[data-name]:not([hidden])");
  }

  static #take(field) {
    field.form.requestSubmit(Acts.#firstOf(field));
  }

  /* Enter takes the first of those left, Down goes among them. */
  static #choose(event) {
    if (event.key === "Enter") Acts.#take(event.target);
    else if (event.key === "ArrowDown") Acts.#firstOf(event.target)?.focus();
    else return;
    event.preventDefault();
  }
}

window.desk = new Acts();
