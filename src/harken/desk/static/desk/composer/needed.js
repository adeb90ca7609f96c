/*
 * What closing needs to know, asked for above the buttons: kept with the draft as it is typed. The server says what is
 * asked; what was typed for a field that is not asked for here goes along unseen.
 */

const OWN = "own_";

export class Needed {
  #form;

  constructor(form, changed) {
    this.#form = form;
    form.addEventListener("input", ({ target }) => target.closest(".composer-needed") && changed());
  }

  /* Lists of texts by name, what its page had seen among them; empty where nothing was asked. */
  get typed() {
    const typed = {};
    for (const field of this.#fields) {
      typed[field.name] ??= [];
      if (!isChoice(field) || field.checked) typed[field.name].push(field.value);
    }
    return typed;
  }

  isSame(typed = {}) {
    return said(typed) === said(this.typed);
  }

  /* `asks` is the part as the server shows it with what was typed, where it is known. */
  show(typed = {}, asks = null) {
    if (asks !== null) {
      const part = document.createElement("template");
      part.innerHTML = asks;
      this.#part.replaceChildren(...(part.content.querySelector(".composer-needed")?.childNodes ?? []));
    } else for (const [name, values] of Object.entries(typed)) this.#fill(name, values);
  }

  get #part() {
    return this.#form.querySelector(".composer-needed");
  }

  get #fields() {
    return [...this.#part.querySelectorAll("[name]")];
  }

  #fill(name, values) {
    const fields = this.#fields.filter((field) => field.name === name);
    for (const field of fields) {
      if (isChoice(field)) field.checked = values.includes(field.value);
      else field.value = values[0] ?? "";
    }
    if (!fields.length) for (const value of values) this.#part.append(unseen(name, value));
  }
}

const isChoice = (field) => ["checkbox", "radio"].includes(field.type);

const said = (typed) => JSON.stringify(Object.entries(typed).filter(([name, values]) => name.startsWith(OWN) && values.some(Boolean)).sort());

function unseen(name, value) {
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name, value });
  return field;
}
