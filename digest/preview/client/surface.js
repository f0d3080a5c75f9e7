// Bar and overlay: what the preview shows beside the page. Made of what the server says; every word from elsewhere goes
// in as text.

const RTL = new Set(["ar", "fa", "he", "ur"]);
const FOLDED = "digest-preview-folded";
const icons = {
  pencil: "M4 20h4L19 9l-4-4L4 16v4zM14 6l4 4",
  phone: "M8 3h8a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1H8a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zM11 18h2",
  mail: "M3 6h18v12H3zM3 7l9 7 9-7",
  wide: "M3 5h18v11H3zM9 20h6M12 16v4",
  down: "M6 9l6 6 6-6",
  up: "M6 15l6-6 6 6",
  close: "M6 6l12 12M18 6L6 18",
  lamp: "M9 18h6M10 21h4M12 3a6 6 0 0 0-3.5 10.9c.6.5 1 1.2 1 2V16h5v-.1c0-.8.4-1.5 1-2A6 6 0 0 0 12 3z",
};

/** An element with properties and children; null children are left out. */
function make(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key === "text") made.textContent = value;
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

/** Of a text in a language; `dir=auto` would go by a key or a date quoted at its start. */
function direction(lang) {
  return RTL.has(lang) ? "rtl" : "ltr";
}

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  line.setAttribute("d", icons[name]);
  svg.append(line);
  return svg;
}

export class Surface {
  /** `words` of the interface, `own` address of the preview's files, `here`: whether this is the phone's page, and how
   * to learn the path that is shown. */
  constructor(words, own, here) {
    this.words = words;
    this.own = own;
    this.here = here;
    this.state = null;
    this.hidden = ""; // the problems that the editor has put aside
    this.unfolded = null; // what is open above the bar
    this.host = document.createElement("digest-preview");
    this.root = this.host.attachShadow({ mode: "open" });
    this.bar = make("section", { class: "bar", "aria-label": words.preview });
    this.ribbon = make("p", { class: "ribbon", hidden: true });
    this.overlay = make("section", { class: "overlay", role: "alert", "aria-label": words.problems, hidden: true });
    this.frame = make("div", { class: "frame", lang: words.lang, dir: direction(words.lang), hidden: true }, this.ribbon, this.overlay, this.bar);
    const styles = make("link", { rel: "stylesheet", href: new URL("preview.css", own).pathname });
    styles.addEventListener("load", () => { this.frame.hidden = false; this.makeRoom(); });
    this.root.append(styles, this.frame);
    document.documentElement.append(this.host);
    addEventListener("keydown", (event) => { if (event.key === "Escape") this.dismiss(); });
  }

  show(state) {
    const before = JSON.stringify(this.state?.problems);
    this.state = state;
    if (JSON.stringify(state.problems) !== before) this.hidden = "";
    this.showOverlay();
    this.showBar();
    const held = state.page?.held;
    this.ribbon.hidden = !held;
    this.ribbon.textContent = held ? this.words[held] : "";
  }

  /** Whether the server has gone. */
  away(gone) {
    this.bar.classList.toggle("away", gone);
    this.bar.querySelector(".light")?.setAttribute("title", gone ? this.words.away : "");
  }

  dismiss() {
    if (this.unfolded) this.unfolded = null;
    else if (this.state?.problems.count) this.hidden = "yes";
    this.showOverlay();
    this.showBar();
  }

  // ---------------------------------------------------------------- overlay

  showOverlay() {
    const { problems, view } = this.state;
    this.overlay.hidden = !problems.count || Boolean(this.hidden);
    if (this.overlay.hidden) return this.overlay.replaceChildren();
    const scrolled = this.overlay.querySelector(".card")?.scrollTop ?? 0;
    const card = make("div", { class: "card", tabindex: "0" },
      make("header", {},
        make("h2", { text: this.counted(problems.count) }),
        document.querySelector("html.digest-blank") ? null : make("p", { text: this.words.below }),
        make("button", { type: "button", class: "quiet", title: `${this.words.hide} (Esc)`, "aria-label": this.words.hide, onclick: () => this.dismiss() }, icon("close"))),
      make("ol", {}, problems.list.map((problem) => this.problem(problem))),
      problems.count > problems.list.length ? make("p", { class: "more", text: `${this.words.more}: ${problems.count - problems.list.length}` }) : null,
      view ? this.view(view) : null);
    this.overlay.replaceChildren(card);
    card.scrollTop = scrolled;
  }

  counted(count) {
    return count === 1 ? this.words.one_problem : `${this.words.problems}: ${new Intl.NumberFormat(this.words.lang).format(count)}`;
  }

  problem(problem) {
    const { path, line, column, lang, message, cure, lines } = problem;
    return make("li", { class: "problem" },
      this.place(problem, [path, line, column].filter(Boolean).join(":")),
      make("p", { class: "message", lang, dir: direction(lang), text: message }),
      lines.length ? make("div", { class: "lines", dir: "ltr" }, lines.map(([number, text]) => this.line(number, text, number === line ? column : -1))) : null,
      cure ? make("p", { class: "cure" }, icon("lamp"), make("span", { lang, dir: direction(lang), text: cure })) : null);
  }

  /** A line of a file; the faulty one with the word at the column marked. */
  line(number, text, column) {
    const at = column > 0 ? column - 1 : text.length;
    const end = at + (/^[\p{L}\p{M}\p{N}_]+(?:[-.:/][\p{L}\p{M}\p{N}_]+)*|^\S/u.exec(text.slice(at))?.[0].length ?? 0);
    const words = column > 0 && end > at ? [text.slice(0, at), make("mark", { text: text.slice(at, end) }), text.slice(end)] : [text];
    return make("div", { class: column >= 0 ? "line faulty" : "line" }, make("span", { class: "number", text: number }), make("code", { dir: "auto" }, words));
  }

  place({ open }, shown) {
    const code = make("bdi", { dir: "ltr", text: shown });
    return open ? make("a", { class: "place", href: open, title: this.words.open }, icon("pencil"), code) : make("span", { class: "place" }, code);
  }

  view({ name, rows }) {
    const cells = ([key, kind, value]) => make("tr", {}, make("th", { scope: "row", dir: "ltr", text: key }), make("td", { dir: "ltr", text: kind }), make("td", { dir: "auto", text: value }));
    return make("details", { class: "view" },
      make("summary", {}, `${this.words.view} `, make("bdi", { dir: "ltr", text: name })),
      make("table", {}, make("tbody", {}, rows.map(cells))));
  }

  // ---------------------------------------------------------------- bar

  showBar() {
    const { state, words } = this;
    const folded = sessionStorage.getItem(FOLDED) === "yes";
    const page = state.page ?? {};
    this.bar.classList.toggle("folded", folded);
    this.bar.replaceChildren(
      make("span", { class: "name" }, make("i", { class: "light" }), words.preview),
      make("div", { class: "facts" }, folded ? [] : [
        page.held ? make("strong", { class: "held", text: words[page.held] }) : null,
        page.hidden ? make("strong", { class: "held", text: words[`hidden_${page.hidden.held}`] }) : null,
        this.fact(words.source, (page.hidden ?? page).source),
        this.fact(words.template, page.template),
        page.theme ? make("span", { class: "fact" }, make("small", { text: words.theme }), make("bdi", { text: page.theme })) : null,
        page.edition ? make("span", { class: "fact" }, make("small", { text: words.edition }), make("bdi", { text: page.edition })) : null,
        this.reason(page.why),
        this.saved(state.saved),
      ]),
      make("div", { class: "buttons" }, this.buttons(page, folded)),
      this.unfolded === "advice" && page.advice?.length ? this.advice(page.advice) : "");
    this.makeRoom();
  }

  fact(name, place) {
    if (!place?.path) return null;
    return make("span", { class: "fact" }, make("small", { text: name }), this.place(place, place.line > 1 ? `${place.path}:${place.line}` : place.path));
  }

  /** Why the page was made again, and when. */
  reason(why) {
    if (!why?.at) return null;
    const shown = why.causes.length ? why.causes.map((cause) => this.cause(cause)) : [this.words.first];
    const list = [...new Set(shown)].slice(0, 4).flatMap((text, n) => (n ? ["، ", text] : [text]));
    if (!RTL.has(this.words.lang)) list.forEach((text, n) => { if (text === "، ") list[n] = ", "; });
    return make("span", { class: "fact" }, make("small", { text: this.words.why }), make("span", {}, list.map((text) => make("bdi", { text }))), make("time", { dir: "ltr", text: why.at }));
  }

  /** A cause as the engine names it, in words where there are some. */
  cause(name) {
    const key = name.startsWith("fragment ") ? "fragment" : /^site\.(own_)?stylesheet$/.test(name) ? "stylesheet" : name;
    return this.words[`cause_${key}`] ?? name;
  }

  /** Where the editor is at work, if that is another page. */
  saved([url, title]) {
    if (!url || new URL(url, location.href).pathname === this.here.path()) return null;
    return make("span", { class: "fact" }, make("small", { text: this.words.saved }), make("a", { href: url, dir: "auto", text: title }));
  }

  buttons(page, folded) {
    const { words, state, here } = this;
    const shown = encodeURIComponent(decodeURI(here.path()));
    const problems = state.problems.count && this.hidden
      ? make("button", { type: "button", class: "problems", onclick: () => { this.hidden = ""; this.showOverlay(); this.showBar(); }, text: this.counted(state.problems.count), title: words.show }) : null;
    const advice = page.advice?.length && !folded
      ? make("button", { type: "button", class: "advise", "aria-expanded": String(this.unfolded === "advice"), onclick: () => { this.unfolded = this.unfolded === "advice" ? null : "advice"; this.showBar(); } }, icon("lamp"), `${words.advice}: ${new Intl.NumberFormat(words.lang).format(page.advice.length)}`) : null;
    const width = here.phone
      ? make("a", { class: "button", href: here.path(), "aria-pressed": "true", title: words.wide }, icon("wide"), make("span", { text: words.wide }))
      : make("a", { class: "button", href: `${this.own.pathname}phone.html?path=${shown}`, title: words.phone }, icon("phone"), make("span", { text: words.phone }));
    const mail = page.mail && !here.phone
      ? make("a", { class: "button", href: `${this.own.pathname}mail.html?path=${shown}`, title: words.mail }, icon("mail"), make("span", { text: words.mail })) : null;
    const fold = make("button", { type: "button", class: "quiet", "aria-expanded": String(!folded), "aria-label": folded ? words.unfold : words.fold, title: folded ? words.unfold : words.fold, onclick: () => {
      sessionStorage.setItem(FOLDED, folded ? "no" : "yes");
      this.unfolded = null;
      this.showBar();
    } }, icon(folded ? "up" : "down"));
    return [problems, advice, folded ? null : mail, folded ? null : width, fold];
  }

  advice(list) {
    return make("ul", { class: "drawer" }, list.map((one) => make("li", {},
      this.place(one, [one.path, one.line, one.column].filter(Boolean).join(":")),
      make("p", { lang: one.lang, dir: direction(one.lang), text: one.said }))));
  }

  /** The bar hides nothing of the page: there is as much room below it. */
  makeRoom() {
    document.documentElement.style.paddingBlockEnd = this.bar.classList.contains("folded") || this.here.phone ? "" : `${this.bar.offsetHeight}px`;
  }
}
