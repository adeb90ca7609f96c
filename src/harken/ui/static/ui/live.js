/*
 * News without reload. One tab of a browser holds the stream (a Web Lock says which) and tells the others over a
 * BroadcastChannel; when it closes, the next one takes over from the cursor it has reached. Every piece of news
 * becomes an event of the document: `live:ticket` for whatever happened on a ticket, else the noun it happened to
 * (`live:channel`), and `live:reload`, `live:lost`, `live:back`. News may come twice and carries ids only: whoever listens fetches what it shows.
 */

class LiveStream {
  static #MOST_REMEMBERED = 300;
  static #PAUSES = [2000, 5000, 15000, 60000];

  #address;
  #workspace;
  #cursor;
  #channel = new BroadcastChannel("harken-live");
  #source = null;
  #start = 0; // The leader's stream covers everything from this cursor on.
  #remembered = [];
  #failures = 0;
  #isLost = false;

  constructor(meta) {
    this.#address = meta.content;
    this.#workspace = Number(meta.dataset.workspace);
    this.#cursor = Number(meta.dataset.since);
    this.#channel.onmessage = ({ data }) => this.#hear(data);
    // A network that is back is used at once; without this word the browser would wait out its pause first.
    window.addEventListener("online", () => this.#source && this.#listen(this.#cursor));
  }

  open() {
    this.#channel.postMessage({ hello: this.#cursor });
    if (!navigator.locks) return this.#listen(this.#cursor); // Plain http on another machine: a stream per tab.
    navigator.locks.request("harken-live", () => {
      this.#listen(this.#cursor);
      return new Promise(() => {}); // Held for as long as the tab lives.
    });
  }

  #listen(since) {
    this.#source?.close();
    this.#start = since;
    this.#source = new EventSource(`${this.#address}?since=${since}`);
    this.#source.onopen = () => this.#tell({ state: "back" });
    this.#source.onmessage = ({ data }) => this.#tell({ news: JSON.parse(data) });
    this.#source.onerror = () => this.#fail();
  }

  #fail() {
    this.#tell({ state: "lost" });
    // The browser tries again by itself after a broken connection, but not after a refusal.
    if (this.#source.readyState !== EventSource.CLOSED) return;
    const pauses = LiveStream.#PAUSES;
    const pause = pauses[Math.min(this.#failures++, pauses.length - 1)];
    setTimeout(() => this.#listen(this.#cursor), pause * (1 + Math.random() / 2));
  }

  #tell(message) {
    this.#channel.postMessage(message);
    if (message.news) this.#remember(message.news);
    this.#hear(message);
  }

  #remember(news) {
    this.#remembered.push(news);
    if (this.#remembered.length > LiveStream.#MOST_REMEMBERED) this.#start = this.#remembered.shift().c;
  }

  #hear({ news, state, hello }) {
    if (news) this.#show(news);
    else if (state) this.#become(state);
    else if (hello && this.#source) this.#welcome(hello);
  }

  /* A tab that opened a moment ago may have missed what was told between its making and its listening. */
  #welcome(since) {
    if (since < this.#start) return this.#listen(since);
    for (const news of this.#remembered) if (news.c >= since) this.#channel.postMessage({ news });
    if (!this.#isLost) this.#channel.postMessage({ state: "back" });
  }

  #show(news) {
    this.#cursor = Math.max(this.#cursor, news.c ?? 0);
    if (news.t === "reload") this.#dispatch("reload", news);
    else if (news.w === this.#workspace) this.#dispatch(news.n ? "ticket" : news.t.split(".")[0], news);
  }

  #become(state) {
    if (state === "back") this.#failures = 0;
    if (this.#isLost === (state === "lost")) return;
    this.#isLost = state === "lost";
    this.#dispatch(state, {});
  }

  #dispatch(name, detail) {
    document.dispatchEvent(new CustomEvent(`live:${name}`, { detail }));
  }
}

/* Not before all scripts of the page have run: news that comes while some still load would find nobody listening. */
const meta = document.querySelector('meta[name="live"]');
if (meta) document.addEventListener("DOMContentLoaded", () => new LiveStream(meta).open());
