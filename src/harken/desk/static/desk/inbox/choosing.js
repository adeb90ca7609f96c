/*
 * Choosing several requests: by their boxes, by `x`, all between two with Shift. What is done to them is one form; of
 * everything in the view it is asked once, in a line.
 */

import { counted } from "../plural.js";

class Choosing {
  #list;
  #rows;
  #form = null; // Comes when the first request is chosen.
  #fetching = false;
  #all = false;
  #last = null;
  #pressed = null;

  constructor(list) {
    this.#list = list;
    this.#rows = list.querySelector(".rows");
    this.#furnish();
    list.addEventListener("rows:changed", () => this.#furnish());
    this.#rows.addEventListener("click", (event) => this.#click(event));
    list.querySelector("[data-choose]").addEventListener("click", () => this.#toggleFirst());
    list.addEventListener("keydown", (event) => this.#key(event), true);
    document.addEventListener("keydown", (event) => this.#keyOfMany(event), true);
    document.addEventListener("live:tag", () => this.#forget());
    document.addEventListener("toggle", ({ target }) => target.matches?.("[data-colleagues]") && this.#fetchColleagues(target), true);
  }

  get #boxes() {
    return [...this.#rows.querySelectorAll(".row-box")];
  }

  get #chosen() {
    return this.#boxes.filter((box) => box.checked);
  }

  #furnish() {
    for (const item of this.#rows.querySelectorAll("[data-section] > li:not(:has(.row-box))")) {
      const box = document.createElement("input");
      box.type = "checkbox";
      box.className = "row-box";
      box.tabIndex = -1;
      box.checked = this.#all;
      box.setAttribute("aria-label", item.querySelector(".row-who").textContent);
      item.prepend(box);
    }
    this.#tell();
  }

  #click(event) {
    if (!event.target.matches(".row-box")) return;
    this.#choose(event.target, event.shiftKey);
  }

  #choose(box, isRange) {
    const boxes = this.#boxes;
    if (isRange && this.#last?.isConnected) {
      const [from, to] = [boxes.indexOf(this.#last), boxes.indexOf(box)].sort((one, other) => one - other);
      for (const each of boxes.slice(from, to + 1)) each.checked = box.checked;
    }
    this.#last = box;
    this.#all = false;
    this.#tell();
  }

  #toggleFirst() {
    if (this.#chosen.length) return this.#none();
    const row = this.#rows.querySelector("li:has(.row-box) > .row");
    if (row) this.#toggle(row, false);
    row?.focus();
  }

  #toggle(row, isRange) {
    const box = row.parentElement.querySelector(".row-box");
    if (!box) return; // Held mail is decided one by one.
    box.checked = isRange || !box.checked;
    this.#choose(box, isRange);
  }

  #key(event) {
    if (!Choosing.#isSingle(event) || event.key.toLowerCase() !== "x") return;
    const row = document.activeElement.closest(".row") ?? document.activeElement.parentElement?.querySelector?.(".row");
    if (!row) return;
    this.#toggle(row, event.shiftKey);
    event.preventDefault();
    event.stopPropagation();
  }

  /* While some are chosen, the keys for one are the keys for all of them. */
  #keyOfMany(event) {
    if (!this.#form || !this.#chosen.length || document.querySelector("dialog[open]") || Choosing.#isField(event.target)) return;
    if (event.key === "Escape" && !document.querySelector("details[data-menu][open]")) {
      this.#none();
    } else if (Choosing.#isSingle(event)) {
      const key = event.key.toLowerCase();
      const target = key === "e" ? (this.#form.querySelector("[value=close]") ?? this.#form.querySelector("[value=reopen]")) : this.#form.querySelector(`[data-bulk-key="${CSS.escape(key)}"]`);
      if (!target) return;
      target.click();
      target.nextElementSibling?.querySelector("button")?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #press(event) {
    const button = event.target.closest("button");
    if (!button) return;
    if ("allOfView" in button.dataset) this.#everything();
    else if ("none" in button.dataset) this.#none();
    else if ("no" in button.dataset) this.#sure(false);
    else if (button.name === "act" && this.#all) {
      event.preventDefault();
      this.#pressed = button;
      this.#sure(true);
    }
  }

  /* Enter in the field for a tag means to put it on, not the first button of the form. */
  #putOnByEnter(event) {
    if (event.key !== "Enter" || event.target.name !== "tag") return;
    event.preventDefault();
    this.#form.querySelector("[value=tag]").click();
  }

  #everything() {
    this.#all = true;
    for (const box of this.#boxes) box.checked = true;
    this.#tell();
  }

  #none() {
    this.#all = false;
    for (const box of this.#boxes) box.checked = false;
    this.#sure(false);
    this.#tell();
  }

  #sure(isAsked) {
    if (!this.#form) return;
    const line = this.#form.querySelector("[data-sure]");
    line.hidden = !isAsked;
    line.querySelector("[data-words]").textContent = isAsked ? line.querySelector("[data-words]").dataset.words : "";
    if (isAsked) line.querySelector("[data-yes]").focus();
  }

  async #fetchForm() {
    if (this.#fetching) return;
    this.#fetching = true;
    const answer = await fetch(this.#list.dataset.acts).catch(() => null);
    this.#fetching = false;
    if (!answer?.ok || answer.redirected) return;
    this.#list.querySelector(".list-bar").insertAdjacentHTML("afterend", await answer.text());
    this.#form = this.#list.querySelector(".bulk");
    this.#form.addEventListener("click", (event) => this.#press(event));
    this.#form.addEventListener("keydown", (event) => this.#putOnByEnter(event));
    this.#form.addEventListener("submit", (event) => this.#submit(event));
    this.#tell();
  }

  /* It names the tags there were. Whoever is just using it keeps it. */
  #forget() {
    if (!this.#form?.hidden) return;
    this.#form.remove();
    this.#form = null;
  }

  #tell() {
    const count = this.#chosen.length;
    if (!this.#form) return count ? this.#fetchForm() : null;
    const words = this.#form.querySelector("[data-chosen]");
    this.#form.hidden = count === 0;
    this.#list.classList.toggle("is-choosing", count > 0);
    words.textContent = this.#all ? words.dataset.all : counted(words.dataset.words, count);
    this.#list.querySelector("[data-choose]").setAttribute("aria-pressed", count > 0);
  }

  async #submit(event) {
    event.preventDefault();
    const button = event.submitter?.name === "act" ? event.submitter : this.#pressed;
    if (!button) return;
    const values = new FormData(this.#form);
    values.set("act", button.value);
    for (const name of ["to", "until", "state"]) if (name in button.dataset) values.set(name, button.dataset[name]);
    if (this.#all) values.set("all", "1");
    else for (const box of this.#chosen) values.append("n", box.parentElement.id.replace("row-", ""));
    const isSent = await window.desk.send(this.#form.action, values);
    if (isSent) this.#none();
  }

  async #fetchColleagues(menu) {
    const place = menu.querySelector(".pop");
    if (!menu.open || place.childElementCount) return;
    const answer = await fetch(menu.dataset.colleagues);
    if (answer.ok && !answer.redirected) place.innerHTML = await answer.text();
    place.querySelector("button")?.focus();
  }

  static #isSingle(event) {
    const isOff = document.documentElement.dataset.singleKeys === "off";
    return !isOff && event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey && !Choosing.#isField(event.target);
  }

  static #isField(element) {
    return element.isContentEditable || element.matches("textarea, select, input:not([type=checkbox], [type=radio])");
  }
}

const list = document.getElementById("list");
if (list?.dataset.acts) new Choosing(list);
