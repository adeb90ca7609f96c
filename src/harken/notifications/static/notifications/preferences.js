/*
 * Push to this device: asks the browser for leave, subscribes, and tells the desk. What the browser answers stands
 * ready in the page, translated.
 */

class ThisDevice {
  #place = document.getElementById("this-device");

  constructor() {
    this.#place.addEventListener("click", (event) => event.target.closest("[data-act=on]") && this.#turnOn());
    this.#look();
  }

  async #look() {
    if (!this.#isAble()) return this.#say("unable");
    if (Notification.permission === "denied") return this.#say("denied");
    const registration = await navigator.serviceWorker.ready;
    const subscription = await registration.pushManager.getSubscription();
    if (!subscription || Notification.permission !== "granted") return this.#say("off");
    // The browser may have renewed it, and the desk forgotten it.
    return this.#say((await this.#tell(subscription)) ? "on" : "off");
  }

  #isAble() {
    return "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
  }

  async #turnOn() {
    if ((await Notification.requestPermission()) !== "granted") return this.#say("denied");
    try {
      const registration = await navigator.serviceWorker.ready;
      await (await registration.pushManager.getSubscription())?.unsubscribe();
      const key = this.#place.dataset.key;
      const options = { userVisibleOnly: true, applicationServerKey: key };
      const subscription = await registration.pushManager.subscribe(options);
      if (!(await this.#tell(subscription))) return this.#say("failed");
    } catch {
      return this.#say("failed");
    }
    return window.location.reload();
  }

  async #tell(subscription) {
    const { endpoint, keys } = subscription.toJSON();
    const body = new URLSearchParams({ endpoint, p256dh: keys.p256dh, auth: keys.auth });
    const headers = { "X-CSRFToken": this.#place.dataset.token };
    const answer = await fetch(this.#place.dataset.devices, { method: "POST", body, headers }).catch(() => null);
    return Boolean(answer?.ok);
  }

  #say(state) {
    for (const each of this.#place.querySelectorAll("[data-state]")) each.hidden = each.dataset.state !== state;
  }
}

if (document.getElementById("this-device")) new ThisDevice();
