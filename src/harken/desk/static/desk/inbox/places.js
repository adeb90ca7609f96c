/*
 * Where rows stand. A row that is known changes in place at once, and moves only when it is asked to; a new one comes
 * in where its turn is. Whatever happens above it, the row under the pointer or with the focus stays where it is.
 */

export class RowPlaces {
  #rows;

  constructor(rows) {
    this.#rows = rows;
  }

  get first() {
    return this.#rows.querySelector("[data-section] > li");
  }

  get hasMoved() {
    return this.#rows.querySelector("[data-moved]") !== null;
  }

  /* Take in a row as the server has it now; returns it when it was not there before and is now. */
  take(fresh) {
    const known = this.#rows.querySelector(`[id="${fresh.id}"]`);
    if (known) return this.#change(known, fresh);
    const { in: section } = fresh.dataset;
    delete fresh.dataset.in;
    return section && this.keepStill(() => this.#insert(fresh, section)) ? fresh : null;
  }

  /* Put the rows that have moved where they belong, or out of the list; all of them, or all but the open one's. */
  settle({ isAll }) {
    for (const row of this.#rows.querySelectorAll("[data-moved]")) {
      if (!isAll && row.querySelector('[aria-current="true"]')) continue;
      const [section, at] = row.dataset.moved.split(" ");
      delete row.dataset.moved;
      const hadFocus = row.contains(document.activeElement);
      row.dataset.at = at;
      if (!section || !this.#insert(row, section)) row.remove();
      if (hadFocus && row.isConnected) row.querySelector(".row").focus({ preventScroll: true });
    }
  }

  /* Change the list without moving what somebody looks at. */
  keepStill(change) {
    const anchor = this.#anchor;
    const before = anchor?.getBoundingClientRect().top;
    const result = change();
    if (anchor?.isConnected) this.#rows.scrollTop += anchor.getBoundingClientRect().top - before;
    return result;
  }

  get #anchor() {
    const looked = this.#rows.querySelector("li:hover") ?? document.activeElement.closest?.(".rows li");
    if (looked || this.#rows.scrollTop === 0) return looked;
    return this.firstVisible;
  }

  get firstVisible() {
    const top = this.#rows.getBoundingClientRect().top;
    return [...this.#rows.querySelectorAll("[data-section] > li")].find((row) => row.getBoundingClientRect().bottom > top);
  }

  #change(known, fresh) {
    const to = known.querySelector(".row");
    const from = fresh.querySelector(".row");
    if (to.innerHTML !== from.innerHTML) to.replaceChildren(...from.childNodes);
    const { in: section, at } = fresh.dataset;
    const stays = known.parentElement.dataset.section === section && known.dataset.at === at;
    if (stays) delete known.dataset.moved;
    else known.dataset.moved = `${section} ${at}`;
    return null;
  }

  /* False where it belongs to what is not loaded. */
  #insert(row, section) {
    const list = this.#rows.querySelector(`#rows-${section}`);
    if (!list) return false;
    const upwards = "upwards" in list.dataset;
    const others = [...list.children].filter((other) => other !== row);
    const next = others.find((other) => (RowPlaces.#compare(row, other) < 0) === upwards) ?? null;
    if (this.#isOutside(list, next, others)) return false;
    list.insertBefore(row, next);
    return true;
  }

  #isOutside(list, next, others) {
    const lists = [...this.#rows.querySelectorAll("[id^=rows-]")];
    const isLast = !next && !lists.slice(lists.indexOf(list) + 1).some((other) => other.children.length);
    const isFirst = next === (others[0] ?? null) && !lists.slice(0, lists.indexOf(list)).some((other) => other.children.length);
    return (isLast && this.#isCut("before")) || (isFirst && this.#isCut("above"));
  }

  #isCut(side) {
    return this.#rows.querySelector(`[data-more="${side}"]`) !== null;
  }

  static #compare(one, other) {
    const [at, id] = one.dataset.at.split(".").map(Number);
    const [otherAt, otherId] = other.dataset.at.split(".").map(Number);
    return at - otherAt || id - otherId;
  }
}
