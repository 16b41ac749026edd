// The service worker of the page. go-app fills in the version and the list of
// files of the shell; see NewPages.
//
// - The files of the shell are fetched at install and served from the cache:
//   their names carry a hash. Those without one (a few small scripts) are asked
//   from the network first, so that document and program fit together.
// - A navigation goes to the network; without one, the last copy of that page
//   or of the start page is shown. Copies hold no user data.
// - A page that is open is never claimed: it belongs to no worker at the first
//   visit, and go-app would take the first worker for an update.
// - Everything else, above all /server/, /func/ and anything but GET, is left
//   to the browser.
const cacheName = "app-{{.Version}}";
const shell = {{.ResourcesToCache}};

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(cacheName);
    await cache.addAll(shell.map((url) => new Request(url, { cache: "no-cache" })));
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name !== cacheName).map((name) => caches.delete(name)));
  })());
});

self.addEventListener("fetch", (event) => {
  const request = event.request;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin ||
      url.pathname.startsWith("/server/") || url.pathname.startsWith("/func/")) {
    return;
  }
  if (request.mode === "navigate") {
    event.respondWith(navigate(request, url.pathname));
  } else if (url.pathname.startsWith("/web/")) {
    event.respondWith(fromCache(request));
  } else if (shell.includes(url.pathname)) {
    event.respondWith(fromNetwork(request));
  }
});

async function navigate(request, path) {
  const cache = await caches.open(cacheName);
  try {
    const response = await fetch(request);
    if (response.ok && !response.redirected && response.headers.get("Content-Type")?.startsWith("text/html")) {
      await cache.put(path, response.clone());
    }
    return response;
  } catch (error) {
    const copy = (await cache.match(path)) || (await cache.match("/"));
    if (copy) {
      return copy;
    }
    throw error;
  }
}

async function fromCache(request) {
  const cache = await caches.open(cacheName);
  return (await cache.match(request)) || fetch(request);
}

async function fromNetwork(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const cache = await caches.open(cacheName);
    const copy = await cache.match(request);
    if (copy) {
      return copy;
    }
    throw error;
  }
}
