/* The composers of a page: one for each form of its kind, whenever it comes in, and what the page tells all of them. */

import { Composer } from "./composer.js";
import "./leaving.js";
import { Outbox } from "./outbox.js";

class Composers {
  #all = new Map(); // form -> its composer

  constructor() {
    const each = (act) => () => this.#all.forEach(act);
    document.addEventListener("htmx:after:process", () => this.#look());
    document.addEventListener("submit", (event) => this.#all.get(event.target)?.beforeSubmit(event), true);
    document.addEventListener("htmx:before:response", ({ detail: { ctx } }) => this.#all.get(ctx.sourceElement)?.answered(ctx.response));
    document.addEventListener("htmx:error", (event) => this.#unreached(event), true);
    document.addEventListener("live:draft", ({ detail }) => this.#all.forEach((one) => one.hear(detail)));
    document.addEventListener("live:ticket", ({ detail }) => detail.t === "draft.discarded" && this.#all.forEach((one) => one.hearDiscarded(detail)));
    document.addEventListener("thread:refreshed", each((one) => one.compare()));
    document.addEventListener("visibilitychange", each((one) => (document.hidden ? one.flush() : one.compare())));
    document.addEventListener("live:back", each((one) => one.retry()));
    window.addEventListener("online", each((one) => one.retry()));
    window.addEventListener("pagehide", each((one) => one.flush()));
    window.hotkeys.on("r", () => this.#write("reply"));
    window.hotkeys.on("n", () => this.#write("note"));
    this.#look();
  }

  /* Takes in what came into the page, and lets go of what left it. */
  #look() {
    for (const [form, composer] of this.#all) {
      if (form.isConnected) continue;
      this.#all.delete(form);
      composer.leave();
    }
    for (const form of document.querySelectorAll(".composer[data-draft]")) {
      if (!this.#all.has(form)) this.#all.set(form, new Composer(form));
    }
  }

  #unreached(event) {
    const composer = this.#all.get(event.detail.ctx?.sourceElement);
    if (!composer || event.detail.ctx.response) return;
    event.stopPropagation();
    composer.unreached();
  }

  /* In the open request, else in the first there is. */
  #write(kind) {
    const form = document.querySelector("[data-open] .composer[data-draft]") ?? document.querySelector(".composer[data-draft]");
    if (!form) return false;
    this.#all.get(form).write(kind);
  }
}

new Composers();
new Outbox();
