/*
 * The open thread: it stays at its end while the reader is there, takes in what happens meanwhile without
 * a jump, and gives each letter's frame the height of its letter.
 */

class Thread {
  static #NEAR_THE_END = 80;
  static #FRAME_BORDERS = 2;

  #refreshing = false;
  #wanted = false;
  #frames = new WeakSet();

  constructor() {
    document.addEventListener("live:ticket", ({ detail }) => detail.n === this.#number && this.#refresh());
    document.addEventListener("htmx:after:process", ({ target }) => this.#take(target));
    document.addEventListener("htmx:before:swap", ({ target }) => this.#hold(target));
    document.addEventListener("toggle", ({ target }) => this.#fit(target), true);
    this.#take(document.body);
  }

  #wasAtEnd = true;
  #fromEnd = null; // How far above its end the thread stood, when earlier messages come before it.

  get #scroll() {
    return document.getElementById("thread");
  }

  get #number() {
    return Number(document.getElementById("conversation")?.dataset.ticket);
  }

  get #isAtEnd() {
    const thread = this.#scroll;
    return !thread || thread.scrollHeight - thread.scrollTop - thread.clientHeight < Thread.#NEAR_THE_END;
  }

  async #refresh() {
    // Somewhere in the middle of a long thread nothing is added: what comes stands at its end.
    if ("isPast" in this.#scroll.dataset) return;
    if (this.#refreshing) return (this.#wanted = true);
    this.#refreshing = true;
    const messages = document.getElementById("messages");
    const seen = document.hidden ? "" : "&seen";
    const address = `${this.#scroll.dataset.messages}&from=${messages.dataset.from}${seen}`;
    await window.htmx.ajax("GET", address, { target: messages, swap: "innerMorph" });
    this.#refreshing = false;
    document.dispatchEvent(new CustomEvent("thread:refreshed"));
    if (this.#wanted) {
      this.#wanted = false;
      this.#refresh();
    }
  }

  #take(root) {
    const isOpened = root === document.body || root.id === "conversation";
    for (const frame of root.querySelectorAll?.(".letter-frame") ?? []) this.#watch(frame);
    if (!this.#scroll) return;
    if (isOpened) this.#showFirst();
    else if (this.#fromEnd !== null) this.#keepPlace();
    else if (this.#wasAtEnd && root.closest("#messages, #thread")) this.#showEnd();
  }

  #hold(source) {
    this.#wasAtEnd = this.#isAtEnd;
    const isEarlier = source.closest?.("#thread > .earlier") && this.#scroll;
    this.#fromEnd = isEarlier ? this.#scroll.scrollHeight - this.#scroll.scrollTop : null;
  }

  /* What was read stays where it was; arrow keys go on from there. */
  #keepPlace() {
    this.#scroll.scrollTop = this.#scroll.scrollHeight - this.#fromEnd;
    this.#fromEnd = null;
    if (document.activeElement === document.body) this.#scroll.focus({ preventScroll: true });
  }

  /* Where the reader was led to, else what is new to them, else the end. */
  #showFirst() {
    const linked = location.hash && document.getElementById(location.hash.slice(1));
    const first = linked || document.getElementById("first-new");
    if (first) first.scrollIntoView();
    else this.#showEnd();
  }

  #showEnd() {
    this.#scroll.scrollTop = this.#scroll.scrollHeight;
  }

  #watch(frame) {
    if (this.#frames.has(frame)) return;
    this.#frames.add(frame);
    frame.addEventListener("load", () => this.#measure(frame));
    this.#measure(frame);
  }

  /* The letter has no scripts; the page around it may look inside, because both come from here. */
  #measure(frame) {
    const letter = frame.contentDocument?.body;
    if (!letter || frame.contentDocument.URL === "about:blank") return;
    const fit = () => {
      const wasAtEnd = this.#isAtEnd;
      const height = Math.ceil(letter.getBoundingClientRect().height) + Thread.#FRAME_BORDERS;
      if (frame.height !== `${height}`) frame.height = `${height}`;
      if (wasAtEnd) this.#showEnd();
    };
    new ResizeObserver(fit).observe(letter);
    fit();
  }

  #fit(details) {
    for (const frame of details.querySelectorAll?.(".letter-frame") ?? []) this.#measure(frame);
  }
}

new Thread();
