/*
 * The same draft as it stands elsewhere, on another page or in this browser's own store: shown here where nothing stands
 * against it, else offered to choose from. What is forwarded has a composer of its own, which the server makes: that one
 * takes the place of this one, and the page around it stays.
 */

import { words } from "./api.js";

const PEEK_LETTERS = 120;

export class Elsewhere {
  #form;
  #editor;
  #news;
  #keeper;
  #fill;

  /* `keeper()` is who keeps the draft here; `fill(draft)` lets a text stand in this composer. */
  constructor(form, editor, news, keeper, fill) {
    this.#form = form;
    this.#editor = editor;
    this.#news = news;
    this.#keeper = keeper;
    this.#fill = fill;
  }

  isOfAnotherForm({ kind }) {
    const here = this.#form.elements.kind.value;
    return kind !== here && [kind, here].includes("forward");
  }

  /* Says whether it stands here now. */
  load(draft) {
    const isAnother = this.isOfAnotherForm(draft);
    if (isAnother) this.swap();
    else this.#fill(draft);
    return !isAnother;
  }

  offer(theirs) {
    const told = words(this.#form, "elsewhere");
    told.querySelector("[data-peek]").textContent = theirs.text.slice(0, PEEK_LETTERS) || "…";
    told.querySelector("[data-take]").addEventListener("click", () => this.#choose(theirs, true));
    told.querySelector("[data-mine]").addEventListener("click", () => this.#choose(theirs, false));
    this.#news.say(told, "elsewhere");
  }

  /* Out of reach, or with something typed meanwhile that nobody chose to let go, this one stays as it is. */
  async swap(isChosen = false) {
    const answer = await fetch(this.#form.dataset.again, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const place = document.createElement("template");
    place.innerHTML = await answer.text();
    if (!this.#form.isConnected || !(isChosen || this.#isFree)) return;
    this.#keeper().end();
    const other = place.content.querySelector(".composer");
    if (isChosen || this.#form.contains(document.activeElement)) other.dataset.resumed = "";
    this.#form.replaceWith(other);
    window.htmx.process(other);
  }

  get #isFree() {
    return !this.#keeper().hasUnsaved && !(this.#editor.hasFocus && !this.#editor.isEmpty);
  }

  #choose(theirs, isTheirs) {
    this.#news.unsay("elsewhere");
    if (isTheirs && this.isOfAnotherForm(theirs)) return this.#chooseAnother(theirs);
    if (isTheirs) {
      this.#fill(theirs);
      if (!theirs.isLocal) this.#keeper().adopt(theirs);
    }
    if (theirs.isLocal || !isTheirs) this.#keeper().insist(theirs);
    this.#editor.focus();
  }

  async #chooseAnother(theirs) {
    if (!theirs.isLocal || (await this.#keeper().write(theirs))) return this.swap(true);
    this.offer(theirs);
  }
}
