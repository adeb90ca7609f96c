/*
 * Fields for mail addresses, completed while somebody types: `data-people` names where people are asked for,
 * `data-people-label` the list. Several stand with commas between them; with `data-one` there is only one.
 */

import { Choices } from "./choices.js";

const ENTRY = /[^,;]*$/;

class Addresses {
  #field;
  #choices;

  constructor(field) {
    this.#field = field;
    const place = document.createElement("span");
    place.className = "completed";
    field.before(place);
    place.append(field);
    this.#choices = new Choices(place, {
      label: field.dataset.peopleLabel,
      choose: ({ dataset }) => this.#put(dataset.value),
      isBelow: true,
    });
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-expanded", "false");
    field.setAttribute("aria-autocomplete", "list");
    field.addEventListener("input", () => this.#look());
    field.addEventListener("keydown", (event) => this.#choices.press(event));
    field.addEventListener("blur", () => this.#choices.close());
  }

  /* What stands before the caret, from the last comma on. */
  get #entry() {
    return ENTRY.exec(this.#field.value.slice(0, this.#field.selectionStart))[0].trimStart();
  }

  #look() {
    const entry = this.#entry;
    if (!entry.trim()) return this.#choices.close();
    this.#choices.ask(this.#field, `${this.#field.dataset.people}?q=${encodeURIComponent(entry)}`);
  }

  #put(address) {
    const { selectionStart: caret, value } = this.#field;
    const isLast = !value.slice(caret).trim();
    const after = "one" in this.#field.dataset || !isLast ? "" : ", ";
    this.#field.setRangeText(address + after, caret - this.#entry.length, caret, "end");
    this.#field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

const known = new WeakSet();

function meet(field) {
  known.add(field);
  const hadFocus = field === document.activeElement;
  const { selectionStart, selectionEnd } = field;
  new Addresses(field);
  if (!hadFocus) return;
  field.focus({ preventScroll: true });
  field.setSelectionRange(selectionStart, selectionEnd);
}

/* Before the caret comes: a field that is moved while it gets the focus loses what was selected in it. */
function look() {
  for (const field of document.querySelectorAll("input[data-people]")) if (!known.has(field)) meet(field);
}

document.addEventListener("htmx:after:process", look);
look();
