// What a browser does in a preview: it hears that something of its page changed, asks what, and brings the page up to
// date in place. Styles are swapped, text is morphed, so that scroll position, open menus and players stay; where that
// may break something the page is loaded again. Bar and overlay live in a shadow root beside the body: the page's own
// styles do not reach them, nor theirs the page.
import { Idiomorph } from "./idiomorph.esm.js";
import { Surface } from "./surface.js";

const own = new URL(".", import.meta.url);
const frame = document.querySelector("html.phone iframe"); // the phone's page shows another one in a frame
const mail = document.querySelector("html.mail iframe.mail"); // and, beside an edition, its mail
const framed = window !== window.parent && !frame;
let print = document.getElementById("digest-preview")?.dataset.print ?? "";
const words = fetch(new URL("words.json", own)).then((answer) => answer.json());
let mailed = ""; // of which fingerprint the mail is
let surface = null;
let base = null;

const path = () => (frame ? frame.contentWindow.location.pathname : location.pathname);
const asked = (name) => new URL(`${name}?path=${encodeURIComponent(path())}`, own);

// ------------------------------------------------------------------ hearing

let stream = null;

function listen() {
  if (stream || document.hidden) return; // a browser opens six connections to a server, not more: hidden pages have none
  stream = new EventSource(asked("events"));
  stream.addEventListener("open", () => { surface?.away(false); sync(); });
  stream.addEventListener("changed", sync);
  stream.addEventListener("error", () => {
    surface?.away(true);
    if (stream?.readyState !== EventSource.CLOSED) return; // it tries again by itself
    hush();
    setTimeout(listen, 1000);
  });
}

function hush() {
  stream?.close();
  stream = null;
}

document.addEventListener("visibilitychange", () => (document.hidden ? hush() : listen()));
addEventListener("pagehide", hush);
addEventListener("pageshow", listen);

// ------------------------------------------------------------------ asking

let busy = false, again = false;

async function sync() {
  again = true;
  if (busy) return;
  busy = true;
  while (again) {
    again = false;
    try {
      await catchUp();
    } catch {
      setTimeout(sync, 500); // the server is gone, or a save is under way
    }
  }
  busy = false;
}

async function catchUp() {
  const answer = await fetch(asked("state"));
  if (!answer.ok) throw new Error(answer.statusText);
  const state = await answer.json();
  base = state.base;
  if (!frame && state.print && state.print !== print) await update();
  if (mail && state.page?.mail && state.page.mail !== mailed) {
    mailed = state.page.mail;
    mail.src = asked("mail").href;
  }
  if (framed) return;
  surface ??= new Surface(await words, own, { phone: Boolean(frame), path });
  surface.show(state);
  mark(state.held);
}

// ------------------------------------------------------------------ bringing the page up to date

async function update() {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  if (answer.status >= 500) return;
  const html = await answer.text();
  const fresh = new DOMParser().parseFromString(html, "text/html");
  const now = fresh.getElementById("digest-preview")?.dataset.print;
  if (!print || !now || answer.redirected || doubtful(fresh)) return location.reload();
  await fillFragments(fresh);
  await swapStyles(fresh);
  morph(fresh);
  print = now;
  document.dispatchEvent(new CustomEvent("digest:changed"));
}

/** Whether morphing the page into the other might break it: then it is loaded again. */
function doubtful(fresh) {
  const policy = (page) => page.querySelector("meta[http-equiv='Content-Security-Policy']")?.content;
  const scripts = (page) => [...page.scripts].filter(runs).map((script) => `${script.src} ${script.text}`).join("\n");
  return policy(document) !== policy(fresh) || scripts(document) !== scripts(fresh) || ![...document.scripts].filter(runs).every(copes);
}

const runs = (script) => script.id !== "digest-preview" && (!script.type || /^(module|(text|application)\/javascript)$/.test(script.type));
/** The built-in scripts do, and those that say so. */
const copes = (script) => script.dataset.preview === "morph" || /\/assets\/(ago|box|live)\.[0-9a-f]{8}\.js$/.test(script.src);

/** Blocks that the page's own script fetched, put in as it did. */
async function fillFragments(fresh) {
  const url = fresh.querySelector("script[data-fragment]")?.dataset.fragment;
  if (!url) return;
  const text = await fetch(url).then((answer) => (answer.ok ? answer.text() : ""));
  const blocks = [...new DOMParser().parseFromString(text, "text/html").querySelectorAll("[data-block]")];
  const same = (one, other) => one.dataset.block === other.dataset.block && one.dataset.theme === other.dataset.theme;
  for (const place of fresh.querySelectorAll(".awaited")) {
    const block = blocks.find((block) => same(block, place));
    if (!block) continue;
    const now = [...document.querySelectorAll("[data-block]")].find((block) => same(block, place));
    if (now) block.className = now.className; // as much room is kept for it as there was
    place.replaceWith(block);
  }
}

/** New style sheets take the place of the old ones when they are there: nothing flashes. */
async function swapStyles(fresh) {
  const sheets = (page) => [...page.querySelectorAll("link[rel~='stylesheet'][href]")];
  const family = (link) => new URL(link.getAttribute("href"), location.href).pathname.replace(/\.[0-9a-f]{8}(?=\.css$)/, "");
  const address = (link) => new URL(link.getAttribute("href"), location.href).href;
  const there = sheets(document);
  const swaps = sheets(fresh).map(async (sheet) => {
    if (there.some((old) => address(old) === address(sheet))) return;
    const old = there.find((old) => family(old) === family(sheet));
    const link = document.importNode(sheet);
    const loaded = new Promise((done) => { link.onload = link.onerror = done; });
    old ? old.after(link) : document.head.append(link);
    await loaded;
    link.onload = link.onerror = null;
    old?.remove();
  });
  await Promise.all(swaps);
}

function morph(fresh) {
  Idiomorph.morph(document.documentElement, fresh.documentElement, {
    head: { style: "morph" },
    ignoreActiveValue: true,
    callbacks: {
      beforeNodeRemoved: (node) => node !== surface?.host,
      // what a reader opened stays open; what the preview itself sets at the root stays set
      beforeAttributeUpdated: (name, node) =>
        !((name === "open" && /^(DETAILS|DIALOG)$/.test(node.nodeName)) || (name === "style" && node === document.documentElement)),
      beforeNodeMorphed: (old, now) => {
        if (/^(VIDEO|AUDIO|IFRAME|CANVAS)$/.test(old.nodeName)) return !source(old) || source(old) !== source(now);
        if (old.nodeName !== "TIME" || old.isEqualNode(now)) return true;
        old.replaceWith(document.importNode(now, true)); // scripts remember what a date said before
        return false;
      },
    },
  });
}

const source = (player) => player.getAttribute?.("src") ?? player.querySelector?.("source")?.getAttribute("src");

// ------------------------------------------------------------------ marks and links

const sheet = new CSSStyleSheet();
sheet.replaceSync(`a[data-digest-held]::before { content: attr(data-digest-held); margin-inline-end: .5em; padding: .1em .5em;
  background: #f2b134; color: #14191f; font: 600 .75rem/1.5 system-ui, sans-serif; border-radius: .25em; white-space: nowrap }`);
document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];

/** Links to what would not be published. */
async function mark(held) {
  const said = await words;
  for (const link of document.querySelectorAll("a[data-digest-held]")) if (!held[link.getAttribute("href")]) delete link.dataset.digestHeld;
  for (const link of document.querySelectorAll("a[href]")) {
    const why = held[link.getAttribute("href")];
    if (why && link.textContent.trim()) link.dataset.digestHeld = said[why];
  }
}

/** Absolute links of the site to itself lead to the preview, not to what is published. */
addEventListener("click", (event) => {
  const link = event.composedPath().find((node) => node.nodeName === "A" && node.href);
  if (!link || !base || event.button || event.metaKey || event.ctrlKey || event.shiftKey || !link.href.startsWith(base.url)) return;
  event.preventDefault();
  location.assign(base.path + link.href.slice(base.url.length));
});

// ------------------------------------------------------------------ beginning

if (frame) {
  const to = new URL(new URLSearchParams(location.search).get("path") ?? "/", location.origin);
  frame.addEventListener("load", () => { hush(); listen(); });
  frame.src = to.origin === location.origin ? to.pathname : "/";
} else {
  listen();
}
