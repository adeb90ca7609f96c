/*
 * Composers in the feed: the caret stands in one that was opened, with what was typed while it was on its way, Escape
 * closes one that is empty, and after sending the reader is back at the request.
 */

import { TypedAhead } from "./typed_ahead.js";

const FIELD = "[contenteditable], .composer-text:not([hidden])";

class Writing {
  #feed = document.getElementById("feed");
  #known = new WeakSet();
  #ahead = new TypedAhead(this.#feed);

  constructor() {
    for (const form of this.#feed.querySelectorAll(".composer")) this.#known.add(form);
    document.addEventListener("htmx:after:process", () => this.#look());
    document.addEventListener("htmx:before:response", ({ detail }) => this.#answered(detail.ctx));
    this.#feed.addEventListener("room:write", ({ target, detail }) => this.#turn(target.querySelector(".composer"), detail));
    this.#feed.addEventListener("keydown", (event) => this.#pressed(event), true);
  }

  #look() {
    for (const form of this.#feed.querySelectorAll(".composer")) {
      if (this.#known.has(form)) continue;
      this.#known.add(form);
      // After the editor has taken the field over, which hears of it as this does.
      requestAnimationFrame(() => this.#welcome(form));
    }
  }

  #welcome(form) {
    if (this.#ahead.takesOver) form.querySelector("[data-over]")?.click();
    this.#focus(form);
    this.#ahead.writeInto(form.querySelector(FIELD));
  }

  #focus(form) {
    form.querySelector(FIELD)?.focus({ preventScroll: true });
    form.scrollIntoView({ block: "nearest" });
  }

  #turn(form, kind) {
    const choice = form.querySelector(`[name="kind"][value="${kind}"]`);
    choice.checked = true;
    choice.dispatchEvent(new Event("change", { bubbles: true }));
    this.#focus(form);
  }

  #answered(ctx) {
    const ask = ctx.sourceElement?.closest?.(".ask");
    if (!ask || !ctx.sourceElement.matches(".composer") || ctx.response.status !== 200) return;
    requestAnimationFrame(() => ask.focus({ preventScroll: true }));
  }

  #pressed(event) {
    const form = event.target.closest(".composer");
    if (!form) return;
    const field = event.target.closest(FIELD);
    if (event.key === "Enter" && event.shiftKey && (event.ctrlKey || event.metaKey)) this.#sendAndClose(form, event);
    if (event.key !== "Escape" || !field || (field.value ?? field.textContent).trim()) return;
    this.#stop(event);
    const ask = form.closest(".ask");
    form.remove();
    ask.focus({ preventScroll: true });
  }

  #sendAndClose(form, event) {
    this.#stop(event);
    if (form.elements.kind.value === "reply") form.requestSubmit(form.querySelector('[name="then"]'));
  }

  #stop(event) {
    event.preventDefault();
    event.stopPropagation();
  }
}

if (document.getElementById("feed")) new Writing();
