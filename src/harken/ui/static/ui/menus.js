/* A menu behind one button is a <details data-menu>: a press elsewhere or Escape closes it, and Escape gives the focus back. */

const startOf = (menu) => menu.querySelector(".pop :is(input:not([type=hidden]), button, a)");
const opened = () => document.querySelectorAll("details[data-menu][open]");

/* Whoever opens a menu that asks for a word means to write it. */
document.addEventListener(
  "toggle",
  ({ target }) => target.matches?.("details[data-menu][open]") && startOf(target)?.matches("input") && startOf(target).focus(),
  true,
);

document.addEventListener("click", ({ target }) => {
  for (const menu of opened()) if (!menu.contains(target)) menu.open = false;
});

/* What was chosen in a menu is done; one that was opened meanwhile stays open. */
document.addEventListener("htmx:before:swap", ({ target, detail: { ctx } }) => {
  const menu = target.closest?.("details[data-menu][open]");
  if (!menu || ctx.request.method === "GET" || ctx.response.status >= 400) return;
  if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
  menu.open = false;
});

document.addEventListener(
  "keydown",
  (event) => {
    if (event.key !== "Escape") return;
    for (const menu of opened()) {
      menu.open = false;
      menu.querySelector("summary").focus();
      event.stopPropagation();
    }
  },
  true,
);
