/*
 * The list of requests: what happens shows in place, keys move through it, and closing leads on to the next one. Rows
 * move only when the reader has left the list or asks for it.
 */

import "./acts.js";
import "./choosing.js";
import { ListNews } from "./news.js";
import { RowPlaces } from "./places.js";
import { RowWindow } from "./window.js";

class InboxList {
  static #MOMENT_MILLISECONDS = 5000;
  static #NO_REQUEST = 0; // With it come the numbers beside the views alone.

  #list;
  #rows;
  #places;
  #window;
  #news;
  #minute = null;
  #isStale = false;
  #closing = { ticket: null, at: 0 }; // The request that this reader has just closed, and when.

  constructor(list) {
    this.#list = list;
    this.#rows = list.querySelector(".rows");
    this.#places = new RowPlaces(this.#rows);
    this.#window = new RowWindow(this.#rows, this.#places, this.#address);
    this.#news = new ListNews(list, (rows) => this.#show(rows));
    for (const type of ["live:ticket", "draft:changed"]) {
      document.addEventListener(type, ({ detail }) => list.dataset.rows && this.#news.want(detail.n));
    }
    document.addEventListener("live:tag", () => this.#doubt());
    document.addEventListener("live:reload", () => list.dataset.rows && this.#window.renew());
    document.addEventListener("htmx:after:process", () => this.#look());
    document.addEventListener("visibilitychange", () => this.#tickWhileSeen());
    document.addEventListener("submit", (event) => this.#note(event), true);
    for (const type of ["htmx:before:response", "htmx:error"]) document.addEventListener(type, ({ detail }) => this.#mind(detail.ctx), true);
    list.addEventListener("rows:changed", () => this.#markCurrent());
    list.addEventListener("pointerleave", () => this.#leaveBehind());
    list.addEventListener("focusout", () => setTimeout(() => this.#leaveBehind()));
    list.querySelector("[data-settle]")?.addEventListener("click", () => this.#settle(true));
    this.#bindKeys(window.hotkeys);
    this.#tickWhileSeen();
    this.#markCurrent();
  }

  get #address() {
    return `${this.#list.dataset.rows}?view=${encodeURIComponent(this.#list.dataset.view)}`;
  }

  #show(rows) {
    const added = rows.map((row) => this.#places.take(row)).filter(Boolean);
    for (const row of added) row.classList.add("htmx-added");
    if (added.length) window.htmx.process(this.#rows);
    this.#countInTitle();
    this.#announce(added[0]);
    this.#markCurrent();
    this.#tick();
    this.#leaveBehind();
    this.#list.dispatchEvent(new CustomEvent("rows:changed", { bubbles: true }));
  }

  /* A saved view may ask for a tag that was changed: one list to fetch again, however many requests have the tag. */
  #doubt() {
    if (!this.#list.dataset.rows || !document.querySelector(".views-saved")) return;
    this.#news.want(InboxList.#NO_REQUEST);
    this.#isStale = this.#list.dataset.view.startsWith("saved-");
    this.#leaveBehind();
  }

  /* Who neither points at the list nor is in it by keyboard has left it: rows go where they belong. */
  #leaveBehind() {
    const isIn = this.#list.matches(":hover") || this.#list.contains(document.activeElement);
    if (!isIn && this.#isUnsettled) this.#settle(false);
    this.#offerToSettle();
  }

  get #isUnsettled() {
    return this.#isStale || this.#places.hasMoved;
  }

  #settle(isAll) {
    this.#places.settle({ isAll });
    if (this.#isStale) this.#renew();
    this.#offerToSettle();
    this.#list.dispatchEvent(new CustomEvent("rows:changed", { bubbles: true }));
  }

  #offerToSettle() {
    const button = this.#list.querySelector("[data-settle]");
    if (button) button.hidden = !this.#isUnsettled;
  }

  async #renew() {
    this.#isStale = false;
    if (!(await this.#window.renew())) this.#isStale = true;
  }

  /* For those who listen: once, and politely. */
  #announce(row) {
    const place = document.getElementById("announce");
    if (row) place.textContent = `${place.dataset.words} ${row.querySelector(".row-who").textContent}`;
  }

  #countInTitle() {
    const count = document.querySelector('[data-count="inbox"]').textContent.trim();
    document.title = (count && `(${count}) `) + document.title.replace(/^\(\d+\) /, "");
  }

  #markCurrent() {
    const number = document.getElementById("conversation")?.dataset.ticket;
    for (const row of this.#list.querySelectorAll(".row")) {
      const isCurrent = row.parentElement.id.endsWith(`-${number}`);
      if (isCurrent !== row.hasAttribute("aria-current")) row.toggleAttribute("aria-current", isCurrent);
      if (isCurrent) row.setAttribute("aria-current", "true");
    }
  }

  #bindKeys(hotkeys) {
    hotkeys.on("j", () => this.#move(1));
    hotkeys.on("k", () => this.#move(-1));
    hotkeys.on(".", () => this.#settle(true));
    hotkeys.on("i", () => document.querySelector("main.inbox").classList.toggle("has-person-folded"));
    hotkeys.on("Escape", () => this.#leave());
  }

  #move(step) {
    const rows = [...this.#list.querySelectorAll("a.row")].filter((row) => row.checkVisibility());
    const here = document.activeElement.closest?.(".row") ?? this.#list.querySelector('.row[aria-current="true"]');
    const next = rows[here ? rows.indexOf(here) + step : 0];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
    return next;
  }

  #look() {
    this.#markCurrent();
    this.#leaveBehind();
    const head = document.getElementById("thread-head");
    const number = document.getElementById("conversation")?.dataset.ticket;
    const { ticket, at } = this.#closing;
    if (!head || ticket !== number || !("closed" in head.dataset)) return;
    this.#closing = { ticket: null, at: 0 };
    if (performance.now() - at < InboxList.#MOMENT_MILLISECONDS) this.#goOn();
  }

  /* Where a colleague closes it the reader stays: the thread tells who did it. */
  #note({ target, submitter }) {
    if (!target.closest("#conversation")) return;
    const wasClosed = "closed" in (document.getElementById("thread-head")?.dataset ?? {});
    const isClosing = submitter?.matches("[data-closes]") && !wasClosed;
    const ticket = isClosing ? document.getElementById("conversation").dataset.ticket : null;
    this.#closing = { ticket, at: performance.now() };
  }

  /* What was refused, or did not arrive, has closed nothing. */
  #mind({ request, response }) {
    const isDone = response && response.status < 400;
    if (request.method !== "GET" && !isDone) this.#closing = { ticket: null, at: 0 };
  }

  /* After closing, as the reader wants it: on to the next one, back to the list, or nowhere. */
  #goOn() {
    const habit = this.#list.dataset.afterClosing;
    if (habit === "stay") return;
    const rows = [...this.#list.querySelectorAll("[data-section] a.row, .found a.row")].filter((row) => row.checkVisibility());
    const here = rows.findIndex((row) => row.getAttribute("aria-current") === "true");
    const isOpen = (row) => row?.querySelector(".turn-us, .turn-late");
    const next = rows.slice(here + 1).find(isOpen) ?? rows.slice(0, Math.max(here, 0)).find(isOpen);
    if (habit === "next" && next) next.click();
    else this.#leave();
  }

  #leave() {
    const current = this.#list.querySelector('.row[aria-current="true"]');
    if (current?.checkVisibility()) return current.focus();
    const back = document.querySelector("#thread-head a[href]");
    if (back?.checkVisibility()) return back.click(); // On a small screen the list is a page of its own.
    this.#list.querySelector("a.row")?.focus();
  }

  #tickWhileSeen() {
    clearInterval(this.#minute);
    if (document.hidden) return;
    this.#tick();
    this.#minute = setInterval(() => this.#tick(), 60_000);
  }

  /* Waiting gets louder without asking the server. */
  #tick() {
    for (const time of this.#list.querySelectorAll(".rows .row:has(.turn-us, .turn-late) > time")) {
      const seconds = (Date.now() - InboxList.#sinceOf(time)) / 1000;
      // Where the browser does not speak the language, the server's words stand until the list is loaded again.
      const words = InboxList.#lasting(seconds) || time.textContent;
      if (time.textContent !== words) time.textContent = words;
      this.#raise(time, seconds);
    }
  }

  #raise(time, seconds) {
    const wave = seconds < 3600 ? "us1" : seconds < 86_400 ? "us2" : "late";
    const mark = time.parentElement.querySelector(".turn");
    mark.classList.toggle("turn-us2", wave === "us2");
    mark.classList.toggle("turn-late", wave === "late");
    mark.classList.toggle("turn-us", wave !== "late");
  }

  /* The key of a row begins with the moment it is ordered by, in microseconds. */
  static #sinceOf(time) {
    if (time.hasAttribute("datetime")) return Date.parse(time.dateTime);
    return Number(time.closest("[data-at]").dataset.at.split(".")[0]) / 1000;
  }

  static #lasting(seconds) {
    const [amount, unit] =
      seconds < 3600 ? [Math.max(Math.floor(seconds / 60), 1), "minute"]
      : seconds < 86_400 ? [Math.floor(seconds / 3600), "hour"]
      : [Math.floor(seconds / 86_400), "day"];
    const language = document.documentElement.lang;
    if (!Intl.NumberFormat.supportedLocalesOf(language).length) return "";
    return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "short", numberingSystem: "latn" }).format(amount);
  }
}

const list = document.getElementById("list");
if (list) new InboxList(list);
