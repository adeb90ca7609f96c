/* Files on their way to the draft: each at once, three at a time, with its progress, and a way back. */

import { sentence, size, token, words } from "./api.js";

const AT_ONCE = 3;
const MOST_FILES = 100;
const MOST_BYTES = 50_000_000;

export class Uploads {
  #form;
  #list;
  #told;
  #waiting = [];
  #running = 0;
  #sending = new WeakMap(); // item -> its upload

  /* `told` hears attached(file, isInline), problem(text), heard(text) and settled(). */
  constructor(form, told) {
    this.#form = form;
    this.#list = form.querySelector(".composer-files");
    this.#told = told;
    for (const item of this.#list.children) this.#offerRemoval(item);
  }

  get isBusy() {
    return this.#running + this.#waiting.length > 0;
  }

  get hasFailed() {
    return Boolean(this.#list.querySelector("[data-failed]"));
  }

  get count() {
    return this.#list.children.length;
  }

  add(files) {
    const room = Math.max(MOST_FILES - this.count, 0);
    if (files.length > room) this.#told.problem(sentence(this.#form, "tooMany", { most: MOST_FILES }));
    for (const file of files.slice(0, room)) this.#begin({ file, item: this.#item(file) });
  }

  /* A picture for the text: no line of its own while it comes. */
  addPictures(files) {
    for (const file of files) this.#begin({ file, isInline: true });
  }

  /* Shows what the draft holds by now, as another page of the same person left it. */
  show(files) {
    if (this.isBusy || this.hasFailed) return;
    this.#list.replaceChildren(...files.map((file) => this.#kept(file)));
  }

  /* Shows a file that the draft holds by now, once. */
  put(file) {
    if (!this.#list.querySelector(`[data-file="${file.id}"]`)) this.#list.append(this.#kept(file));
  }

  #begin(upload) {
    if (upload.file.size > MOST_BYTES) {
      upload.item?.remove();
      return this.#told.problem(sentence(this.#form, "tooLarge", { most: size(MOST_BYTES) }));
    }
    this.#waiting.push(upload);
    this.#next();
  }

  #next() {
    while (this.#running < AT_ONCE && this.#waiting.length) this.#send(this.#waiting.shift());
    if (!this.isBusy) this.#told.settled();
  }

  #send(upload) {
    this.#running += 1;
    const body = new FormData();
    body.append("file", upload.file);
    body.append("key", this.#form.elements.key.value);
    if (upload.isInline) body.append("inline", "1");
    const request = new XMLHttpRequest();
    upload.request = request;
    if (upload.item) this.#sending.set(upload.item, upload);
    request.upload.addEventListener("progress", ({ loaded, total }) => this.#progress(upload, loaded / total));
    request.addEventListener("loadend", () => this.#ended(upload));
    request.open("POST", `${this.#form.dataset.draft}/files/`);
    request.setRequestHeader("X-CSRFToken", token());
    request.responseType = "json";
    request.send(body);
  }

  #ended(upload) {
    this.#running -= 1;
    const { request } = upload;
    if (request.status === 201) this.#attached(upload, request.response);
    else if (!upload.isOff) this.#failed(upload, request.response?.problem);
    this.#next();
  }

  #attached(upload, answer) {
    if (upload.isOff) this.#takeOff(answer.id);
    else if (upload.item) upload.item.replaceWith(this.#kept(answer));
    this.#told.attached(answer, upload.isInline ?? false);
  }

  #failed(upload, problem) {
    const why = problem ?? sentence(this.#form, "broken");
    if (!upload.item) return this.#told.problem(why);
    upload.item.dataset.failed = "";
    upload.item.querySelector("progress").hidden = true;
    const place = upload.item.querySelector("[data-problem]");
    place.textContent = why;
    place.hidden = false;
    upload.item.querySelector("[data-again]").hidden = Boolean(problem);
    this.#told.heard(`${upload.file.name}: ${why}`);
  }

  #progress({ item }, part) {
    if (item) item.querySelector("progress").value = part;
  }

  #item(file) {
    const item = words(this.#form, "file").firstElementChild;
    item.querySelector("[data-name]").textContent = file.name;
    item.querySelector("[data-size]").textContent = size(file.size);
    this.#list.append(item);
    item.querySelector("[data-off]").addEventListener("click", () => this.#cancel(item));
    item.querySelector("[data-again]").addEventListener("click", () => this.#again(item, file));
    return item;
  }

  #again(item, file) {
    const fresh = this.#item(file);
    item.replaceWith(fresh);
    this.#begin({ file, item: fresh });
  }

  #cancel(item) {
    this.#waiting = this.#waiting.filter((upload) => upload.item !== item);
    const upload = this.#sending.get(item);
    if (upload) {
      upload.isOff = true;
      upload.request.abort();
    }
    item.remove();
    this.#next();
  }

  #kept({ id, name, size: bytes, url }) {
    const item = words(this.#form, "file").firstElementChild;
    const link = document.createElement("a");
    link.href = url;
    link.download = "";
    const place = item.querySelector("[data-name]");
    place.replaceWith(link);
    link.append(place);
    place.textContent = name;
    item.querySelector("[data-size]").textContent = size(bytes);
    for (const gone of item.querySelectorAll("progress, [data-problem], [data-again]")) gone.remove();
    item.dataset.file = id;
    item.querySelector("[data-off]").addEventListener("click", () => this.#remove(item));
    return item;
  }

  #offerRemoval(item) {
    if (!item.dataset.file) return;
    const button = words(this.#form, "file").querySelector("[data-off]");
    item.append(button);
    button.addEventListener("click", () => this.#remove(item));
  }

  #remove(item) {
    this.#takeOff(item.dataset.file);
    item.remove();
    this.#told.heard("");
    this.#form.querySelector(".attach-input").focus();
  }

  #takeOff(id) {
    fetch(`${this.#form.dataset.draft}/files/${id}`, { method: "DELETE", headers: { "X-CSRFToken": token() } });
  }
}
