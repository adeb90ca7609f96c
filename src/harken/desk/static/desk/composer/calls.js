/*
 * What a letter at the start of a word calls while somebody writes: saved replies by a slash, colleagues by an @ in a
 * note. In an answer to a customer an @ is only text.
 */

import { Choices } from "../completing/choices.js";
import { sentence, token } from "./api.js";

const CALL = /(?:^|\s)(\/)([^\s/@]{0,60})$|(?:^|[\s(])(@)([^\s/@]{0,60})$/u;

export class Calls {
  #form;
  #editor;
  #told;
  #choices;
  #called = "";

  /* `told` hears problem(text), heard(text) and attached(files). */
  constructor(form, editor, told) {
    this.#form = form;
    this.#editor = editor;
    this.#told = told;
    this.#choices = new Choices(form, {
      label: "",
      choose: (option) => this.#choose(option),
      heard: (count) => told.heard(sentence(form, "choices", { count })),
    });
    // Before the editor and the page hear of the key.
    form.addEventListener("keydown", (event) => editor.holds(event.target) && this.#choices.press(event), true);
    form.addEventListener("input", ({ target }) => editor.holds(target) && this.#look());
    form.addEventListener("click", ({ target }) => this.#pressed(target));
    form.addEventListener("focusout", ({ target }) => editor.holds(target) && this.#choices.close());
  }

  #pressed(target) {
    const letter = target.closest("[data-call]")?.dataset.call;
    if (letter) this.#begin(letter);
    else if (this.#editor.holds(target)) this.#choices.close();
  }

  /* For the mouse: what a button calls is typed for it. */
  #begin(letter) {
    this.#editor.focus();
    const { before } = this.#editor;
    this.#editor.insert({ text: before && !/\s$/.test(before) ? ` ${letter}` : letter });
    this.#look();
  }

  #look() {
    const [, slash, word, at, name] = CALL.exec(this.#editor.before) ?? [];
    const letter = slash ?? at;
    if (!letter || (letter === "@" && this.#form.elements.kind.value !== "note")) return this.#choices.close();
    const asked = word ?? name;
    this.#called = letter + asked;
    const address = letter === "/" ? this.#form.dataset.replies : this.#form.dataset.colleagues;
    const query = new URLSearchParams({ q: asked, ...(letter === "/" && this.#about) });
    this.#choices.name(sentence(this.#form, letter === "/" ? "replies" : "colleagues"));
    this.#choices.ask(this.#editor.field, `${address}?${query}`);
  }

  #choose(option) {
    if (this.#called.startsWith("@")) this.#mention(option.dataset.name);
    else this.#use(option.dataset);
  }

  #mention(name) {
    this.#editor.insert({ text: `@${name}${this.#editor.isPlain ? " " : "\u00a0"}` }, this.#called.length);
  }

  /* What it is written for: the request, or the letter and whom it goes to. */
  get #about() {
    const { ticket: number = "", about } = this.#form.dataset;
    const { to, subject } = this.#form.elements;
    return number ? { number } : { letter: about, to: to.value, subject: subject.value };
  }

  async #use({ value: id, language }) {
    const called = this.#called;
    const key = this.#form.elements.key.value;
    const body = new URLSearchParams({ ...this.#about, language, key, csrfmiddlewaretoken: token() });
    const answer = await fetch(`${this.#form.dataset.replies}${id}/uses/`, { method: "POST", body }).catch(() => null);
    if (!answer?.ok || answer.redirected) return this.#told.problem(sentence(this.#form, "noReply"));
    const reply = await answer.json();
    this.#editor.focus();
    this.#editor.insert(reply, this.#editor.before.endsWith(called) ? called.length : 0);
    this.#told.attached(reply.files);
    if (reply.problem) this.#told.problem(reply.problem);
    if (reply.missing.length) this.#editor.select(reply.missing[0]);
  }
}
