/*
 * The letters below the composer, as they are: what a colleague schedules comes in, what left, was taken back or held
 * goes, and what is being changed in another one stays. What did not come is asked for again.
 */

import { Again } from "../again.js";

class Letters {
  static #CALM = 60;

  #place = document.getElementById("letters");
  #again = new Again(() => this.#want());
  #timer = null;
  #isAsking = false;
  #isWanted = false;

  constructor() {
    for (const type of ["live:letter", "live:reload"]) document.addEventListener(type, () => this.#want());
    document.addEventListener("click", ({ target }) => target.closest("[data-dismiss-act]")?.closest(".acts-line").remove());
  }

  #want() {
    this.#isWanted = true;
    if (!this.#isAsking) this.#timer ??= setTimeout(() => this.#ask(), Letters.#CALM);
  }

  async #ask() {
    this.#timer = null;
    this.#isWanted = false;
    this.#isAsking = true;
    const hasCome = await this.#fetch();
    this.#isAsking = false;
    if (hasCome) this.#again.came();
    else this.#again.failed();
    if (this.#isWanted) this.#want();
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
