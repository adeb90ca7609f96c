/*
 * What stands out in a text while it is written: placeholders that nothing was filled in for, and the colleagues whom
 * a note calls. The text itself stays as it is: the browser paints over it, and a line below says it in words.
 */

import { token } from "./api.js";

const BETWEEN_KEYS = 300;
const HOLE = /\{\{[^{}<>\n]{1,80}\}\}/g;

const painted = (name) => {
  if (!CSS.highlights.has(name)) CSS.highlights.set(name, new Highlight());
  return CSS.highlights.get(name);
};

export class Marks {
  #form;
  #editor;
  #ranges = { hole: [], mention: [] };
  #told = { names: [], written: [] };
  #asked = ""; // the text that was last asked about
  #timer = null;

  constructor(form, editor) {
    this.#form = form;
    this.#editor = editor;
    this.refresh();
  }

  get #isNote() {
    return this.#form.elements.kind.value === "note";
  }

  refresh() {
    const { text } = this.#editor;
    const calls = this.#isNote && text.includes("@");
    if (calls) this.#askWhom(text);
    const holes = this.#isNote ? [] : [...new Set(text.match(HOLE) ?? [])];
    this.#say("holes", holes);
    this.#say("calls", calls ? this.#told.names : []);
    this.#paint("hole", this.#isNote ? null : HOLE);
    this.#paint("mention", calls ? callsOf(this.#told.written) : null);
  }

  leave() {
    clearTimeout(this.#timer);
    for (const name of Object.keys(this.#ranges)) this.#paint(name, null);
  }

  /* Whom a note calls is known by whoever will tell them: the server, asked while somebody types. */
  #askWhom(text) {
    if (text === this.#asked) return;
    this.#asked = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(text), BETWEEN_KEYS);
  }

  async #ask(text) {
    const body = new URLSearchParams({ text, csrfmiddlewaretoken: token() });
    const answer = await fetch(`${this.#form.dataset.colleagues}called/`, { method: "POST", body }).catch(() => null);
    if (!answer?.ok || answer.redirected || text !== this.#asked) return;
    this.#told = await answer.json();
    this.refresh();
  }

  #say(kind, found) {
    const place = this.#form.querySelector(`[data-marks="${kind}"]`);
    place.hidden = !found.length;
    const words = found.join(", ");
    const shown = place.querySelector("[data-found]");
    if (shown.textContent !== words) shown.textContent = words;
  }

  #paint(name, pattern) {
    if (!CSS.highlights) return;
    const all = painted(name);
    for (const range of this.#ranges[name]) all.delete(range);
    this.#ranges[name] = pattern && !this.#editor.isPlain ? [...this.#editor.rangesOf(pattern)] : [];
    for (const range of this.#ranges[name]) all.add(range);
  }
}

/* In scripts that write words without blanks between them, a name ends wherever the next word begins. */
const UNSPACED = "\u2e80";

const callsOf = (names) =>
  names.length ? new RegExp(`(?<![\\p{L}\\p{N}_@.])@(?:${names.map(foundAs).join("|")})`, "giu") : null;

const foundAs = (name) =>
  escaped(name).replaceAll(/\s/g, "[ \\u00a0]") + (name.at(-1) >= UNSPACED ? "" : "(?![\\p{L}\\p{N}_])");

const escaped = (text) => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
