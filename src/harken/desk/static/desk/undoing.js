/*
 * The key that takes back. Pressed while an act is on its way it means that act, and waits for its answer: what failed
 * leaves nothing to take back. Pressed twice it takes back once.
 */

const UNDO = '[data-key="z"], [data-do="undo"]';

export class Undoing {
  #press;
  #acts = new Set(); // those on their way
  #undos = new Set();
  #before = new Set(); // What could be taken back when they began.
  #isWanted = false;

  /* `press` presses the button that takes back what was done last, of those that fit; it returns false when there is none. */
  constructor(press) {
    this.#press = press;
    document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => this.#begin(ctx));
    document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => this.#end(ctx, ctx.response?.status < 400));
    window.hotkeys.on("z", () => this.#ask());
  }

  /* An act that is sent by hand: a promise of whether it was done. */
  async during(act) {
    this.#note(act);
    const isDone = await act;
    this.#end(act, isDone);
    return isDone;
  }

  #begin(ctx) {
    if (ctx.request.method === "GET") return;
    if (ctx.sourceElement.querySelector?.(UNDO)) this.#undos.add(ctx);
    else this.#note(ctx);
  }

  #note(act) {
    if (!this.#acts.size) this.#before = new Set([...document.querySelectorAll(UNDO)].map((button) => button.form.action));
    this.#acts.add(act);
  }

  #end(act, isDone) {
    this.#undos.delete(act);
    if (!this.#acts.delete(act) || this.#acts.size) return;
    const isMeant = this.#isWanted && isDone;
    this.#isWanted = false;
    // A form takes its next request once this one is over.
    if (isMeant) queueMicrotask(() => this.#press((button) => !this.#before.has(button.form.action)));
  }

  #ask() {
    if (this.#undos.size) return;
    if (!this.#acts.size) return this.#press(() => true);
    this.#isWanted = true;
  }
}
