/*
 * The desk as an app: its worker, and how many requests wait, on the icon of the app and of the tab.
 */

class WaitingMark {
  #icon = document.querySelector('link[rel="icon"]');
  #plain = this.#icon?.href;
  #shown = -1;

  constructor() {
    const rail = document.querySelector(".rail");
    if (!rail) return;
    new MutationObserver(() => this.#show(rail)).observe(rail, { childList: true, characterData: true, subtree: true });
    this.#show(rail);
  }

  #show(rail) {
    const counts = [...rail.querySelectorAll("[data-count]")].map((each) => Number.parseInt(each.textContent, 10) || 0);
    const waiting = Math.max(0, ...counts);
    if (waiting === this.#shown) return;
    this.#shown = waiting;
    // Browsers without installed apps know neither.
    if (waiting) navigator.setAppBadge?.(waiting)?.catch(() => null);
    else navigator.clearAppBadge?.()?.catch(() => null);
    if (this.#icon) this.#icon.href = waiting ? this.#icon.dataset.waiting : this.#plain;
  }
}

class DeskWorker {
  constructor(address) {
    this.#begin(address);
    this.#leaveAtSignOut();
  }

  async #begin(address) {
    try {
      await navigator.serviceWorker.register(address);
    } catch {
      // Not signed in any more, or a browser that forbids it: the desk works without.
    }
  }

  /* On a computer of many, whoever signs out is not pushed to any more. */
  #leaveAtSignOut() {
    document.addEventListener("submit", ({ target }) => {
      if (target.getAttribute("action") === "/accounts/logout/") this.#unsubscribe();
    });
  }

  async #unsubscribe() {
    const registration = await navigator.serviceWorker.getRegistration();
    const subscription = await registration?.pushManager?.getSubscription();
    await subscription?.unsubscribe();
  }
}

new WaitingMark();
const meta = document.querySelector('meta[name="told"]');
// Beside the notices' address, for its own is what it works for.
if (meta && navigator.serviceWorker) new DeskWorker(meta.content.replace(/notices\/$/, "worker.js"));
