/* What did not come is asked for again: after pauses that grow, and at once when the line is back. */

export class Again {
  static #PAUSES = [1000, 3000, 10_000, 30_000];

  #ask;
  #timer = null;
  #failures = 0;

  constructor(ask) {
    this.#ask = ask;
    document.addEventListener("live:back", () => this.#now());
  }

  failed() {
    this.#timer ??= setTimeout(() => this.#now(), Again.#PAUSES[Math.min(this.#failures++, Again.#PAUSES.length - 1)]);
  }

  came() {
    this.#failures = 0;
  }

  #now() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#ask();
  }
}
