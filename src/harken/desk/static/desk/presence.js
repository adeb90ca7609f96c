/*
 * Who is here. Being here follows from the live stream and reading from the page that was opened: this only keeps
 * what is shown of it fresh, gives each open page its name, and says when a page was left.
 */

class Presence {
  static #CALM = 300; // News that come together are one look at the server.
  static #MOST_HIDDEN = 10 * 60_000;

  #tab = document.querySelector("[data-tab]")?.dataset.tab ?? Presence.#newName();
  #shown = null; // The address of the request that this page was counted as a reader of.
  #waiting = null;
  #missed = false;
  #hiddenTimer = null;

  constructor() {
    document.addEventListener("live:presence", ({ detail }) => this.#hear(detail.p));
    for (const type of ["live:back", "live:reload"]) document.addEventListener(type, () => this.#hear());
    document.addEventListener("htmx:config:request", ({ detail }) => (detail.ctx.request.headers["Harken-Tab"] = this.#tab));
    document.addEventListener("htmx:after:process", ({ target }) => target.id === "conversation" && this.#turn());
    document.addEventListener("visibilitychange", () => this.#look());
    window.addEventListener("pagehide", () => this.#leave());
    window.addEventListener("pageshow", ({ persisted }) => persisted && this.#return());
    this.#turn();
  }

  get tab() {
    return this.#tab;
  }

  get #readers() {
    return document.getElementById("conversation")?.dataset.readers;
  }

  /* Another request stands on the page: the server knows, having sent it. */
  #turn() {
    this.#shown = this.#readers;
  }

  #hear(numbers) {
    const number = Number(document.getElementById("conversation")?.dataset.ticket);
    const concernsThread = number && (!numbers || numbers.includes(number));
    if (!concernsThread && !document.querySelector("[data-here]")) return;
    if (document.hidden) return (this.#missed = true);
    this.#waiting ??= setTimeout(() => this.#refresh(), Presence.#CALM);
  }

  #refresh() {
    clearTimeout(this.#waiting);
    this.#waiting = null;
    this.#missed = false;
    for (const place of document.querySelectorAll("[data-here]")) this.#fetch(place.dataset.here, place);
    const readers = document.getElementById("readers");
    if (readers && this.#readers) this.#fetch(this.#readers, readers);
  }

  #fetch(address, place) {
    window.htmx.ajax("GET", address, { target: place, swap: "innerHTML" });
  }

  #look() {
    clearTimeout(this.#hiddenTimer);
    if (document.hidden) {
      this.#hiddenTimer = setTimeout(() => this.#leave(), Presence.#MOST_HIDDEN);
      return;
    }
    if (!this.#shown) this.#return();
    if (this.#missed) this.#refresh();
  }

  #leave() {
    if (!this.#shown) return;
    navigator.sendBeacon(this.#shown, this.#words({ closed: "1" }));
    this.#shown = null;
  }

  #return() {
    if (!this.#readers) return;
    this.#shown = this.#readers;
    fetch(this.#shown, { method: "POST", body: this.#words({}) });
  }

  #words(more) {
    const words = new FormData();
    const csrfmiddlewaretoken = document.querySelector('[name="csrfmiddlewaretoken"]').value;
    for (const [name, value] of Object.entries({ csrfmiddlewaretoken, tab: this.#tab, ...more })) words.set(name, value);
    return words;
  }

  /* As a UUID is written; `crypto.randomUUID` is not there on plain http. */
  static #newName() {
    return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }
}

window.presence = new Presence();
