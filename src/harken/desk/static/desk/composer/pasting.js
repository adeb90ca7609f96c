/*
 * Foreign HTML on its way into the editor: what Word, Excel, Google Docs and mail programs put on the clipboard, brought
 * down to words, structure, links and tables. The server reduces it once more.
 */

/* Beyond it a browser would stand still; before that, the junk around the words is cut by what costs little time. */
const LONGEST_RAW = 8_000_000;
export const LONGEST = 1_000_000;

const TAGS = `a b blockquote br caption code del div em h1 h2 h3 h4 h5 h6 hr i img li ol p pre s strong sub sup table tbody
  td tfoot th thead tr u ul`.split(/\s+/);
const ATTRIBUTES = ["href", "dir", "lang", "alt", "src", "data-cid", "width", "height", "colspan", "rowspan", "start"];
const KEPT_PICTURE = /^(?:data:image\/(?:png|jpe?g|gif|webp);base64,|blob:)/i;

/* Returns the HTML without what is never words: head, style sheets, Office's XML and comments; null when it is too much. */
export function slim(html) {
  if (html.length > LONGEST_RAW) return null;
  const bare = withoutSilent(html);
  return bare.replace(/src="data:image[^"]*"/gi, "").length > LONGEST ? null : bare;
}

/* One walk from the beginning to the end: whatever was made to be searched for its end in vain costs no more. */
function withoutSilent(html) {
  const begin = /<(style|script|xml|head)\b|<!--|<!\[/gi;
  const kept = [];
  let at = 0;
  for (let found = begin.exec(html); found; found = begin.exec(html)) {
    const end = found[1] ? new RegExp(`</${found[1]}\\s*>`, "gi") : found[0] === "<!--" ? /-->/g : />/g;
    end.lastIndex = begin.lastIndex;
    kept.push(html.slice(at, found.index));
    if (!end.exec(html)) return kept.join("");
    at = begin.lastIndex = end.lastIndex;
  }
  return kept.join("") + html.slice(at);
}

/* Returns the HTML as a fragment that may stand in the editor. */
export function cleaned(html) {
  const page = new DOMParser().parseFromString(unstyled(withoutSilent(html)), "text/html");
  listsOfWord(page.body);
  meaningOfStyles(page.body);
  const clean = window.DOMPurify.sanitize(page.body.innerHTML, {
    ALLOWED_TAGS: TAGS, ALLOWED_ATTR: ATTRIBUTES, ALLOW_DATA_ATTR: false, ADD_ATTR: ["data-cid"],
    ADD_DATA_URI_TAGS: ["img"], RETURN_DOM_FRAGMENT: true, FORBID_CONTENTS: ["head", "title", "xml", "style", "script"],
  });
  for (const picture of clean.querySelectorAll("img")) if (!isKept(picture)) picture.remove();
  for (const layout of clean.querySelectorAll("table")) unwrapLayout(layout);
  for (const sized of clean.querySelectorAll(":not(img):is([width], [height])")) ["width", "height"].forEach((name) => sized.removeAttribute(name));
  // Not before: a picture is fetched as soon as it belongs to the page.
  return document.importNode(clean, true);
}

/* Styles are read here and never applied, handlers not even read: the policy of the page lets nobody bring any. */
const unstyled = (html) =>
  html.replace(/<[a-z][^<>]*>/gi, (tag) => tag.replace(/\sstyle\s*=/gi, " data-style=").replace(/[\s/]on[a-z]+\s*=/gi, " data-was="));

const styleOf = (element) => element.dataset.style ?? "";

/* Of pictures, those of the draft stay, and those whose bytes came along; one from elsewhere would tell who reads it. */
function isKept(picture) {
  const address = picture.getAttribute("src") ?? "";
  if (KEPT_PICTURE.test(address)) return true;
  return picture.hasAttribute("data-cid") || new URL(address, location.href).pathname.startsWith("/files/");
}

/* Word writes a list as paragraphs that begin with a drawn bullet. */
function listsOfWord(body) {
  for (const item of body.querySelectorAll("p")) {
    const level = /mso-list:\s*l\d+\s+level(\d)/i.exec(styleOf(item))?.[1];
    if (!level) continue;
    const drawn = [...item.querySelectorAll("[data-style]")].find((each) => /mso-list:\s*ignore/i.test(styleOf(each)));
    const isNumbered = /[\p{L}\p{N}]+[.)]/u.test(drawn?.textContent ?? "");
    drawn?.remove();
    const list = listFor(item, isNumbered ? "ol" : "ul", Number(level));
    const entry = item.ownerDocument.createElement("li");
    entry.append(...item.childNodes);
    list.append(entry);
    item.remove();
  }
}

function listFor(item, kind, level) {
  let list = item.previousElementSibling;
  if (!list?.matches("[data-word]")) {
    list = item.ownerDocument.createElement(kind);
    list.setAttribute("data-word", "");
    item.before(list);
  }
  for (let depth = 1; depth < level; depth += 1) {
    const last = list.lastElementChild ?? list.appendChild(item.ownerDocument.createElement("li"));
    list = last.querySelector(":scope > ul, :scope > ol") ?? last.appendChild(item.ownerDocument.createElement(kind));
  }
  return list;
}

/* Google Docs and mail programs say "bold" by a style; Docs wraps everything in a <b> that is not bold. */
function meaningOfStyles(body) {
  for (const element of body.querySelectorAll("[data-style]")) {
    const style = styleOf(element);
    if (/mso-hide\s*:\s*all|display\s*:\s*none/i.test(style)) element.remove();
    else if (/^(b|strong)$/i.test(element.tagName) && /font-weight\s*:\s*(normal|400)/i.test(style)) element.replaceWith(...element.childNodes);
    else if (element.tagName === "SPAN") {
      if (/font-weight\s*:\s*(bold|[6-9]00)/i.test(style)) wrap(element, "b");
      if (/font-style\s*:\s*italic/i.test(style)) wrap(element, "i");
      if (/line-through/i.test(style)) wrap(element, "s");
    }
  }
}

function wrap(element, tag) {
  const around = element.ownerDocument.createElement(tag);
  around.append(...element.childNodes);
  element.append(around);
}

/* A table with one cell is a mail program's way to centre a letter. */
function unwrapLayout(table) {
  const cells = table.querySelectorAll("td, th");
  if (cells.length === 1) table.replaceWith(...cells[0].childNodes);
}
