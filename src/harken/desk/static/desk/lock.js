/*
 * The lock on an answer. Typing a reply takes it and goes on holding it; emptying the text, turning to a note, sending
 * and leaving let go. Where a colleague holds it, what is written here is kept and cannot be changed until they are
 * done or it is taken over. It listens to composers from outside and knows nothing of how they edit.
 */

const BETWEEN_KEYS = 15_000; // Others hear of the first key at once, and of the following ones now and then.

class AnswerLock {
  #form;
  #isMine = false;
  #told = 0;
  #typed = 0;
  #timer = null;
  #words;

  constructor(form) {
    this.#form = form;
    this.#words = this.#text;
    this.show();
  }

  get number() {
    return Number(this.#form.dataset.ticket);
  }

  get agent() {
    return Number(this.#form.dataset.agent);
  }

  get #place() {
    return this.#form.querySelector("[data-lock]");
  }

  get #isHeld() {
    return "held" in this.#place.dataset;
  }

  get isStill() {
    return this.#isHeld && this.#isReply;
  }

  get #isReply() {
    return this.#form.elements.kind.value === "reply";
  }

  get #fields() {
    return [...this.#form.querySelectorAll(".composer-text")];
  }

  get #isEmpty() {
    return this.#fields.every((field) => field.hidden || isBlank(field));
  }

  get #text() {
    return this.#fields.map((field) => (field.hidden ? "" : field.value ?? field.innerHTML)).join();
  }

  /* Something may have changed: what changes by itself, as from another device, is nobody's typing. */
  changed() {
    const before = this.#words;
    this.#words = this.#text;
    this.show();
    if (this.#words !== before && this.#form.contains(document.activeElement)) this.#type();
    else if (this.isStill && !this.#form.contains(document.activeElement)) this.#place.querySelector("[data-over][data-key]")?.focus();
  }

  #type() {
    if (this.#isHeld || !this.#isReply || this.#isEmpty) return this.release();
    this.#typed = Date.now();
    if (this.#timer) return;
    const wait = Math.max(this.#told + BETWEEN_KEYS - this.#typed, 0);
    if (wait === 0) this.#take();
    else this.#timer = setTimeout(() => this.#take(), wait);
  }

  turned() {
    this.show();
    if (!this.#isReply) this.release();
  }

  release() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#told = 0;
    if (!this.#isMine) return;
    this.#isMine = false;
    this.#post({ gone: "1" }, { keepalive: true });
  }

  /* What was sent is let go by the server. */
  forget() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#isMine = false;
  }

  async takeOver() {
    this.#told = Date.now();
    this.#isMine = true;
    await this.#receive(await this.#post({ over: "1" }));
    this.#focus();
  }

  note() {
    this.#form.elements.kind.value = "note";
    this.#form.querySelector('[name="kind"][value="note"]').dispatchEvent(new Event("change", { bubbles: true }));
    this.#focus();
  }

  async copy(button) {
    const [field] = this.#fields.filter((one) => !one.hidden);
    await copyText(field.value ?? field.innerText);
    button.textContent = button.dataset.copied;
  }

  async refresh() {
    await this.#receive(await fetch(this.#place.dataset.lock, { headers: this.#headers }).catch(() => null));
  }

  async #take() {
    this.#timer = null;
    this.#told = Date.now();
    const idle = `${Math.round((this.#told - this.#typed) / 1000)}`;
    this.#isMine = true;
    await this.#receive(await this.#post({ idle }));
  }

  get #headers() {
    return { "Harken-Tab": window.presence.tab, "HX-Request": "true" };
  }

  #post(values, options = {}) {
    const body = new FormData();
    const csrfmiddlewaretoken = document.querySelector("[name=csrfmiddlewaretoken]").value;
    for (const [name, value] of Object.entries({ csrfmiddlewaretoken, ...values })) body.set(name, value);
    return fetch(this.#place.dataset.lock, { method: "POST", body, headers: this.#headers, ...options }).catch(() => null);
  }

  /* Without a connection nobody is told, and the guard decides when it is sent. */
  async #receive(response) {
    if (!response?.ok || response.redirected || !this.#form.isConnected) return;
    const made = document.createRange().createContextualFragment(await response.text());
    this.#place.replaceWith(made.querySelector("[data-lock]"));
    this.show();
  }

  /* A colleague's lock makes the words here stand still; they can be read, copied and turned into a note. */
  show() {
    if (this.#isHeld) this.#isMine = false;
    const { isStill } = this;
    this.#form.toggleAttribute("data-written", !this.#isEmpty);
    if (this.#form.hasAttribute("data-still") === isStill) return;
    this.#form.toggleAttribute("data-still", isStill);
    for (const field of this.#fields) field.ariaReadOnly = String(isStill);
  }

  #focus() {
    this.#fields.find((field) => !field.hidden)?.focus();
  }
}

/* What a still text takes of the keyboard: moving in it, selecting, copying, leaving. */
const isReading = ({ key, ctrlKey, metaKey }) => /^(Arrow|Page|Home|End|Tab|Escape|Shift|Control|Meta|Alt)/.test(key) || ((ctrlKey || metaKey) && /^[acr]$/i.test(key));

const isBlank = (field) => !(field.value ?? field.textContent).replaceAll("\u200b", "").trim() && !field.querySelector("img, table");

/* The clipboard's own interface is there on https alone. */
async function copyText(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = Object.assign(document.createElement("textarea"), { value: text });
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

class AnswerLocks {
  #all = new Map(); // form -> its lock

  constructor() {
    const form = ({ target }) => target.closest?.(".composer[data-ticket]");
    const of = (event) => this.#all.get(form(event));
    for (const type of ["input", "composer:changed"]) document.addEventListener(type, (event) => of(event)?.changed());
    document.addEventListener("change", (event) => event.target.name === "kind" && of(event)?.turned());
    document.addEventListener("click", (event) => this.#press(event, of(event)));
    document.addEventListener("htmx:after:process", () => this.#look());
    document.addEventListener("htmx:before:response", ({ detail: { ctx } }) => ctx.response.status === 200 && this.#all.get(ctx.sourceElement)?.forget());
    document.addEventListener("live:ticket", ({ detail }) => this.#hear(detail));
    document.addEventListener("live:back", () => this.#all.forEach((lock) => lock.refresh()));
    document.addEventListener("visibilitychange", () => document.hidden || this.#all.forEach((lock) => lock.refresh()));
    window.addEventListener("pagehide", () => this.#all.forEach((lock) => lock.release()));
    // Before the editor sees them. The focus stays where it is: whoever types on when taken over must not press keys elsewhere.
    for (const type of ["keydown", "beforeinput", "paste", "cut", "drop"]) document.addEventListener(type, (event) => this.#keep(event, of(event)), true);
    this.#look();
  }

  #keep(event, lock) {
    if (!lock?.isStill || !event.target.closest(".composer-text") || (event.type === "keydown" && isReading(event))) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  /* Takes in what came into the page, and lets go of what left it. */
  #look() {
    for (const [form, lock] of this.#all) {
      if (form.isConnected) continue;
      this.#all.delete(form);
      lock.release();
    }
    for (const form of document.querySelectorAll(".composer[data-ticket]:has([data-lock])")) {
      if (this.#all.has(form)) this.#all.get(form).show();
      else this.#all.set(form, new AnswerLock(form));
    }
  }

  #hear({ n: number, t: what, a: agent }) {
    if (!["lock.changed", "ticket.taken_over", "message.queued"].includes(what)) return;
    for (const lock of this.#all.values()) {
      // What its own page has done, it knows.
      if (lock.number === number && !(what === "lock.changed" && lock.agent === agent)) lock.refresh();
    }
  }

  #press(event, lock) {
    if (!lock) return;
    if (event.target.closest("[data-over]")) {
      event.preventDefault();
      lock.takeOver();
    } else if (event.target.closest("[data-note]")) lock.note();
    else if (event.target.closest("[data-copy]")) lock.copy(event.target);
  }
}

new AnswerLocks();
