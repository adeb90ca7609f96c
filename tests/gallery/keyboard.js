/* What a walk by Tab needs to know of a page: its stops, how each looks while it has no focus, and where each lies. */

const STOPS = `a[href], button, input:not([type=hidden]), select, textarea, summary, iframe, [tabindex], [contenteditable=true]`;
const LOOKS = ["outline", "boxShadow", "borderColor", "backgroundColor", "textDecorationLine"];

const isStop = (element) =>
  element.tabIndex >= 0 &&
  !element.disabled &&
  !element.closest("[inert]") &&
  element.checkVisibility({ visibilityProperty: true });
/* Of the buttons of one choice the browser stops at one. */
const nameOf = (element) => (element.type === "radio" ? `${element.form?.id}/${element.name}` : "");

/* Some show the focus of a hidden input on its label, or on what stands around them. */
const around = (element) => {
  const shown = [element, ...(element.labels ?? [])];
  for (let each = element.parentElement; each && shown.length < 5; each = each.parentElement) shown.push(each);
  return shown;
};
const lookOf = (element) =>
  around(element).map((each) => LOOKS.map((look) => getComputedStyle(each)[look]).join()).join("|");

const told = (element) => element.outerHTML.replace(/\s+/g, " ").slice(0, 120);

class Walk {
  #looks = new Map();
  #reached = new Set();
  #last = null;
  #wrong = [];
  #isOver = false;
  #presses = 0;

  constructor() {
    this.#beginAtTheTop();
    for (const stop of this.#stops()) this.#looks.set(stop, lookOf(stop));
    // Where a press led is looked at when the next one comes.
    addEventListener("keydown", (event) => event.key === "Tab" && (this.#presses += 1) > 1 && this.#step(), true);
    // Keys pressed inside a frame are heard there alone.
    addEventListener("blur", () => this.#isInFrame() && this.#step());
  }

  #isInFrame() {
    return document.activeElement?.tagName === "IFRAME";
  }

  /* What was wrong until now, and whether everything has been walked. */
  report() {
    return { wrong: this.#isOver ? [...this.#wrong, ...this.#missed()] : this.#wrong, isOver: this.#isOver };
  }

  #beginAtTheTop() {
    // The page behind a dialog takes no focus.
    const top = document.querySelector("dialog[open]") ?? document.body;
    top.tabIndex = -1;
    top.focus();
    top.removeAttribute("tabindex");
  }

  #stops() {
    const scope = document.querySelector("dialog[open]") ?? document;
    return [...scope.querySelectorAll(STOPS)].filter(isStop);
  }

  /* After a press of Tab: where it went, and what is wrong with that. */
  #step() {
    const now = document.activeElement;
    if (this.#isOver) return;
    const isNowhere = !now || now === document.body;
    if (now === this.#last && !this.#isInFrame() && !this.#isPartial(now)) {
      this.#isOver = true;
      if (!isNowhere && this.#stops().length > 1) this.#wrong.push(`nothing leads on from ${told(now)}`);
    } else if (this.#reached.has(now) && now !== this.#last) {
      this.#isOver = true;
    } else if (isNowhere) {
      // The end of the page, or what had the focus has gone: the next press leads on from there.
      this.#last = now;
      return;
    } else if (!this.#isInFrame()) {
      this.#wrong.push(...this.#unseen(now), ...this.#disorder(now));
    }
    this.#reached.add(now);
    this.#last = now;
  }

  /* A field of a date has several stops of its own. */
  #isPartial(element) {
    return ["date", "time", "datetime-local"].includes(element.type);
  }

  #unseen(element) {
    const wrong = [];
    const before = this.#looks.get(element);
    if (before !== undefined && before === lookOf(element)) wrong.push(`no visible focus: ${told(element)}`);
    const shown = element.labels?.[0] && element.getBoundingClientRect().width < 2 ? element.labels[0] : element;
    const box = shown.getBoundingClientRect();
    const isInside = box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
    if (!isInside) wrong.push(`out of sight: ${told(element)}`);
    return wrong;
  }

  /* Within one part of the page nobody is led back up, unless into the next column. */
  #disorder(element) {
    const part = (each) => each.closest("nav, aside, header, section, form, dialog, article, li, tr, footer, main");
    if (!this.#last || part(element) !== part(this.#last) || this.#isOpenedBy(element, this.#last)) return [];
    const [was, is] = [this.#last, element].map((each) => each.getBoundingClientRect());
    const isAbove = is.bottom <= was.top + 1;
    const isInNextColumn = document.dir === "rtl" ? is.right <= was.left : is.left >= was.right;
    return isAbove && !isInNextColumn && was.height ? [`led back up from ${told(this.#last)} to ${told(element)}`] : [];
  }

  /* A menu may open above its button. */
  #isOpenedBy(element, button) {
    return button.tagName === "SUMMARY" && button.parentElement.contains(element);
  }

  /* What Tab never came to; a list may have grown behind it. */
  #missed() {
    const choices = new Set([...this.#reached].map(nameOf));
    const isReached = (stop) => this.#reached.has(stop) || (nameOf(stop) && choices.has(nameOf(stop)));
    const wasThere = (stop) => this.#looks.has(stop);
    return this.#stops().filter((stop) => wasThere(stop) && !isReached(stop)).map((stop) => `never reached: ${told(stop)}`);
  }
}

window.walk = new Walk();
