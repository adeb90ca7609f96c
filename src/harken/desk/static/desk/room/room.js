/*
 * The room. What happens on a request changes it in place, a new one comes in at the end, and nothing that somebody
 * looks at moves: the request under the pointer, else the first in sight, stays where it is.
 */

import { Again } from "../again.js";
import { counted } from "../plural.js";
import { Undoing } from "../undoing.js";

class Room {
  static #NEAR_THE_END = 60;
  static #CALM = 400;

  #room = document.getElementById("room");
  #feed = document.getElementById("feed");
  #asks = document.getElementById("asks");
  #below = document.getElementById("below");
  #pointed = null;
  #unread = 0;
  #waiting = new Map(); // number -> whether a fetch is under way and another is wanted
  #missed = new Set(); // Numbers whose news did not come.
  #again = new Again(() => this.#catchUp());
  #arriving = Promise.resolve(); // New requests come in one after the other: htmx drops what waits for the same place.
  #asideTimer = null;
  #last;

  constructor() {
    this.#last = [...this.#asks.querySelectorAll("[data-key-of-page]")].at(-1)?.dataset.keyOfPage ?? "";
    document.addEventListener("live:ticket", ({ detail }) => this.#hear(detail.n));
    for (const type of ["live:channel", "live:arrival"]) document.addEventListener(type, () => this.#refreshAside());
    document.addEventListener("htmx:before:request", ({ target }) => target.matches?.(".composer") && (this.#undone = null));
    document.addEventListener("htmx:before:swap", () => this.#hold());
    document.addEventListener("htmx:after:process", () => this.#keep());
    this.#feed.addEventListener("pointerover", ({ target }) => (this.#pointed = target.closest(".ask")));
    this.#feed.addEventListener("pointerleave", () => (this.#pointed = null));
    this.#feed.addEventListener("scroll", () => this.#isAtEnd && this.#seen(), { passive: true });
    this.#below.addEventListener("click", () => this.#toEnd());
    document.getElementById("aside").addEventListener("click", (event) => this.#show(event));
    this.#bindKeys(window.hotkeys);
    this.#joinDays();
  }

  get #isAtEnd() {
    return Math.abs(this.#feed.scrollTop) < Room.#NEAR_THE_END;
  }

  async #hear(number) {
    this.#refreshAside();
    if (this.#waiting.has(number)) return this.#waiting.set(number, true);
    this.#waiting.set(number, false);
    const hasCome = await this.#refresh(number);
    const isNewsSince = this.#waiting.get(number);
    this.#waiting.delete(number);
    if (!hasCome) {
      this.#missed.add(number);
      return this.#again.failed();
    }
    this.#again.came();
    if (isNewsSince) this.#hear(number);
  }

  #catchUp() {
    const missed = [...this.#missed];
    this.#missed.clear();
    for (const number of missed) this.#hear(number);
  }

  /* Says whether the server answered. */
  async #refresh(number) {
    const known = document.getElementById(`ask-${number}`);
    if (known) return this.#fetch(`${number}/?known`, known);
    if ("earlier" in this.#room.dataset) return true; // What is new stands on the last page.
    this.#arriving = this.#arriving.then(() => this.#bringIn(number)).catch(() => false);
    return this.#arriving;
  }

  async #bringIn(number) {
    const wasAtEnd = this.#isAtEnd;
    const only = "waiting" in this.#room.dataset ? "&show=waiting" : "";
    const hasCome = await this.#fetch(`${number}/?after=${this.#last}${only}`, this.#asks);
    const came = document.getElementById(`ask-${number}`);
    if (came) this.#welcome(came, wasAtEnd);
    return hasCome;
  }

  async #fetch(address, target) {
    let hasCome = false;
    const noted = async (...asked) => {
      const answer = await fetch(...asked);
      hasCome = answer.status < 500;
      return answer;
    };
    await window.htmx.ajax("GET", `${this.#room.dataset.room}${address}`, { target, swap: "none", fetch: noted });
    return hasCome;
  }

  #welcome(ask, wasAtEnd) {
    this.#last = ask.dataset.keyOfPage;
    this.#announce(ask);
    if (wasAtEnd && !this.#feed.contains(document.activeElement.closest(".composer"))) return this.#toEnd();
    this.#unread += 1;
    const words = this.#below.querySelector("span");
    words.textContent = counted(words.dataset.words, this.#unread);
    this.#below.hidden = false;
  }

  /* For those who listen: once, and politely. */
  #announce(ask) {
    const place = document.getElementById("announce");
    place.textContent = `${place.dataset.words} ${ask.querySelector(".ask-head b").textContent}`;
  }

  #toEnd() {
    this.#feed.scrollTop = 0;
    this.#seen();
  }

  #seen() {
    this.#unread = 0;
    this.#below.hidden = true;
  }

  #refreshAside() {
    this.#asideTimer ??= setTimeout(async () => {
      this.#asideTimer = null;
      await window.htmx.ajax("GET", this.#room.dataset.aside, { target: "#aside", swap: "none" });
      const count = document.getElementById("waiting-count").textContent.trim();
      document.title = (count && `(${count}) `) + document.title.replace(/^\(\d+\) /, "");
    }, Room.#CALM);
  }

  #held = null;

  #hold() {
    const top = this.#feed.getBoundingClientRect().top;
    const inSight = [...this.#asks.children].find((each) => each.getBoundingClientRect().bottom > top);
    const ask = this.#pointed?.isConnected ? this.#pointed : inSight;
    this.#held = ask && { ask, top: ask.getBoundingClientRect().top };
  }

  #keep() {
    this.#joinDays();
    if (this.#held?.ask.isConnected) this.#feed.scrollTop += this.#held.ask.getBoundingClientRect().top - this.#held.top;
    this.#held = null;
  }

  /* Two pages may each begin with the same day. */
  #joinDays() {
    const seen = new Set();
    for (const day of this.#asks.querySelectorAll(".day")) {
      if (seen.has(day.dataset.day)) day.remove();
      seen.add(day.dataset.day);
    }
  }

  /* Who waits is shown where they stand, when they stand on this page. */
  #show(event) {
    const number = event.target.closest("[data-to]")?.dataset.to;
    const ask = number && document.getElementById(`ask-${number}`);
    if (!ask || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.#go(ask);
  }

  #bindKeys(hotkeys) {
    hotkeys.on("j", () => this.#move(1));
    hotkeys.on("k", () => this.#move(-1));
    hotkeys.on("Enter", (event) => (event.target.matches(".ask") ? this.#do("reply") : false));
    hotkeys.on("r", () => this.#do("reply"));
    hotkeys.on("n", () => this.#do("note"));
    hotkeys.on("e", () => this.#do("done"));
    new Undoing((fits) => this.#undo(fits));
  }

  get #current() {
    return document.activeElement.closest?.(".ask") ?? this.#pointed;
  }

  #move(step) {
    const asks = [...this.#asks.querySelectorAll(".ask")];
    const here = this.#current;
    const next = here ? asks[asks.indexOf(here) + step] : asks.at(-1);
    if (next) this.#go(next);
  }

  #go(ask) {
    ask.focus({ preventScroll: true });
    ask.scrollIntoView({ block: "nearest" });
  }

  #undone = null;

  #do(what) {
    const ask = this.#current ?? [...this.#asks.querySelectorAll(".ask")].at(-1);
    const open = ask?.querySelector(".composer");
    if (open && what !== "done") return ask.dispatchEvent(new CustomEvent("room:write", { detail: what, bubbles: true }));
    if (what === "done") this.#undone = ask;
    ask?.querySelector(`[data-do="${what}"]`)?.click();
    if (what === "done") ask?.focus({ preventScroll: true });
  }

  /* What was closed last, unless something was sent since: that can be taken back for seconds. */
  #undo(fits) {
    const reopen = (ask) => ask?.isConnected && ask.querySelector('[data-do="undo"]');
    const leaving = [this.#current, this.#feed].flatMap((place) => [...(place?.querySelectorAll('[data-key="z"]') ?? [])].reverse());
    const button = [reopen(this.#undone), ...leaving, reopen(this.#current)].find((each) => each && fits(each));
    button?.click();
    return Boolean(button);
  }
}

if (document.getElementById("room")) new Room();
