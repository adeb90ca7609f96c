/*
 * How long an answer can be taken back, counted down each second. The server said how many seconds were left, so that
 * no clock of this machine is asked.
 */

import { counted } from "../plural.js";

const ends = new WeakMap(); // place -> when its time is over, by the page's own clock

function show(place) {
  if (!ends.has(place)) ends.set(place, performance.now() + Number(place.dataset.leaves) * 1000);
  const left = Math.ceil((ends.get(place) - performance.now()) / 1000);
  const told = place.querySelector("[data-words]");
  told.textContent = left > 0 ? counted(told.dataset.words, left) : told.dataset.gone;
  if (left <= 0) place.querySelector("button")?.remove();
}

setInterval(() => document.querySelectorAll("[data-leaves]").forEach(show), 1000);
