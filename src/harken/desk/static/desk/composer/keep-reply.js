/* Keeps what stands in the composer as a saved reply, under a name that is asked for in line. */

import { sentence, token } from "./api.js";

export class KeepReply {
  #form;
  #editor;
  #told;
  #place;
  #name;

  constructor(form, editor, told) {
    this.#form = form;
    this.#editor = editor;
    this.#told = told;
    this.#place = form.querySelector(".composer-keep");
    this.#name = this.#place.querySelector("[data-keep-name]");
    form.querySelector("[data-keep]").addEventListener("click", () => this.#ask());
    this.#place.querySelector("[data-keep-set]").addEventListener("click", () => this.#keep());
    this.#place.querySelector("[data-keep-off]").addEventListener("click", () => this.#leave());
    this.#place.addEventListener("keydown", (event) => this.#pressed(event));
  }

  #ask() {
    this.#place.hidden = false;
    this.#name.focus();
  }

  #leave() {
    this.#place.hidden = true;
    this.#editor.focus();
  }

  #pressed(event) {
    const act = { Escape: () => this.#leave(), Enter: () => this.#keep() }[event.key];
    if (!act || event.isComposing || (event.key === "Enter" && event.target !== this.#name)) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  async #keep() {
    const typed = { name: this.#name.value, text: this.#editor.text, html: this.#editor.html, csrfmiddlewaretoken: token() };
    if (this.#place.querySelector("[data-keep-shared]").checked) typed.is_shared = "on";
    const answer = await fetch(this.#form.dataset.replies, { method: "POST", body: new URLSearchParams(typed) }).catch(() => null);
    const said = answer && !answer.redirected ? await answer.json().catch(() => ({})) : {};
    if (!said.id) return this.#told.problem(said.problem ?? sentence(this.#form, "notKept"));
    this.#told.kept(sentence(this.#form, "keptReply", { name: said.name }));
    this.#name.value = "";
    this.#leave();
  }
}
