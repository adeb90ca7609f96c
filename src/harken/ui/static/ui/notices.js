/*
 * What has to be said at the top of a page: the connection is gone, an answer never came. The words stand ready in
 * the page, translated; what the person was writing stays where it is.
 */

class Notices {
  #place = document.getElementById("notices");

  constructor() {
    document.addEventListener("live:lost", () => (this.#waiting ??= setTimeout(() => this.#lose(), 3000)));
    document.addEventListener("live:back", () => this.#back());
    document.addEventListener("live:reload", () => this.#show("reload"));
    document.addEventListener("htmx:error", () => this.#show("unsent"));
    document.addEventListener("htmx:response:error", ({ detail }) => this.#refuse(detail.ctx.response));
    document.addEventListener("answer:refused", ({ detail }) => this.#refuse(detail));
    this.#place.addEventListener("click", (event) => event.target.closest("[data-dismiss]") && this.#clear());
  }

  #waiting = null;

  /* Nobody hears news who is signed out, and that is said already. */
  #lose() {
    if (this.#place.dataset.shows !== "signed-out") this.#show("lost");
  }

  #refuse({ status, headers }) {
    if (status === 401) this.#show("signed-out");
    else if (headers.get("Harken-Page") === "old") this.#show("old");
    else if (status === 404 || status === 403) this.#show("gone");
    else if (status >= 500) this.#show("unsent");
  }

  /* A loss of three seconds is nobody's business. */
  #back() {
    clearTimeout(this.#waiting);
    this.#waiting = null;
    if (this.#place.dataset.shows === "lost") this.#clear();
  }

  #show(name) {
    const words = document.getElementById(`notice-${name}`);
    if (!words) return;
    this.#place.dataset.shows = name;
    this.#place.replaceChildren(words.content.cloneNode(true));
    const here = encodeURIComponent(location.pathname + location.search);
    for (const link of this.#place.querySelectorAll("[data-back-here]")) link.search = `?next=${here}`;
    const close = document.getElementById("notice-close").content;
    for (const notice of this.#place.querySelectorAll("[data-closable]")) notice.append(close.cloneNode(true));
  }

  #clear() {
    delete this.#place.dataset.shows;
    this.#place.replaceChildren();
  }
}

if (document.getElementById("notices")) new Notices();
