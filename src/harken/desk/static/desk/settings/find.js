// Shows only the settings in which every word typed so far occurs. Without it the form asks the server the same.
class SettingsFinder {
  #field;
  #rows;
  #none = document.querySelector(".settings-none");

  constructor(field) {
    this.#field = field;
    this.#rows = [...document.querySelectorAll(field.dataset.find)];
    field.addEventListener("input", () => this.#narrow());
    field.form.addEventListener("submit", (event) => this.#open(event));
  }

  #narrow() {
    const words = this.#field.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    for (const row of this.#rows) {
      const text = row.dataset.words.toLocaleLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
    }
    for (const group of document.querySelectorAll(".settings-group")) {
      group.hidden = !group.querySelector("[data-words]:not([hidden])");
    }
    this.#none.hidden = this.#rows.some((row) => !row.hidden);
  }

  // Enter opens the only one that is left.
  #open(event) {
    const left = this.#rows.filter((row) => !row.hidden);
    if (left.length !== 1) return;
    event.preventDefault();
    left[0].querySelector("a").click();
  }
}

for (const field of document.querySelectorAll("[data-find]")) new SettingsFinder(field);
