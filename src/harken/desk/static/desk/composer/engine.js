/*
 * What the editor runs on, fetched when the first composer is there, or about to be: whoever only reads does not wait
 * for it. Until then, and where it cannot be fetched, words are typed into the plain field.
 */

let fetching = null;

export const isHere = () => Boolean(window.Squire && window.DOMPurify);

export function fetchEngine() {
  const wanted = document.getElementById("editor-engine")?.content.querySelectorAll("script") ?? [];
  fetching ??= Promise.all([...wanted].map(bring)).catch((error) => {
    fetching = null;
    throw error;
  });
  return fetching;
}

function bring({ src }) {
  const script = Object.assign(document.createElement("script"), { src });
  return new Promise((resolve, reject) => {
    script.addEventListener("load", resolve);
    script.addEventListener("error", () => reject(new Error(`not fetched: ${src}`)));
    document.head.append(script);
  });
}
