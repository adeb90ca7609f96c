/* Requests of a composer to its server, and the words it may have to say. */

export const token = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";

/* A signed-out person is sent to the door: that is no answer of ours. */
const isOurs = (response) => !response.redirected && response.headers.get("Content-Type")?.startsWith("application/json");

/* Who is signed out, or whose page has grown old, is told so by the page; everything else is a lost connection. */
function refused(response) {
  const isToldElsewhere = response.status === 401 || response.status === 403;
  if (isToldElsewhere) document.dispatchEvent(new CustomEvent("answer:refused", { detail: response }));
  return Object.assign(new Error(`no answer of ours: ${response.status}`), { isToldElsewhere });
}

/* Resolves to { status, ...answer }; rejects when there is no connection or nobody of ours answers. */
export async function ask(method, address, given) {
  const body = given && JSON.stringify(given);
  const headers = { "X-CSRFToken": token(), "HX-Request": "true", ...(body && { "Content-Type": "application/json" }) };
  // What is under way when a page closes still arrives; browsers allow that for 64 KB.
  const response = await fetch(address, { method, headers, body, keepalive: (body?.length ?? 0) < 20_000 });
  if (response.status === 204) return { status: 204 };
  if (!isOurs(response)) throw refused(response);
  return { ...(await response.json()), status: response.status };
}

/* A copy of words that stand ready in the composer, translated. */
export const words = (form, name) => form.querySelector(`template[data-words="${name}"]`).content.cloneNode(true);

export const sentence = (form, name, values = {}) => {
  const text = form.querySelector('template[data-words="sentences"]').dataset[name];
  return text.replace(/%\((\w+)\)s/g, (_, key) => values[key]);
};

export const size = (bytes) => {
  const [amount, unit] = bytes < 1e6 ? [bytes / 1e3, "kilobyte"] : [bytes / 1e6, "megabyte"];
  const language = document.documentElement.lang;
  return new Intl.NumberFormat(language, { style: "unit", unit, maximumFractionDigits: amount < 10 ? 1 : 0 }).format(amount);
};
