/*
 * The draft of one composer: saved every two seconds while something changes, kept in this browser while the server is
 * out of reach, and the same on every page of its writer. No clock is asked whose words are newer: the server counts.
 */

import { ask } from "./api.js";

const EVERY = 2000;
const RETRIES = [3000, 5000, 10_000, 30_000];

export class DraftKeeper {
  #form;
  #fields;
  #told;
  #version;
  #saved;
  #timer = null;
  #saving = null;
  #failures = 0;
  #isEnded = false;
  #isHeld = false; // an answer to "Send" is awaited
  #isLeft = false;
  #letGo = null; // of the lock by which this page owns the draft

  /*
   * `fields()` returns what stands in the composer; `told` hears saved(id), load(draft), offer(draft), gone(),
   * problem(text), offline() and online(). `load` says whether the draft stands there now.
   */
  constructor(form, fields, told) {
    this.#form = form;
    this.#fields = fields;
    this.#told = told;
    this.#version = Number(form.dataset.version);
    this.believe();
  }

  get version() {
    return this.#version;
  }

  get hasUnsaved() {
    return JSON.stringify(this.#fields()) !== this.#saved;
  }

  get isSaving() {
    return this.#saving !== null;
  }

  get isOffline() {
    return this.#failures > 0;
  }

  get #place() {
    return `harken:draft:${this.#form.dataset.agent}:${this.#form.dataset.about}`;
  }

  /* What this browser has kept and no server has. */
  get local() {
    return JSON.parse(localStorage.getItem(this.#place) ?? "null");
  }

  /*
   * What this browser has kept may stand on another of its open pages, which saves it itself: `act` runs when no other
   * page has this draft open, and until `leave` no other one's does.
   */
  own(act) {
    if (!navigator.locks) return act();
    navigator.locks.request(this.#place, () => {
      if (this.#isLeft) return null;
      if (!this.#isEnded) act();
      return new Promise((resolve) => (this.#letGo = resolve));
    });
  }

  leave() {
    this.#isLeft = true;
    this.#letGo?.();
    this.flush();
  }

  /* The words that stand here now are kept elsewhere. */
  believe() {
    this.#saved = JSON.stringify(this.#fields());
  }

  /* The words that stand here now are kept by nobody else. */
  takeUp() {
    this.#saved = "";
    this.changed();
  }

  /* Says whether something was changed by hand: an editor that tidies up after itself changes no word. */
  changed() {
    if (this.#isEnded || this.#isWaitingAsItStands) return false;
    this.#keep();
    return true;
  }

  get #isWaitingAsItStands() {
    const { sending, fields } = this.local ?? {};
    const said = ({ text, kind, recipients }) => JSON.stringify([text.replace(/\s+/g, " ").trim(), kind, recipients]);
    return Boolean(sending) && said(fields) === said(this.#fields());
  }

  #keep() {
    if (!this.hasUnsaved) return this.#forgetLocally();
    this.keepLocally();
    this.#schedule(EVERY);
  }

  /* `sending` is what a press on "Send" said when nobody could be reached. */
  keepLocally(sending = null) {
    const { elements, action } = this.#form;
    const kept = { fields: this.#fields(), version: this.#version, key: elements.key.value, sending };
    try {
      localStorage.setItem(this.#place, JSON.stringify({ ...kept, action, about: this.#form.dataset.about }));
    } catch {
      // The browser's own store is full: the text still stands in the page.
    }
  }

  /* Saves at once what is not saved yet; resolves when it is, or cannot be. */
  async flush() {
    clearTimeout(this.#timer);
    this.#timer = null;
    await this.#saving;
    if (!this.#isEnded && !this.#isHeld && this.hasUnsaved) await this.#save();
  }

  /* While the text is on its way, nothing is saved and no news of it is believed. */
  hold() {
    this.#isHeld = true;
  }

  release() {
    this.#isHeld = false;
  }

  /* Sent, or let go: nothing of it is written any more. */
  end() {
    this.#isEnded = true;
    clearTimeout(this.#timer);
    this.#forgetLocally();
  }

  /* After the page was brought back, or a text was taken: this is what the server has. */
  adopt({ version, key, id }) {
    this.#version = version;
    if (key) this.#form.elements.key.value = key;
    if (version) this.believe();
    this.#told.saved(version ? id : null);
    this.#forgetLocally();
  }

  /* A file began the draft: from now on it has this key, and its text is saved upon it. */
  attached({ version, key }) {
    if (this.#version === 0) this.#version = version;
    this.#form.elements.key.value = key;
  }

  /* The text here is the one that counts: it is written over the other. */
  async insist({ version, key, id }) {
    this.#version = version;
    if (key) this.#form.elements.key.value = key;
    this.#told.saved(version ? id : null);
    await this.flush();
  }

  /* Another text than what stands here becomes the draft; says whether the server took it. */
  async write(fields) {
    this.hold();
    await this.#saving;
    try {
      const { status } = await ask("PUT", this.#form.dataset.draft, this.#given(fields));
      return status === 200;
    } catch {
      return false;
    } finally {
      this.release();
    }
  }

  /* News of this draft from another page of the same person. */
  async hear(version) {
    await this.#saving;
    if (this.#isHeld || this.#isEnded || version === this.#version) return;
    await this.compare();
  }

  /* Looks what the server has, after news or a time without connection. */
  async compare() {
    if (this.#isEnded) return;
    try {
      const theirs = await ask("GET", this.#form.dataset.draft);
      if (!this.#isHeld && !this.#isEnded && !this.#isLeft) this.#meet(theirs);
    } catch (error) {
      this.#lose(error);
    }
  }

  retry() {
    if (this.isOffline) this.#schedule(0);
  }

  #schedule(wait) {
    if (wait === 0) clearTimeout(this.#timer);
    else if (this.#timer) return;
    this.#timer = setTimeout(() => this.flush(), wait);
  }

  #save() {
    this.#saving = this.#put().finally(() => (this.#saving = null));
    return this.#saving;
  }

  async #put() {
    const fields = this.#fields();
    try {
      this.#answered(fields, await ask("PUT", this.#form.dataset.draft, this.#given(fields)));
    } catch (error) {
      this.#lose(error);
    }
  }

  #given(fields) {
    const { seen_up_to: seen, key } = this.#form.elements;
    return { ...fields, seen_up_to: Number(seen.value), version: this.#version, key: key.value };
  }

  #answered(fields, answer) {
    this.#find();
    if (answer.status === 422) return this.#told.problem(answer.problem);
    if (answer.status === 409) return this.#meet(answer);
    this.#version = answer.version;
    this.#saved = JSON.stringify(fields);
    if (answer.key) this.#form.elements.key.value = answer.key;
    this.#told.saved(answer.id ?? null);
    if (this.hasUnsaved) this.changed();
    else this.#forgetLocally();
  }

  /* Another version than the one this text was typed upon. */
  #meet(theirs) {
    this.#find();
    if (theirs.version === this.#version) return this.hasUnsaved && this.#schedule(EVERY);
    if (!theirs.version) return this.#lost(theirs);
    if (this.#told.isSame(theirs)) return this.adopt(theirs);
    if (this.hasUnsaved || this.#told.isTyping()) return this.#told.offer(theirs);
    if (this.#told.load(theirs)) this.adopt(theirs);
  }

  #lost({ key }) {
    this.#version = 0;
    this.#form.elements.key.value = key;
    this.#told.saved(null);
    this.#told.gone(this.hasUnsaved);
  }

  #lose({ isToldElsewhere }) {
    this.#failures += 1;
    this.keepLocally(this.local?.sending ?? null);
    if (!isToldElsewhere) this.#told.offline();
    this.#timer = null;
    this.#schedule(RETRIES[Math.min(this.#failures, RETRIES.length) - 1]);
  }

  #find() {
    if (this.isOffline) this.#told.online();
    this.#failures = 0;
  }

  #forgetLocally() {
    if (!this.local?.sending || this.#isEnded) localStorage.removeItem(this.#place);
  }
}
