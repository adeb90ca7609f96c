/*
 * What concerns the reader, wherever they are in the desk: who named them, who handed them a request. It stands at the
 * edge of the page, is announced politely, and goes when it was seen here or in another tab.
 */

class Told {
  #address;
  #agent;
  #place = document.createElement("div");
  #tabs = new BroadcastChannel("harken-told");

  constructor(meta) {
    this.#address = meta.content;
    this.#agent = Number(meta.dataset.agent);
    this.#place.className = "told";
    this.#place.setAttribute("role", "status");
    document.body.append(this.#place);
    this.#place.addEventListener("click", (event) => this.#press(event.target));
    document.addEventListener("live:notice", ({ detail }) => detail.to?.includes(this.#agent) && this.#look());
    document.addEventListener("live:back", () => this.#look());
    this.#tabs.onmessage = () => this.#look();
    this.#look();
  }

  async #look() {
    const answer = await fetch(this.#address, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (!answer?.ok) return;
    const words = document.createElement("template");
    words.innerHTML = answer.status === 204 ? "" : await answer.text();
    this.#leaveOutOpen(words.content);
    this.#place.replaceChildren(words.content);
  }

  /* Whoever has the request before their eyes need not be led there. */
  #leaveOutOpen(found) {
    const number = window.location.pathname.match(/\/tickets\/(\d+)\//)?.[1];
    const here = number && found.querySelector(`a[data-number="${number}"]`);
    if (!here || document.hidden) return;
    here.closest("p").remove();
    this.#see(number);
  }

  #press(pressed) {
    const link = pressed.closest("a[data-number]");
    const button = pressed.closest("[data-seen]");
    if (link) this.#see(link.dataset.number);
    if (!button) return;
    if (button.dataset.seen) button.closest("p").remove();
    else this.#place.replaceChildren();
    this.#see(button.dataset.seen);
  }

  async #see(number) {
    const body = new URLSearchParams({ number });
    // Every page has a form to sign out by.
    const token = document.querySelector("input[name=csrfmiddlewaretoken]").value;
    const headers = { "X-CSRFToken": token, "HX-Request": "true" };
    await fetch(this.#address, { method: "POST", body, headers, keepalive: true }).catch(() => null);
    this.#tabs.postMessage("seen");
  }
}

const meta = document.querySelector('meta[name="told"]');
if (meta) new Told(meta);
