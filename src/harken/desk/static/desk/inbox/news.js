/* News of an open list: what happened within a moment is asked for at once, and asked for again when that failed. */

export class ListNews {
  static #CALM = 60;
  static #MOST_AT_ONCE = 100;
  static #PAUSES = [1000, 3000, 10_000, 30_000];

  #list;
  #show;
  #wanted = new Set();
  #timer = null;
  #asking = false;
  #failures = 0;

  /* `show` gets the rows that came, as elements. */
  constructor(list, show) {
    this.#list = list;
    this.#show = show;
    document.addEventListener("live:back", () => this.#soon(0));
  }

  want(number) {
    this.#wanted.add(number);
    this.#soon(ListNews.#CALM);
  }

  #soon(pause) {
    if (!this.#wanted.size || this.#asking) return;
    if (pause === 0) clearTimeout(this.#timer);
    else if (this.#timer) return;
    this.#timer = setTimeout(() => this.#ask(), pause);
  }

  async #ask() {
    this.#timer = null;
    if (this.#asking) return;
    this.#asking = true;
    const numbers = [...this.#wanted].slice(0, ListNews.#MOST_AT_ONCE);
    for (const number of numbers) this.#wanted.delete(number);
    const news = await this.#fetch(numbers);
    this.#asking = false;
    if (news) {
      this.#failures = 0;
      this.#take(news);
      this.#soon(ListNews.#CALM);
    } else {
      for (const number of numbers) this.#wanted.add(number);
      this.#soon(ListNews.#PAUSES[Math.min(this.#failures++, ListNews.#PAUSES.length - 1)]);
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
