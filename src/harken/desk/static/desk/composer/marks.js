/*
 * What stands out in a text while it is written: placeholders that nothing was filled in for, and the colleagues whom
 * a note calls. The text itself stays as it is: the browser paints over it, and a line below says it in words.
 */

const HOLE = /\{\{[^{}<>\n]{1,80}\}\}/g;

const painted = (name) => {
  if (!CSS.highlights.has(name)) CSS.highlights.set(name, new Highlight());
  return CSS.highlights.get(name);
};

export class Marks {
  #form;
  #editor;
  #names = new Set();
  #ranges = { hole: [], mention: [] };
  #hasAsked = false;

  constructor(form, editor) {
    this.#form = form;
    this.#editor = editor;
    this.refresh();
  }

  get #isNote() {
    return this.#form.elements.kind.value === "note";
  }

  /* Names that may be called. */
  learn(names) {
    for (const name of names) this.#names.add(name);
    this.refresh();
  }

  refresh() {
    const { text } = this.#editor;
    const calls = this.#calls(text);
    const holes = this.#isNote ? [] : [...new Set(text.match(HOLE) ?? [])];
    this.#say("holes", holes);
    this.#say("calls", [...new Set([...(calls ? text.matchAll(calls) : [])].map(([, name]) => name))]);
    this.#paint("hole", this.#isNote ? null : HOLE);
    this.#paint("mention", calls);
  }

  leave() {
    for (const name of Object.keys(this.#ranges)) this.#paint(name, null);
  }

  #calls(text) {
    if (!this.#isNote || !text.includes("@")) return null;
    this.#ask();
    const names = [...this.#names].sort((one, other) => other.length - one.length).map(escaped);
    return names.length ? new RegExp(`(?<![\\p{L}\\p{N}_@.])@(${names.join("|").replaceAll(" ", "[ \\u00a0]")})(?![\\p{L}\\p{N}_])`, "giu") : null;
  }

  /* A draft that came with its calls: who may be called is asked for once. */
  async #ask() {
    if (this.#hasAsked) return;
    this.#hasAsked = true;
    const answer = await fetch(this.#form.dataset.colleagues).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const found = new DOMParser().parseFromString(await answer.text(), "text/html").querySelectorAll("[data-name]");
    this.learn([...found].flatMap(({ dataset }) => [dataset.name, dataset.short ?? dataset.name]));
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

const escaped = (text) => text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
