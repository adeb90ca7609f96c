/* Nobody answers what they have not read: what is shown before a word is written is seen, what comes later is told. */

import { words } from "./api.js";

const PEEK_LETTERS = 200;

export class Guard {
  #form;
  #editor;
  #say;

  constructor(form, editor, say) {
    this.#form = form;
    this.#editor = editor;
    this.#say = say;
  }

  /* With nothing written yet, what is shown has been seen; otherwise the writer is told and has to look. */
  compare() {
    if (document.hidden) return;
    const unseen = this.#unseen();
    if (!unseen.length) return;
    if (this.#editor.isEmpty) this.#see();
    else this.#tell(unseen[0]);
  }

  read() {
    this.#see();
    this.#editor.focus();
  }

  #unseen() {
    const seen = Number(this.#form.elements.seen_up_to.value);
    return this.#messages.filter((message) => Number(message.dataset.position) > seen && !("automatic" in message.dataset));
  }

  /* Of the thread it stands under; alone, the server is the guard. */
  get #messages() {
    return [...(this.#form.closest("[data-open]")?.querySelectorAll("#messages .msg[data-position]") ?? [])];
  }

  #tell(message) {
    const told = words(this.#form, "arrived");
    told.querySelector("[data-name]").textContent = message.querySelector(".msg-head b").textContent;
    told.querySelector("[data-peek]").textContent = message.querySelector(".msg-body")?.textContent.slice(0, PEEK_LETTERS) ?? "…";
    told.querySelector("a").href = `#${message.id}`;
    this.#say(told);
  }

  #see() {
    const last = this.#messages.at(-1);
    if (last) this.#form.elements.seen_up_to.value = last.dataset.position;
  }
}
