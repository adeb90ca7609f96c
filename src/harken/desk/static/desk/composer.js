/*
 * The composer: keeps what is being written when the reader looks elsewhere, names the chosen files, and never lets
 * somebody answer what they have not read.
 */

/* Drafts live in this tab alone and go with it. */
class DraftKeeper {
  #key = (ticket) => `draft:${ticket}`;

  keep(ticket, form) {
    const draft = { text: form.elements.text.value, kind: form.elements.kind.value };
    if (draft.text.trim()) sessionStorage.setItem(this.#key(ticket), JSON.stringify(draft));
    else this.forget(ticket);
  }

  restore(ticket, form) {
    const kept = JSON.parse(sessionStorage.getItem(this.#key(ticket)));
    if (!kept || form.elements.text.value) return;
    form.elements.text.value = kept.text;
    form.elements.kind.value = kept.kind;
  }

  forget(ticket) {
    sessionStorage.removeItem(this.#key(ticket));
  }
}

class Composer {
  #drafts = new DraftKeeper();

  constructor() {
    document.addEventListener("htmx:after:process", ({ target }) => this.#take(target));
    document.addEventListener("htmx:before:request", ({ target }) => target === this.#form && this.#rememberTicket());
    document.addEventListener("htmx:before:response", ({ detail }) => this.#answered(detail.ctx));
    document.addEventListener("thread:refreshed", () => this.#compare());
    document.addEventListener("visibilitychange", () => this.#compare());
    document.addEventListener("input", ({ target }) => target.form === this.#form && this.#changed(target));
    document.addEventListener("click", ({ target }) => target.matches?.("#composer-news a") && this.#read());
    for (const type of ["dragover", "drop", "paste"]) document.addEventListener(type, (event) => this.#dropped(event));
    window.hotkeys.on("r", () => this.#write("reply"));
    window.hotkeys.on("n", () => this.#write("note"));
    this.#take(document.body);
  }

  #write(kind) {
    if (!this.#form) return false;
    this.#form.elements.kind.value = kind;
    this.#form.elements.text.focus();
  }

  #sentTicket = null;

  get #form() {
    return document.getElementById("composer");
  }

  get #ticket() {
    return document.getElementById("conversation")?.dataset.ticket;
  }

  #take(root) {
    if (!this.#form || !(root.contains(this.#form) || root === this.#form)) return;
    this.#drafts.restore(this.#ticket, this.#form);
    this.#nameFiles();
  }

  #changed(field) {
    if (field.name === "attachments") this.#nameFiles();
    if (field.name === "text" || field.name === "kind") this.#drafts.keep(this.#ticket, this.#form);
  }

  #rememberTicket() {
    this.#sentTicket = this.#ticket;
  }

  /* What was sent is no draft any more; what was refused still is. */
  #answered(ctx) {
    if (ctx.sourceElement !== this.#form || ctx.response.status !== 200) return;
    this.#drafts.forget(this.#sentTicket);
  }

  #nameFiles() {
    const names = [...this.#form.elements.attachments.files].map((file) => {
      const item = document.createElement("li");
      const name = document.createElement("bdi");
      name.textContent = file.name;
      item.append(name);
      return item;
    });
    document.getElementById("chosen").replaceChildren(...names);
  }

  #dropped(event) {
    const from = event.dataTransfer ?? event.clipboardData;
    if (!this.#form?.contains(event.target) || !from?.types.includes("Files")) return;
    event.preventDefault();
    if (event.type === "dragover") return;
    const field = this.#form.elements.attachments;
    const all = new DataTransfer();
    for (const file of [...field.files, ...from.files]) all.items.add(file);
    field.files = all.files;
    this.#nameFiles();
  }

  /* With nothing written yet, what is shown has been seen; otherwise the writer is told and has to look. */
  #compare() {
    if (!this.#form || document.hidden) return;
    const unseen = this.#unseen();
    if (!unseen.length) return;
    if (this.#form.elements.text.value.trim()) this.#tell(unseen);
    else this.#see();
  }

  #unseen() {
    const seen = Number(this.#form.elements.seen_up_to.value);
    const messages = [...document.querySelectorAll("#messages .msg:not([data-automatic])")];
    return messages.filter((message) => Number(message.dataset.position) > seen);
  }

  #tell(unseen) {
    const words = document.getElementById("arrived").content.cloneNode(true);
    words.querySelector("[data-name]").textContent = unseen[0].querySelector(".msg-head b").textContent;
    words.querySelector("[data-words]").textContent = unseen[0].querySelector(".msg-body")?.textContent.slice(0, 200) ?? "…";
    words.querySelector("a").href = `#${unseen[0].id}`;
    document.getElementById("composer-news").replaceChildren(words);
  }

  #read() {
    this.#see();
    document.getElementById("composer-news").replaceChildren();
    this.#form.elements.text.focus({ preventScroll: true });
  }

  #see() {
    const last = [...document.querySelectorAll("#messages .msg")].at(-1);
    if (last) this.#form.elements.seen_up_to.value = last.dataset.position;
  }
}

new Composer();
