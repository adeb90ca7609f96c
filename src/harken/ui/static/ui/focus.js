/*
 * What has the focus may be swapped away with the part of the page around it. The focus then goes to what took its
 * place, else to the nearest part of the page around it: nobody who works by keyboard begins again at the top.
 */

class FocusKeeper {
  #places = []; // Where to go, the nearest first, as selectors.

  constructor() {
    // A button that was pressed may be disabled, and so without focus, until its answer is there.
    document.addEventListener("submit", () => this.#note(), true);
    document.addEventListener("htmx:before:swap", () => this.#note());
    // Whoever sets the focus after a swap does so at once, or before the next picture is drawn.
    document.addEventListener("htmx:after:swap", () => requestAnimationFrame(() => requestAnimationFrame(() => this.#keep())));
  }

  #note() {
    const here = document.activeElement;
    if (!here || here === document.body) return;
    const composer = here.closest(".composer[id]");
    this.#places = [...(composer ? FocusKeeper.#placesAfter(composer) : FocusKeeper.#placesOf(here))];
  }

  /* What was refused is mended where it stands; after what was sent there is nothing to write yet. */
  static #placesAfter(composer) {
    const written = ".composer-text:not([hidden])";
    const form = `#${CSS.escape(composer.id)}`;
    return [`${form}:has(.composer-news [role="alert"]) ${written}`, "#thread", `${form} ${written}`];
  }

  static *#placesOf(here) {
    for (let each = here; each && each !== document.body; each = each.parentElement) {
      if (each.id) yield `#${CSS.escape(each.id)}`;
      const key = (each.matches("details") ? each.querySelector("summary") : each).dataset.key;
      if (key) yield `[data-key="${CSS.escape(key)}"]`;
    }
  }

  #keep() {
    if (document.activeElement && document.activeElement !== document.body) return;
    const place = this.#places.map((each) => document.querySelector(each)).find((each) => each?.checkVisibility());
    this.#places = [];
    if (!place) return;
    place.focus({ preventScroll: true });
    if (document.activeElement === place) return;
    place.tabIndex = -1;
    place.focus({ preventScroll: true });
  }
}

new FocusKeeper();
