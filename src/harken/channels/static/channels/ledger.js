/*
 * Pages of the ledger follow what happens: rows come in, a letter that was tried again shows its end, held mail comes
 * and goes. Many pieces of news at once are one fetch.
 */

class FollowedLedger {
  static #PAUSE = 400;

  #part;
  #timer = null;
  #fetching = false;
  #wanted = false;

  constructor(part) {
    this.#part = part;
    document.addEventListener("live:arrival", () => this.#soon());
    if (part.id === "arrivals") document.addEventListener("live:ticket", () => this.#soon());
  }

  #soon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#refresh(), FollowedLedger.#PAUSE);
  }

  async #refresh() {
    if (this.#fetching) return (this.#wanted = true);
    this.#fetching = true;
    const swap = this.#part.id === "held-mail" ? "none" : "innerMorph";
    await window.htmx.ajax("GET", this.#part.dataset.live, { target: this.#part, swap });
    this.#fetching = false;
    if (this.#wanted) {
      this.#wanted = false;
      this.#soon();
    }
  }
}

const followed = document.querySelector("#arrivals[data-live], #arrival[data-live], #held-letters[data-live], #held-mail[data-live]");
if (followed) new FollowedLedger(followed);
