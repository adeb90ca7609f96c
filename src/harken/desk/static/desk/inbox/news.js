/* News of an open list: what happened within a moment is asked for at once, and asked for again when that failed. */

import { Again } from "../again.js";

export class ListNews {
  static #CALM = 60;
  static #MOST_AT_ONCE = 100;

  #list;
  #show;
  #wanted = new Set();
  #timer = null;
  #asking = false;
  #again = new Again(() => this.#ask());

  /* `show` gets the rows that came, as elements. */
  constructor(list, show) {
    this.#list = list;
    this.#show = show;
  }

  want(number) {
    this.#wanted.add(number);
    this.#soon();
  }

  #soon() {
    if (this.#wanted.size) this.#timer ??= setTimeout(() => this.#ask(), ListNews.#CALM);
  }

  async #ask() {
    clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#asking || !this.#wanted.size) return;
    this.#asking = true;
    const numbers = [...this.#wanted].slice(0, ListNews.#MOST_AT_ONCE);
    for (const number of numbers) this.#wanted.delete(number);
    const news = await this.#fetch(numbers);
    this.#asking = false;
    if (news) {
      this.#again.came();
      this.#take(news);
      this.#soon();
    } else {
      for (const number of numbers) this.#wanted.add(number);
      this.#again.failed();
    }
  }

  async #fetch(numbers) {
    const query = new URLSearchParams(numbers.map((number) => ["n", number]));
    query.set("view", this.#list.dataset.view);
    try {
      const answer = await fetch(`${this.#list.dataset.rows}rows/?${query}`, { headers: { "HX-Request": "true" } });
      return answer.ok && !answer.redirected ? new DOMParser().parseFromString(await answer.text(), "text/html").body : null;
    } catch {
      return null; // No connection: it is asked for again.
    }
  }

  #take(news) {
    for (const part of news.querySelectorAll("hx-partial")) {
      const content = [...part.childNodes];
      for (const place of document.querySelectorAll(part.getAttribute("hx-target"))) {
        if (part.getAttribute("hx-swap") === "textContent") place.textContent = part.textContent.trim();
        else place.replaceWith(...content);
      }
      part.remove();
    }
    this.#show([...news.querySelectorAll("li[id^=row-]")]);
  }
}
