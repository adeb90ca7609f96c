/*
 * The letters below the composer, as they are: what a colleague schedules comes in, what left, was taken back or held
 * goes, and what is being changed in another one stays. What did not come is asked for again.
 */

class Letters {
  static #CALM = 60;
  static #PAUSES = [1000, 3000, 10_000, 30_000];

  #place = document.getElementById("letters");
  #timer = null;
  #isAsking = false;
  #isWanted = false;
  #failures = 0;

  constructor() {
    for (const type of ["live:letter", "live:reload"]) document.addEventListener(type, () => this.#want());
    document.addEventListener("live:back", () => this.#failures && this.#want());
    document.addEventListener("click", ({ target }) => target.closest("[data-dismiss-act]")?.closest(".acts-line").remove());
  }

  #want(pause = Letters.#CALM) {
    this.#isWanted = true;
    if (this.#isAsking) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), pause);
  }

  async #ask() {
    this.#isWanted = false;
    this.#isAsking = true;
    const hasCome = await this.#fetch();
    this.#isAsking = false;
    this.#failures = hasCome ? 0 : this.#failures + 1;
    if (!hasCome) this.#want(Letters.#PAUSES[Math.min(this.#failures, Letters.#PAUSES.length) - 1]);
    else if (this.#isWanted) this.#want();
  }

  get #address() {
    const { letters, scheduled } = this.#place.dataset;
    return `${letters}?letter=${document.querySelector(".composer").dataset.about}&scheduled=${scheduled}`;
  }

  /* Says whether the server answered; who is signed out, or may not, asks no more. */
  async #fetch() {
    let hasCome = false;
    const noted = async (...asked) => {
      const answer = await fetch(...asked);
      hasCome = answer.status < 500;
      return answer;
    };
    await window.htmx.ajax("GET", this.#address, { target: this.#place, swap: "innerMorph", fetch: noted });
    document.dispatchEvent(new CustomEvent("letters:refreshed"));
    return hasCome;
  }
}

new Letters();
