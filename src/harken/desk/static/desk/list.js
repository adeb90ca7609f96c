/*
 * The list of requests. When something happens on one, its row is fetched and changes in place; a new one comes in
 * where its turn is. Rows move only when the list is loaded again: the row under the pointer stays where it is.
 */

class InboxList {
  #list;
  #waiting = new Map(); // number -> whether a fetch is under way and another is wanted
  #minute = null;

  constructor(list) {
    this.#list = list;
    for (const type of ["live:ticket", "draft:changed"]) document.addEventListener(type, ({ detail }) => this.#refresh(detail.n));
    document.addEventListener("htmx:after:process", () => this.#markCurrent());
    document.addEventListener("visibilitychange", () => this.#tickWhileSeen());
    this.#bindKeys(window.hotkeys);
    this.#tickWhileSeen();
    this.#markCurrent();
  }

  /* One fetch at a time for each row: what happens meanwhile asks once more afterwards. */
  async #refresh(number) {
    if (!this.#list.dataset.rows) return; // Search shows what was found when it was asked.
    if (this.#waiting.has(number)) return this.#waiting.set(number, true);
    this.#waiting.set(number, false);
    const known = document.getElementById(`row-${number}`);
    const view = encodeURIComponent(this.#list.dataset.view);
    const address = `${this.#list.dataset.rows}${number}/?view=${view}${known ? "&known" : ""}`;
    await window.htmx.ajax("GET", address, { target: known ?? this.#list, swap: "none" });
    this.#countInTitle();
    if (!known) this.#announce(document.getElementById(`row-${number}`));
    const again = this.#waiting.get(number);
    this.#waiting.delete(number);
    if (again) this.#refresh(number);
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
    hotkeys.on("Escape", () => this.#leave());
  }

  #move(step) {
    const rows = [...this.#list.querySelectorAll(".row")].filter((row) => row.checkVisibility());
    const here = document.activeElement.closest?.(".row") ?? this.#list.querySelector('.row[aria-current="true"]');
    const next = rows[here ? rows.indexOf(here) + step : 0];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  }

  #leave() {
    const current = this.#list.querySelector('.row[aria-current="true"]');
    if (current?.checkVisibility()) return current.focus();
    document.querySelector("#thread-head a[href]")?.click(); // On a small screen the list is a page of its own.
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
      const seconds = (Date.now() - Date.parse(time.dateTime)) / 1000;
      // Where the browser does not speak the language, the server's words stand until the list is loaded again.
      const words = InboxList.#lasting(seconds) || time.textContent;
      if (time.textContent !== words) time.textContent = words;
      this.#raise(time, seconds);
    }
  }

  #raise(time, seconds) {
    const wave = seconds < 3600 ? "us1" : seconds < 86_400 ? "us2" : "late";
    const mark = time.parentElement.querySelector(".turn");
    const use = mark.firstElementChild;
    use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#t-${wave}`));
    mark.classList.toggle("turn-late", wave === "late");
    mark.classList.toggle("turn-us", wave !== "late");
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
