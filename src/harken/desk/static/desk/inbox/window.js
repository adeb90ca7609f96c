/*
 * An endless list that does not grow without bound: rows are fetched before the reader gets to the end of what is
 * loaded, in either direction, and dropped at the other end. The address remembers the first row that is seen, so that
 * a reload or the way back leads to the same place.
 */

export class RowWindow {
  static #MOST = 200;
  static #PAUSE = 300;

  #rows;
  #places;
  #observer;
  #home; // The address of the view, without a place in it.
  #busy = false;
  #pause = null;

  constructor(rows, places, home) {
    this.#rows = rows;
    this.#home = home;
    this.#places = places;
    this.#observer = new IntersectionObserver((seen) => this.#near(seen), { root: rows, rootMargin: "600px 0px" });
    rows.addEventListener("scroll", () => this.#wait(), { passive: true });
    this.#watch();
    this.#comeBack();
  }

  /* Fetch the list again, from the row that is seen first: too much has happened to take it in one by one. */
  async renew() {
    const fresh = await this.#fetch(this.#addressOf(this.#home, this.#rows.scrollTop > 0));
    if (!fresh) return false;
    const lists = [...this.#rows.querySelectorAll("[id^=rows-]")];
    for (const list of lists) list.replaceChildren(...(fresh.querySelector(`[id="${list.id}"]`)?.children ?? []));
    for (const side of ["above", "before"]) {
      this.#more(side)?.remove();
      const more = fresh.querySelector(`[data-more="${side}"]`);
      if (more && side === "above") lists[0].before(more);
      else if (more) lists.at(-1).after(more);
    }
    this.#adopt();
    return true;
  }

  #more(side) {
    return this.#rows.querySelector(`[data-more="${side}"]`);
  }

  #watch() {
    this.#observer.disconnect();
    for (const more of this.#rows.querySelectorAll("[data-more]")) this.#observer.observe(more);
  }

  #near(seen) {
    const more = seen.find((entry) => entry.isIntersecting)?.target;
    if (more && !this.#busy) this.#load(more);
  }

  async #load(more) {
    this.#busy = true;
    const fresh = await this.#fetch(more.querySelector("a").href);
    this.#busy = false;
    if (!fresh || !more.isConnected) return; // The link is still there to be pressed.
    this.#places.keepStill(() => this.#add(more, fresh));
    this.#adopt();
  }

  async #fetch(address) {
    try {
      const answer = await fetch(address, { headers: { "HX-Request": "true" } });
      if (!answer.ok || answer.redirected) return null;
      return new DOMParser().parseFromString(await answer.text(), "text/html").body;
    } catch {
      return null; // No connection: scrolling again asks again.
    }
  }

  #add(more, fresh) {
    const side = more.dataset.more;
    for (const list of fresh.querySelectorAll("[data-section]")) {
      const rows = [...list.children].filter((row) => !this.#rows.querySelector(`[id="${row.id}"]`));
      const here = this.#rows.querySelector(`#rows-${list.dataset.section}`);
      if (side === "above") here?.prepend(...rows);
      else here?.append(...rows);
    }
    const next = fresh.querySelector(`[data-more="${side}"]`);
    if (next) more.replaceWith(next);
    else more.remove();
    this.#drop(side);
  }

  #drop(side) {
    const rows = [...this.#rows.querySelectorAll("[data-section] > li")];
    const excess = rows.length - RowWindow.#MOST;
    if (excess <= 0) return;
    const gone = side === "above" ? rows.slice(-excess) : rows.slice(0, excess);
    if (gone.some((row) => row.contains(document.activeElement) || row.matches(":has(:checked)"))) return;
    for (const row of gone) row.remove();
    const left = side === "above" ? rows.at(-excess - 1) : rows[excess];
    this.#offer(side === "above" ? "before" : "above", RowWindow.#keyOf(left));
  }

  #offer(side, key) {
    const more = this.#more(side) ?? RowWindow.#link(side, this.#rows.closest(".list").dataset[side]);
    const address = new URL(this.#home, location.href);
    address.searchParams.set(side, key);
    more.querySelector("a").href = address;
    const lists = this.#rows.querySelectorAll("[id^=rows-]");
    if (!more.isConnected && side === "above") lists[0].before(more);
    else if (!more.isConnected) lists[lists.length - 1].after(more);
  }

  #adopt() {
    window.htmx.process(this.#rows);
    this.#watch();
    this.#rows.dispatchEvent(new CustomEvent("rows:changed", { bubbles: true }));
  }

  #wait() {
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => this.#remember(), RowWindow.#PAUSE);
  }

  #remember() {
    if (!location.pathname.endsWith("/inbox/")) return;
    history.replaceState(history.state, "", this.#addressOf(location.href, this.#rows.scrollTop > 0));
  }

  #addressOf(address, isDeep) {
    const found = new URL(address, location.href);
    const row = this.#places.firstVisible;
    for (const name of ["before", "above", "around"]) found.searchParams.delete(name);
    if (isDeep && row) found.searchParams.set("around", RowWindow.#keyOf(row));
    return found.href;
  }

  #comeBack() {
    const key = new URL(location.href).searchParams.get("around");
    const at = key?.slice(key.indexOf(".") + 1);
    const row = at && this.#rows.querySelector(`[data-at="${CSS.escape(at)}"]`);
    if (row) this.#rows.scrollTop += row.getBoundingClientRect().top - this.#rows.getBoundingClientRect().top;
    else this.#rows.querySelector('.row[aria-current="true"]')?.scrollIntoView({ block: "nearest" });
  }

  static #link(side, words) {
    const more = document.createElement("p");
    const link = document.createElement("a");
    more.className = "more";
    more.dataset.more = side;
    link.className = "btn btn-s";
    link.textContent = words;
    more.append(link);
    return more;
  }

  static #keyOf(row) {
    return `${row.parentElement.dataset.section}.${row.dataset.at}`;
  }
}
