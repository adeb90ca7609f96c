// Puts the device's own colour chooser beside a field for a colour as text.
class ColourChooser {
  #field;
  #chooser = document.createElement("input");

  constructor(field) {
    this.#field = field;
    this.#chooser.type = "color";
    this.#chooser.className = "input";
    this.#chooser.setAttribute("aria-label", field.labels[0].textContent);
    this.#chooser.addEventListener("input", () => { field.value = this.#chooser.value; });
    field.addEventListener("input", () => this.#follow());
    const pair = document.createElement("div");
    pair.className = "colour";
    field.replaceWith(pair);
    pair.append(this.#chooser, field);
    this.#follow();
  }

  #follow() {
    const colour = this.#field.value || this.#field.placeholder;
    if (/^#[0-9a-f]{6}$/i.test(colour)) this.#chooser.value = colour;
  }
}

for (const field of document.querySelectorAll("[data-colour]")) new ColourChooser(field);
