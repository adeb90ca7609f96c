/* A saved reply in the making: the composer's editor, and placeholders put where the caret stands. */

import { sentence, size } from "../composer/api.js";
import { Editor } from "../composer/editor.js";
import { Toolbar } from "../composer/toolbar.js";

class ReplyForm {
  #form;
  #editor;
  #wasEntered = false;

  constructor(form) {
    this.#form = form;
    const problem = (name) => this.#tell(sentence(form, name));
    this.#editor = new Editor(form, {
      changed: () => this.#tell(""),
      files: () => problem("noFiles"),
      pictures: () => problem("noFiles"),
      tooLong: (most, parts) => this.#tell(sentence(form, "tooLong", { most: size(most), parts })),
      unread: () => problem("unreadPicture"),
    });
    const toolbar = new Toolbar(form, this.#editor, { problem });
    form.elements.is_plain.addEventListener("change", ({ target }) => {
      this.#editor.isPlain = target.checked;
      toolbar.refresh();
    });
    form.addEventListener("focusin", ({ target }) => (this.#wasEntered ||= this.#editor.holds(target)));
    form.addEventListener("submit", () => this.#editor.fill());
    form.addEventListener("click", ({ target }) => this.#put(target.closest("button[data-placeholder]")?.dataset.placeholder));
    // A press on a placeholder must not take the caret away.
    form.addEventListener("mousedown", (event) => event.target.closest("button[data-placeholder]") && event.preventDefault());
  }

  #put(placeholder) {
    if (!placeholder) return;
    this.#editor.focus({ atEnd: !this.#wasEntered });
    this.#editor.insert({ text: placeholder });
  }

  #tell(words) {
    const place = this.#form.querySelector("[data-problem]");
    place.textContent = words;
    place.hidden = !words;
  }
}

for (const form of document.querySelectorAll(".reply-form")) new ReplyForm(form);
