/* One composer: a form with its editor, toolbar, files, draft and guard. Each is a class of its own; here they meet. */

import { sentence, size, words } from "./api.js";
import { Calls } from "./calls.js";
import { DraftKeeper } from "./drafts.js";
import { Editor } from "./editor.js";
import { Elsewhere } from "./elsewhere.js";
import { Guard } from "./guard.js";
import { KeepReply } from "./keep-reply.js";
import { Marks } from "./marks.js";
import { Needed } from "./needed.js";
import { News } from "./news.js";
import { Toolbar } from "./toolbar.js";
import { Uploads } from "./uploads.js";

export class Composer {
  #form;
  #editor;
  #toolbar;
  #uploads;
  #keeper;
  #elsewhere;
  #guard;
  #news;
  #marks;
  #needed;
  #pressed = null; // the button of a send that waits
  #isReady = false;

  constructor(form) {
    this.#form = form;
    this.#news = new News(form);
    this.#editor = new Editor(form, {
      changed: () => this.#changed(),
      files: (files) => this.#uploads.add(files),
      pictures: (files) => this.#uploads.addPictures(files),
      tooLong: (most, parts) => this.#news.problem(sentence(form, "tooLong", { most: size(most), parts })),
      unread: () => this.#news.problem(sentence(form, "unreadPicture")),
    });
    this.#toolbar = new Toolbar(form, this.#editor, { problem: (name) => this.#news.problem(sentence(form, name)) });
    this.#uploads = new Uploads(form, {
      attached: (file, isInline) => this.#attached(file, isInline),
      problem: (text) => this.#news.problem(text),
      heard: (text) => this.#news.heard(text),
      settled: () => this.#settled(),
    });
    this.#marks = new Marks(form, this.#editor);
    this.#needed = new Needed(form, () => this.#changed());
    const told = { problem: (text) => this.#news.problem(text), heard: (text) => this.#news.heard(text) };
    new Calls(form, this.#editor, { ...told, attached: (files) => this.#bring(files) });
    new KeepReply(form, this.#editor, { ...told, kept: (text) => this.#news.kept(text) });
    this.#guard = new Guard(form, this.#editor, (told) => this.#news.say(told, "arrived"));
    this.#elsewhere = new Elsewhere(form, this.#editor, this.#news, () => this.#keeper, (draft) => this.#fill(draft));
    this.#keeper = new DraftKeeper(form, () => this.#fields, {
      saved: (id) => this.#saved(id),
      load: (draft) => this.#elsewhere.load(draft),
      offer: (draft) => this.#elsewhere.offer(draft),
      isSame: (draft) => this.#isSame(draft),
      isTyping: () => this.#editor.hasFocus && !this.#editor.isEmpty,
      gone: (hasUnsaved) => this.#gone(hasUnsaved),
      problem: (text) => this.#news.problem(text),
      offline: () => this.#offline(),
      online: () => this.#news.unsay("offline"),
    });
    this.#listen();
    this.#showLocal();
    this.#isReady = true;
    this.#keeper.own(() => this.#takeUpLocal());
    if ("resumed" in form.dataset) this.#editor.focus();
  }

  get form() {
    return this.#form;
  }

  get #fields() {
    const { kind, to, cc, bcc, subject, sender, is_unsigned: unsigned } = this.#form.elements;
    const recipients = {};
    for (const field of [to, cc, bcc]) if (subject || field.value !== field.defaultValue || field.dataset.touched) recipients[field.name] = field.value;
    return {
      ...(subject && { subject: subject.value, sender: sender?.value ?? "" }),
      kind: kind.value,
      text: this.#editor.text,
      html: this.#editor.html,
      recipients,
      is_plain: this.#editor.isPlain,
      is_unsigned: unsigned?.checked ?? false,
      is_chosen: "chosen" in this.#form.dataset,
      needed: this.#needed.typed,
    };
  }

  write(kind) {
    this.#kind = kind;
    this.#editor.focus();
    this.#changed();
  }

  hear({ d: about, a: agent, v: version }) {
    if (this.#isMine(about, agent)) this.#keeper.hear(version);
  }

  hearDiscarded({ n: ticket, a: agent }) {
    if (this.#isMine(ticket, agent)) this.#keeper.hear(0);
  }

  compare() {
    this.#guard.compare();
  }

  retry() {
    if (!this.#form.isConnected) return;
    if (this.#keeper.local?.sending) this.#press(this.#keeper.local.sending);
    else this.#keeper.retry();
  }

  /* The form has left the page: what it holds is saved. */
  leave() {
    this.#keeper.leave();
    this.#marks.leave();
    this.#editor.destroy();
  }

  flush() {
    this.#keeper.flush();
  }

  /* What happens to its own request, and to no other. */
  beforeSubmit(event) {
    if (event.submitter?.hasAttribute("formaction")) {
      if ("goesOn" in event.submitter.dataset && !this.#isReadyToGo(event)) return;
      // A button with an address of its own goes there as without scripts.
      this.#keeper.end();
      event.stopImmediatePropagation();
      return;
    }
    if (this.#uploads.isBusy || this.#keeper.isSaving) return this.#wait(event);
    if (this.#uploads.hasFailed) {
      this.#stop(event);
      return this.#news.problem(sentence(this.#form, "unattached"));
    }
    this.#editor.fill();
    this.#keeper.hold();
    this.#pressed = event.submitter;
  }

  /* After sending, and where another composer comes instead with all that was typed, this one keeps nothing more. */
  answered({ status, headers }) {
    if (status === 200 || headers.has("HX-Retarget")) return this.#keeper.end();
    if (status < 500) {
      this.#keeper.keepLocally();
      this.#news.unsay("waiting");
    }
    this.#keeper.release();
  }

  /* Nobody answered: it is sent by itself when somebody does. */
  unreached() {
    const sending = [...new FormData(this.#form, this.#pressed)].filter(([, value]) => typeof value === "string");
    this.#keeper.keepLocally(sending);
    this.#keeper.release();
    const told = words(this.#form, "waiting");
    told.querySelector("[data-hold]").addEventListener("click", () => this.#hold());
    this.#news.unsay("offline");
    this.#news.say(told, "waiting");
    setTimeout(() => this.retry(), 5000);
  }

  #listen() {
    const { elements } = this.#form;
    elements.attachments.addEventListener("change", () => this.#chosen());
    elements.is_plain.addEventListener("change", () => this.#switch());
    for (const field of [elements.to, elements.cc, elements.bcc]) field.addEventListener("input", () => this.#touch(field));
    for (const field of [...this.#kinds, elements.is_unsigned, elements.sender]) field?.addEventListener("change", () => this.#changed());
    elements.subject?.addEventListener("input", () => this.#changed());
    for (const type of ["dragover", "dragleave", "drop"]) this.#form.addEventListener(type, (event) => this.#dragged(event), true);
    this.#form.addEventListener("click", ({ target }) => target.matches(".composer-news a[href^='#message']") && this.#read());
  }

  get #kinds() {
    return [...this.#form.querySelectorAll('[name="kind"]')];
  }

  set #kind(kind) {
    const choice = this.#kinds.find((each) => each.value === kind);
    if (choice) choice.checked = true;
  }

  #touch(field) {
    field.dataset.touched = "1";
    this.#changed();
  }

  #changed() {
    if (!this.#isReady) return;
    this.#marks.refresh();
    // Who goes on writing does not want it sent as it stood.
    if (this.#keeper.changed()) this.#news.unsay("waiting");
    this.#form.dispatchEvent(new CustomEvent("composer:changed", { bubbles: true, detail: { ticket: Number(this.#form.dataset.ticket) } }));
  }

  #switch() {
    this.#editor.isPlain = this.#form.elements.is_plain.checked;
    this.#toolbar.refresh();
    this.#form.dataset.chosen = "1";
    this.#changed();
  }

  #chosen() {
    const field = this.#form.elements.attachments;
    this.#uploads.add([...field.files]);
    field.value = "";
  }

  #dragged(event) {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    this.#form.classList.toggle("is-over", event.type === "dragover");
    if (event.type !== "drop") return;
    event.stopImmediatePropagation();
    const files = [...event.dataTransfer.files];
    const isShown = (file) => event.target.closest(".written") && /^image\/(png|jpeg|gif|webp)$/.test(file.type);
    this.#uploads.addPictures(files.filter(isShown));
    this.#uploads.add(files.filter((file) => !isShown(file)));
  }

  #attached(file, isInline) {
    this.#keeper.attached(file);
    this.#saved(file.draft);
    if (isInline) this.#editor.insertPicture(file);
    else this.#news.heard(`${file.name}: ${sentence(this.#form, "attached")}`);
  }

  /* Files that came along with words. */
  #bring(files) {
    for (const file of files) {
      this.#uploads.put(file);
      this.#attached(file, false);
    }
  }

  #settled() {
    if (this.#pressed && this.#isWaiting) this.#go();
  }

  /* What goes on elsewhere takes along what stands here: it is saved first, and stays here where it cannot be. */
  #isReadyToGo(event) {
    this.#editor.fill();
    if (this.#uploads.isBusy) return this.#wait(event);
    if (!this.#keeper.hasUnsaved && !this.#keeper.isSaving) return true;
    this.#stop(event);
    const { submitter } = event;
    this.#keeper.flush().then(() => !this.#keeper.hasUnsaved && this.#form.requestSubmit(submitter));
    return false;
  }

  #isWaiting = false;

  #wait(event) {
    this.#stop(event);
    this.#pressed = event.submitter;
    this.#isWaiting = true;
    this.#news.heard(sentence(this.#form, "uploading"));
    if (!this.#uploads.isBusy) this.#keeper.flush().then(() => this.#go());
  }

  #go() {
    this.#isWaiting = false;
    this.#form.requestSubmit(this.#pressed);
  }

  #stop(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  #press(sending) {
    const then = sending.find(([name]) => name === "then")?.[1];
    const button = this.#form.querySelector(then ? `button[name="then"][value="${then}"]` : ".btn-go");
    this.#form.requestSubmit(button);
  }

  #hold() {
    this.#keeper.keepLocally();
    this.#news.unsay("waiting");
    this.#editor.focus();
  }

  /* What this browser has kept upon the version that came with the page. */
  #showLocal() {
    const kept = this.#keeper.local;
    if (kept?.version !== this.#keeper.version || this.#elsewhere.isOfAnotherForm(kept.fields)) return;
    this.#fill(kept.fields);
    this.#form.elements.key.value = kept.key;
    this.#keeper.believe();
  }

  /* What no open page saves any more: the very text, or another one to choose from. */
  #takeUpLocal() {
    const kept = this.#keeper.local;
    if (!kept) return;
    if (this.#isSame(kept.fields)) {
      if (kept.sending) this.unreached();
      else if (kept.version === this.#keeper.version) this.#keeper.takeUp();
      else this.#keeper.keepLocally();
    } else this.#elsewhere.offer({ ...kept.fields, version: this.#keeper.version, isLocal: true });
  }

  /* Blanks and bullets aside, which the server writes its own way. */
  #isSame({ text, html, kind, needed }) {
    const here = this.#fields;
    if (!this.#needed.isSame(needed)) return false;
    const letters = (one) => bare(one.html ? new DOMParser().parseFromString(one.html, "text/html").body.textContent : one.text);
    return here.kind === kind && Boolean(here.html) === Boolean(html) && letters(here) === letters({ text, html });
  }

  #fill({ text, html, kind, recipients, is_plain: isPlain, files, needed, asks, ...letter }) {
    const { elements } = this.#form;
    this.#kind = kind;
    for (const [name, value] of Object.entries(recipients ?? {})) {
      elements[name].value = value;
      elements[name].dataset.touched = "1";
    }
    for (const name of ["subject", "sender"]) if (letter[name] && elements[name]) elements[name].value = letter[name];
    this.#editor.isPlain = isPlain || this.#form.hasAttribute("data-plain-only");
    this.#editor.set({ text, html });
    this.#needed.show(needed, asks);
    this.#toolbar.refresh();
    this.#marks.refresh();
    if (files) this.#uploads.show(files);
  }

  #gone(hasUnsaved) {
    if (this.#editor.isEmpty) return;
    if (!hasUnsaved && !this.#editor.hasFocus) {
      if (this.#form.elements.kind.value === "forward") return this.#elsewhere.swap();
      this.#editor.set({ text: "", html: "" });
      this.#needed.show({}, "");
      this.#uploads.show([]);
      return;
    }
    this.#news.say(words(this.#form, "gone"), "gone");
  }

  #saved(id) {
    const { draft } = this.#form.elements;
    if (draft && !id) draft.remove();
    else if (draft) draft.value = id;
    else if (id) this.#form.querySelector("[id$='-state']").append(hiddenField("draft", id));
    this.#form.querySelector(".composer-discard").hidden = !id;
    if (Boolean(draft) !== Boolean(id)) {
      const detail = { n: Number(this.#form.dataset.ticket) };
      document.dispatchEvent(new CustomEvent("draft:changed", { detail }));
    }
  }

  #offline() {
    if (!this.#keeper.local?.sending) this.#news.say(words(this.#form, "offline"), "offline");
  }

  #read() {
    this.#guard.read();
    this.#news.unsay("arrived");
  }

  #isMine(about, agent) {
    return String(about) === this.#form.dataset.about && agent === Number(this.#form.dataset.agent);
  }
}

const bare = (text) => text.replace(/[\s\u200b]+/g, "");

function hiddenField(name, value) {
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name, value });
  return field;
}
