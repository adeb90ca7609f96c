// Asks the device for a passkey and sends what it gave by the form's own way. Without it the button stays hidden.
const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const toText = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const withBytes = (descriptors = []) => descriptors.map((each) => ({ ...each, id: toBytes(each.id) }));

class PasskeyForm {
  #form;
  #button;

  constructor(form) {
    this.#form = form;
    this.#button = form.querySelector("button");
    this.#button.hidden = false;
    form.addEventListener("submit", (event) => this.#ask(event));
  }

  async #ask(event) {
    event.preventDefault();
    this.#button.disabled = true;
    this.#say(false);
    try {
      const { publicKey } = await this.#options();
      const credential = this.#form.dataset.passkey === "create" ? await this.#create(publicKey) : await this.#get(publicKey);
      this.#form.elements.credential.value = JSON.stringify(credential);
      this.#form.submit();
    } catch {
      this.#say(true);
      this.#button.disabled = false;
    }
  }

  async #options() {
    const { options, optionsAt } = this.#form.dataset;
    if (options) return JSON.parse(options);
    const answer = await fetch(optionsAt, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.status);
    return (await answer.json()).request_options;
  }

  async #create(asked) {
    const publicKey = {
      ...asked,
      challenge: toBytes(asked.challenge),
      user: { ...asked.user, id: toBytes(asked.user.id) },
      excludeCredentials: withBytes(asked.excludeCredentials),
    };
    const made = await navigator.credentials.create({ publicKey });
    const { clientDataJSON, attestationObject } = made.response;
    return this.#told(made, {
      clientDataJSON: toText(clientDataJSON),
      attestationObject: toText(attestationObject),
      transports: made.response.getTransports?.() ?? [],
    });
  }

  async #get(asked) {
    const publicKey = {
      ...asked, challenge: toBytes(asked.challenge), allowCredentials: withBytes(asked.allowCredentials),
    };
    const given = await navigator.credentials.get({ publicKey });
    const { clientDataJSON, authenticatorData, signature, userHandle } = given.response;
    return this.#told(given, {
      clientDataJSON: toText(clientDataJSON),
      authenticatorData: toText(authenticatorData),
      signature: toText(signature),
      userHandle: userHandle ? toText(userHandle) : null,
    });
  }

  #told(credential, response) {
    return {
      id: credential.id,
      rawId: toText(credential.rawId),
      type: credential.type,
      authenticatorAttachment: credential.authenticatorAttachment,
      clientExtensionResults: credential.getClientExtensionResults(),
      response,
    };
  }

  #say(isProblem) {
    this.#form.querySelector("[data-passkey-problem]").hidden = !isProblem;
  }
}

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("[data-passkey]")) new PasskeyForm(form);
}
