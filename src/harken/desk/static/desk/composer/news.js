/* What a composer tells its writer: lines above the text, one of each kind, and words for those who listen. */

import { words } from "./api.js";

export class News {
  #form;

  constructor(form) {
    this.#form = form;
  }

  /* What is said again takes the place of what was said. */
  say(told, kind) {
    told.firstElementChild.dataset.told = kind;
    this.unsay(kind);
    this.#place.append(told);
  }

  unsay(kind) {
    this.#place.querySelector(`[data-told="${kind}"]`)?.remove();
  }

  problem(text) {
    this.#sayText("problem", text);
  }

  kept(text) {
    this.unsay("problem");
    this.#sayText("kept", text);
  }

  heard(text) {
    this.#form.querySelector("[data-heard]").textContent = text;
  }

  get #place() {
    return this.#form.querySelector(".composer-news");
  }

  #sayText(kind, text) {
    const told = words(this.#form, kind);
    told.querySelector("[data-text]").textContent = text;
    this.say(told, kind);
  }
}
