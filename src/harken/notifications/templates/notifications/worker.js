/* Works for the pages of one workspace, also when none is open: shows pushes, and a calm page without a network.
 * Nothing that belongs to anybody is kept in the browser. */

const OFFLINE = {{ offline | tojson }};
const SHELL = {{ shell | tojson }};
const ICON = {{ icon | tojson }};
const BADGE = {{ badge | tojson }};
const CACHE = `harken-shell ${OFFLINE} ${SHELL.join(" ")}`;
const OURS = `harken-shell ${OFFLINE}`;

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(keepShell());
});

async function keepShell() {
  const cache = await caches.open(CACHE);
  await cache.addAll([new Request(OFFLINE, { cache: "reload", credentials: "same-origin" }), ...SHELL]);
}

self.addEventListener("activate", (event) => event.waitUntil(begin()));

async function begin() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(OURS) && name !== CACHE).map((name) => caches.delete(name)));
  // Pages are asked for while this worker still wakes up.
  await self.registration.navigationPreload?.enable();
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (SHELL.includes(new URL(request.url).pathname)) event.respondWith(fetch(request).catch(() => kept(request)));
});

async function page(event) {
  try {
    return (await event.preloadResponse) || (await fetch(event.request));
  } catch {
    return kept(OFFLINE);
  }
}

async function kept(asked) {
  const cache = await caches.open(CACHE);
  return (await cache.match(asked, { ignoreVary: true })) || Response.error();
}

self.addEventListener("push", (event) => {
  const { title, body, path, tag } = event.data.json();
  // The tag puts a second push of the same request in the place of the first.
  event.waitUntil(self.registration.showNotification(title, { body, tag, data: { path }, icon: ICON, badge: BADGE }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(new URL(event.notification.data.path, self.location.origin)));
});

async function open(address) {
  if (address.origin !== self.location.origin) return undefined;
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = pages.find((client) => new URL(client.url).pathname === address.pathname);
  return there ? there.focus() : self.clients.openWindow(address.href);
}
