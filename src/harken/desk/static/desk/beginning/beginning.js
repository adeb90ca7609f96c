/*
 * A first letter. Once something of it is written, the page's own address names it, so that loading it again brings it
 * back; and letters that this browser alone has kept stand among those begun.
 */

const PREFIX = "harken:draft:";

class Beginning {
  #form = document.querySelector(".composer[data-about]");

  constructor() {
    this.#form.addEventListener("composer:changed", () => this.#name(), { once: true });
    this.#form.addEventListener("change", () => this.#name(), { once: true });
    document.addEventListener("letters:refreshed", () => this.#offerAll());
    this.#offerAll();
  }

  get #begun() {
    return document.querySelector("[data-begun]");
  }

  #offerAll() {
    for (const kept of this.#keptHere()) this.#offer(kept);
  }

  #name() {
    history.replaceState(history.state, "", `${this.#begun.dataset.begun}?letter=${this.#form.dataset.about}`);
  }

  #keptHere() {
    const mine = `${PREFIX}${this.#form.dataset.agent}:`;
    const places = Object.keys(localStorage).filter((name) => name.startsWith(mine) && name.includes("-"));
    return places.map((name) => JSON.parse(localStorage.getItem(name))).filter((kept) => this.#isNews(kept));
  }

  #isNews({ about, sending }) {
    return !sending && about !== this.#form.dataset.about && !this.#begun.querySelector(`[data-letter="${about}"]`);
  }

  #offer({ about, fields }) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    const words = document.createElement("bdi");
    words.textContent = [fields.recipients.to, fields.subject || fields.text].filter(Boolean).join(" · ").slice(0, 80);
    Object.assign(link, { className: "link", href: `${this.#begun.dataset.begun}?letter=${about}` });
    link.append(words);
    item.append(link);
    this.#begun.querySelector("ul").append(item);
    this.#begun.hidden = false;
  }
}

new Beginning();
