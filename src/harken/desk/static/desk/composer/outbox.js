/*
 * What was sent while nobody could be reached, and whose page was closed since: sent by the next page that opens, once,
 * because it carries the key under which it would have been sent then.
 */

import { token } from "./api.js";

export class Outbox {
  // Another person's, at the same computer, wait for that person: sent from here they would be this one's words.
  #mine = `harken:draft:${document.querySelector("meta[data-agent]").dataset.agent}:`;

  constructor() {
    for (const type of ["live:back", "online"]) (type === "online" ? window : document).addEventListener(type, () => this.sendLeft());
    this.sendLeft();
  }

  /* One page at a time: two would be harmless, and say so twice. */
  sendLeft() {
    if (!navigator.locks) return this.#sendAll(); // Plain http on another machine.
    navigator.locks.request("harken:outbox", { ifAvailable: true }, (lock) => lock && this.#sendAll());
  }

  async #sendAll() {
    for (const place of Object.keys(localStorage).filter((name) => name.startsWith(this.#mine))) {
      const kept = JSON.parse(localStorage.getItem(place));
      // A composer that is open sends for itself.
      if (kept.sending && !document.querySelector(`.composer[data-about="${kept.about}"]`)) await this.#send(place, kept);
    }
  }

  async #send(place, kept) {
    const body = new FormData();
    for (const [name, value] of kept.sending) body.append(name, value);
    body.set("csrfmiddlewaretoken", token());
    try {
      const address = `${kept.action}&alone`;
      const response = await fetch(address, { method: "POST", body, headers: { "HX-Request": "true" } });
      if (response.status >= 500 || response.status === 401 || response.redirected) return;
      if (response.ok) localStorage.removeItem(place);
      else this.#refused(place, kept);
    } catch {
      // Still out of reach: the next time.
    }
  }

  /* Something stood against it: it waits in its composer, where the server says what. */
  #refused(place, kept) {
    localStorage.setItem(place, JSON.stringify({ ...kept, sending: null }));
    const words = document.getElementById("notice-left")?.content.cloneNode(true);
    if (!words) return;
    words.querySelector("a").href = kept.action.replace(/messages\/\?.*/, "");
    document.getElementById("notices").replaceChildren(words);
  }
}
