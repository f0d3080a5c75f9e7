// digest/text, digest/search in the reader's browser.
const digestSearch = (() => {
const MARKS = "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u07eb-\u07f3\u0816-\u082d\u0859-\u085b\u0897-\u089f\u08ca-\u08ff\u0640\u0674\u00ad\u0600-\u0605\u061c\u06dd\u070f\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff";
const DROPPED = RegExp(`[${MARKS}\u0621]`, "g");
const SEAT = RegExp(`(?:\u064a[${MARKS}]*?\u0654|\u0621)[${MARKS}]*\u0648`, "g");
const table = text => text.split(" ").map(row => row.split("="));
const letters = rows => Object.fromEntries(rows.flatMap(([from, to]) => [...from].map(letter => [letter, to])));
const LETTERS = letters(table("یےېۍٸى=ي ۃہھەة=ه ٱٲٳٵ=ا کڪ=ك ٶ=و ך=כ ם=מ ן=נ ף=פ ץ=צ ς=σ ß=ss æ=ae œ=oe ø=o ł=l đ=d ı=i"));
const RARE = RegExp(`[٠-٩۰-۹${Object.keys(LETTERS).join("")}]`, "g");
const TOKEN = /[\p{L}\p{N}\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963\u0980-\u0dff\u0e00-\u0eff]+/gu;
const fold = text => text.toLowerCase().normalize("NFKD").toLowerCase().normalize("NFKD")
  .replace(SEAT, "وو").replace(DROPPED, "").replace(RARE, letter => LETTERS[letter] ?? letter.charCodeAt() % 16).normalize("NFC");

const tokens = text => fold(text).match(TOKEN) || [];

const ARABIC = /^[\u0621-\u064a\u067e\u0686\u0698\u06af\u06a4\u06a8\u06ad]+$/;
// Of the index's language.
let clitics = {}, endings = [], articles = [];
const learn = language => {
  ({endings = [], articles = []} = language);
  for (const particle in language.clitics) {
    const [usually, turns] = language.clitics[particle];
    clitics[particle] = [usually, new Set(turns.split(" "))];
  }
};

const falls = (particle, rest) => {
  let [usually, turns] = clitics[particle] || [];
  for (const end in rest.slice(0, 5)) if (turns?.has(rest.slice(0, +end + 1))) usually ^= 1;
  return usually;
};

const withoutArticle = word => {
  for (const article of articles) {
    if (!word.startsWith(article) || word.length < article.length + 2) continue;
    const rest = word.slice(article.length);
    if (article.endsWith("لل")) return falls("ل", rest) ? rest : "ل" + rest;
    return falls("ال", rest) ? rest : "";
  }
  return "";
};

const begins = (word, letters, least = 3) => letters.includes(word[0]) && word.length > least && falls(word[0], word.slice(1));
const bare = word => {
  if (!withoutArticle(word) && begins(word, "وف")) word = word.slice(1);
  const rest = withoutArticle(word);
  if (rest) return rest;
  if (begins(word, "بلك")) word = word.slice(1);
  else if ("بل".includes(word[0]) && word.length === 3 && falls(word[0] + "2", word.slice(1))) return word.slice(1);
  if (begins(word, "س", 4) && "يتن".includes(word[1])) return word.slice(2);
  return begins(word, "ي") ? word.slice(1) : word;
};

const without = word => {
  for (const [ending, least] of endings)
    if (word.endsWith(ending) && word.length >= ending.length + least) return word.slice(0, -ending.length);
  return word;
};

const stem = (folded, lang) => !ARABIC.test(folded) ? folded : without(/^ar\b/.test(lang) ? bare(folded) : folded);
const stems = (text, lang) => tokens(text).map(word => stem(word, lang));

// words.py

const SOUNDS = letters(table("غقگچجڨڭgqkjc=ك طt=ت صثs=س ژz=ز ضذظd=د حخh=ه ڤfv=ف پbp=ب m=م n=ن l=ل r=ر x=كس عa=ا eiy=ي ouw=و"));
const PAIRS = table("sh=ش ch=ش kh=ه gh=ك ph=ف th=ت ou=و ce=سي ci=سي ck=ك");
const LATIN = /[a-z]/, DOUBLED = /([^])\1+/gu;
const kept = (make, known = new Map) => key => known.get(key) ?? (known.set(key, make(key)), known.get(key));

const sound = kept(term => {
  const latin = LATIN.test(term);
  for (const pair of latin ? PAIRS : table("تش=ش")) term = term.replaceAll(...pair);
  term = [...term].map(letter => SOUNDS[letter] || letter).join("");
  return latin ? term.replace(DOUBLED, "$1") : term;
});
const skeleton = kept(term => {
  const [first, ...others] = sound(term);
  return ((/[اوي]/.test(first) ? "ا" : first) + others.join("").replace(/[اوي]/g, "")).replace(DOUBLED, "$1");
});
const sortingKey = kept(term => skeleton(term) + " " + term);
const ended = (word, lang) => /^ar\b/.test(lang) && ARABIC.test(word) ? without(word) : word;

const distance = (one, other, most) => {
  const wide = other.length;
  if (Math.abs(one.length - wide) > most) return most + 1;
  let last = [], before = [], row = [], least;
  for (let j = 0; j <= wide; j++) row[j] = j;
  for (let i = 1; i <= one.length; i++) {
    [last, before, row] = [before, row, last];
    row[0] = least = i;
    for (let j = 1; j <= wide; j++) {
      const same = one[i - 1] === other[j - 1];
      let value = Math.min(before[j] + 1, row[j - 1] + 1, before[j - 1] + !same);
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1]) value = Math.min(value, last[j - 2] + 1);
      row[j] = value;
      if (value < least) least = value;
    }
    if (least > most) return most + 1;
  }
  return row[wide];
};

// lookup.py

const CHUNK = 6, CHUNKS = 50;
const split = text => text ? text.split(" ") : [];
const decode = (text = "") => {
  const found = [];
  let before = 0, value = 0, scale = 1;
  for (let at = 0; at < text.length; at++) {
    let digit = text.charCodeAt(at);
    digit -= digit > 92 ? 36 : digit > 60 ? 35 : digit > 34 ? 34 : 33;
    value += digit * scale;
    if (digit >= 46) { scale *= 45; continue; }
    found.push(before + value);
    before = before + value & ~3, value = 0, scale = 1;
  }
  return found;
};
const sized = (text = "") => text.replace(/[Q-~]+/g, "").length;
const unshared = (text = "", before = "") =>
  (text.match(/[A-Z][^A-Z]*/g) || []).map(part => before = before.slice(0, part.charCodeAt() - 65) + part.slice(1));
const paired = (terms, texts) => (texts = split(texts), new Map(terms.map((term, at) => [term, texts[at]])));

const lastAt = (firsts, term) => {
  let low = -1, high = firsts.length;
  while (high - low > 1) {
    const middle = low + high >> 1;
    if (sortingKey(firsts[middle]) > sortingKey(term)) high = middle;
    else low = middle;
  }
  return Math.max(low, 0);
};

// A lookup sees files that are there; those wanted are loaded, and it is tried again.
class Index {
  constructor(get, lang) {
    Object.assign(this, {get, lang, files: {}, coming: {}, made: {}, wanted: new Set, missing: new Set, recent: new Map, keyboard: ["", ""], prefixes: [], joined: []});
  }
  read(path) {
    return this.coming[path] ||= this.get(path).catch(() => 0).then(content => (this.missing[content ? "delete" : "add"](path), this.files[path] = content || undefined));
  }
  file(path, make) {
    if (!(path in this.files)) this.wanted.add(path);
    return this.files[path] ? this.made[path] ||= make(this.files[path]) : make(["", ""]);
  }
  load() {
    return Promise.all([...this.wanted].map(path => this.read(path)));
  }
  async settled(make, pause) {
    for (const path of this.missing) delete this.files[path], delete this.coming[path];
    for (;; pause = 0) {
      this.wanted.clear();
      const made = make();
      if (!this.wanted.size) return made;
      await (pause ? pause() : this.load());
    }
  }
  async use(frozen, language) {
    this.folder = frozen && `search/${frozen}/`;
    const [known = {}, {terms, words} = {}] = await Promise.all([this.read(language), frozen ? this.read(this.folder + "directory.json") : {}]);
    learn(known);
    Object.assign(this, known);
    this.stop = split(known.stop), this.firsts = split(terms), this.words = split(words);
    this.named = kept(term => (known.aliases || []).filter(row => row.includes(term)).map(row => row.split("|").map(split))
      .flatMap(group => group.filter(([first]) => first === term).map(name => [name, group])));
  }
  // Names from the page spare a round.
  async open(query = "", frozen = "", language = "") {
    const coming = this.read("search/index.json");
    if (frozen) {
      await this.use(frozen, language);
      concepts(query, this);
      this.load();
    }
    const head = this.head = await coming || {documents: [0, 0], language};
    if (!frozen || frozen !== head.frozen || language !== head.language) await this.use(head.frozen, head.language);
    this.recent = paired(unshared(head.terms), head.postings), this.sizes = [...this.recent].map(([one, text]) => [one, sized(text)]);
    this.frozen = head.documents[0], this.count = this.frozen + head.documents[1];
    this.blocks = split(head.blocks), this.chunks = split(head.chunks);
    return this;
  }
  shard(term) {
    return this.folder ? this.file(`${this.folder}terms-${lastAt(this.firsts, term)}.json`, ([terms, texts]) => paired(split(terms), texts)) : new Map;
  }
  postings(term) {
    return [...decode(this.shard(term).get(term)), ...decode(this.recent.get(term)).map(posting => posting + 4 * this.frozen)];
  }
  size(term) {
    return sized(this.shard(term).get(term)) + sized(this.recent.get(term));
  }
  near(term) {
    const shard = this.shard(term);
    return [...[...shard].map(([one, text]) => [one, sized(text) + sized(this.recent.get(one))]), ...this.sizes.filter(([one]) => !shard.has(one))];
  }
  proposed(term, whole) {
    const spelled = ([words, sizes]) => split(words).map((word, at) => [word, stems(word, this.lang)[0], +sizes[at], ended(tokens(word)[0], this.lang)]);
    if (!this.folder) return this.made.words ||= spelled(this.head.words || ["", ""]);
    const own = lastAt(this.words, term), heads = [...this.words, term].map(word => skeleton(word)[0]), begun = skeleton(term)[0];
    return this.words.flatMap((_, at) => (whole ? heads[at] <= begun && begun <= heads[at + 1] : at === own) ? this.file(`${this.folder}words-${at}.json`, spelled) : []);
  }
  async card(number) {
    const file = Math.floor(number / CHUNK), late = file - this.blocks.length * CHUNKS;
    const name = late < 0 ? `${this.blocks[Math.floor(file / CHUNKS)]}-${file % CHUNKS}` : `${this.chunks[late]}-0`;
    return (await this.read(`search/cards/${name}.json`))?.[number % CHUNK];
  }
}

// query.py

const NAMED = .9, MEANT = .7, SIZE = .05, CLOSE = 1.1;

// Ways are lists: weight, terms.
const concepts = (query, index) => {
  const {lang} = index;
  const every = [...new Set(tokens(query))].map(word => ({word, ways: [[1, stem(word, lang)]], meant: ""}));
  const own = every.map(one => one.ways[0][1]);
  for (let at = 0; at < own.length;) {
    const fits = index.named(own[at]).filter(([name]) => name.every((term, n) => term === own[at + n]));
    const longest = Math.max(1, ...fits.map(([name]) => name.length));
    for (const [name, group] of fits) if (name.length === longest)
      for (const one of every.slice(at, at + longest)) one.ways.push(...group.filter(other => other !== name).map(other => [NAMED, ...other]));
    at += longest;
  }
  const telling = every.filter(one => !index.stop.includes(one.word) || one.ways.length > 1);
  const asked = telling.length ? telling : every;
  for (const one of asked) one.known = one.ways.map(([, ...terms]) => terms.map(term => index.size(term)).every(size => size)).includes(true);
  if (!index.wanted.size) for (const one of asked) {
    const before = index.wanted.size;
    for (const add of one.known ? [addLikelier] : [addShorter, addJoined, addBegun, addSpellings, addParts]) {
      add(one, index, one.word, one.ways[0][1]);
      if (one.ways.length > 1 || index.wanted.size > before) break;
    }
  }
  return asked;
};

const addLikelier = ({ways}, index, word, own) => {
  if (Math.min(word.length, own.length) < 5 || ways.length > 1) return;
  const least = 5 * (index.size(own) + 1);
  for (const [one, size] of index.near(own))
    if (one !== own && size > least && skeleton(one) === skeleton(own) && distance(sound(own), sound(one), 1) < 2) ways.push([MEANT, one]);
};
const addShorter = ({ways}, index, word) => {
  const shorter = index.prefixes.filter(start => word.startsWith(start) && word.length >= start.length + 3).map(start => word.slice(start.length));
  const found = [word, ...shorter, ...shorter.map(rest => stem(rest, index.lang))].filter(one => one.length * 2 >= word.length && index.size(one));
  if (found.length) ways.push([NAMED, found[0]]);
};
const addJoined = ({ways}, index, word) => {
  const start = word.slice(0, 3), rest = stem(word.slice(3), index.lang);
  if (index.joined.includes(start) && word.length > 5 && index.size(rest)) ways.push([NAMED, stem(start, index.lang), rest]);
};
const addBegun = ({ways}, index, word) => {
  if (word.length < 3) return;
  const begun = index.near(word).filter(([one]) => one.startsWith(word)).sort(([one, size], [other, than]) => than - size || (one < other ? -1 : 1));
  ways.push(...begun.slice(0, 3).map(([one]) => [MEANT, one]));
};
const far = (form, one, most) => {
  const heard = distance(sound(form), sound(one), most);
  if (heard > most) return 20;
  const apart = skeleton(form) === skeleton(one) ? 0 : .5;
  return LATIN.test(form) ? heard + apart > most ? 20 : heard + apart : .7 * heard + .4 * distance(form, one, 3) + apart;
};
const addSpellings = (concept, index, word, own) => {
  const asked = [...new Set([own, word, ended(word, index.lang)])], most = word.length < 4 ? 0 : word.length < 6 + LATIN.test(word) ? 1 : 2, before = index.wanted.size;
  const beside = [own, word].flatMap(form => index.near(form)).map(([one, size]) => ["", one, 32 - Math.clz32(size), one]);
  let near;
  for (const whole of [false, true]) {
    const rows = [own, word, whole && own.slice(1) || own].flatMap(form => index.proposed(form, whole));
    if (index.wanted.size > before) return;
    near = nearest(asked, most, new Set([...beside, ...rows]));
    if (near[0]?.[0] <= CLOSE) break;
  }
  for (const [away, one, shown] of near.slice(0, 3)) if (away <= near[0][0] + SIZE) {
    concept.meant ||= shown;
    concept.ways.push([MEANT, one]);
  }
};
const nearest = (asked, most, rows) => {
  const found = new Map;
  for (const [shown, one, size, whole] of rows) {
    let least = far(asked.at(-1), whole, most);
    for (const form of asked) least = Math.min(least, far(form, one, most) + (form === asked[0] && !asked.at(-1).startsWith(form)) * .6);
    if (least > 9) continue;
    const away = least - size * SIZE, before = found.get(one) || [away, one, ""];
    found.set(one, [Math.min(away, before[0]), one, before[2] || shown]);
  }
  return [...found.values()].filter(([, one]) => one !== asked[0]).sort(([a, one], [b, other]) => a - b || (one < other ? -1 : 1));
};
const addParts = (concept, index, word) => {
  const heads = index.near(word).filter(([one]) => one.length > 2 && one.length <= word.length - 3 && word.startsWith(one));
  for (const [head] of heads.sort(([one], [other]) => other.length - one.length)) {
    const rest = word.slice(head.length), second = stem(rest, index.lang);
    if (!index.size(second)) continue;
    concept.meant = `${head} ${rest}`;
    return concept.ways.push([NAMED, head, second]);
  }
};

const otherLayout = (query, [keyboard, qwerty]) => {
  let typed = query.toLowerCase(), from = keyboard, to = qwerty;
  const latin = typed.replace(/[^a-z]/g, "").length, other = [...typed].some(letter => keyboard.includes(letter));
  if (latin * 2 > typed.replaceAll(" ", "").length || latin && !other) [from, to] = [to, from];
  else if (other) typed = typed.replaceAll("لا", "ﻻ");
  else return "";
  const made = [...typed].map(letter => to[from.indexOf(letter)] || letter).join("").replaceAll("ﻻ", "لا");
  return made === typed ? "" : made;
};

// ranking.py

const IMPACT = [1, 1.3, 2, 2.5];

const ofWay = ([weight, ...terms], index) => {
  const rows = terms.map(term => new Map(index.postings(term).map(posting => [posting >> 2, IMPACT[posting & 3] * weight])));
  return [...rows[0]].map(([number]) => [number, Math.min(...rows.map(row => row.get(number) || 0))]).filter(([, value]) => value);
};
const scores = (asked, index) => {
  const totals = new Map;
  let whole = 0;
  for (const {ways} of asked) {
    const held = new Map;
    let size = 0;
    for (const one of ways) {
      const found = ofWay(one, index);
      if (one[0] >= NAMED || !held.size) size = Math.max(size, found.length);
      for (const [number, value] of found) if (value > (held.get(number) || 0)) held.set(number, value);
    }
    if (!held.size) continue;
    const idf = Math.log(1 + (index.count - size + .5) / (size + .5));
    whole += idf;
    for (const [number, value] of held) {
      const [sum, share] = totals.get(number) || [0, 0];
      totals.set(number, [sum + idf * value, share + idf]);
    }
  }
  return [...totals].map(([number, [sum, share]]) => [Math.floor(sum * (share / whole) * Math.sqrt(share / whole) * 1e6 + .5), number]);
};

const search = (query, index, pause) => index.settled(() => {
  let asked = concepts(query, index);
  if (index.wanted.size) return;
  let meant = asked.some(one => one.meant) ? asked.map(one => one.meant || one.word).join(" ") : "";
  if (!asked.some(one => one.known)) {
    const other = otherLayout(query, index.keyboard), retyped = concepts(other, index);
    if (retyped.length && retyped.every(one => one.known)) [asked, meant] = [retyped, other];
  }
  const documents = scores(asked, index).sort(([one, first], [other, second]) => other - one || second - first).map(([, number]) => number);
  return {documents, meant, terms: asked.flatMap(one => one.ways.flat())};
}, pause);

return {learn, fold, stems, kept, Index, search};
})();

// search.html
(() => {
const place = globalThis.document?.querySelector("[data-search]");
if (!place) return;
const {base, lang, digits, frozen, language} = place.dataset, say = JSON.parse(place.dataset.words);
const [form, list, status, note, meant, ways, more, blank] = ["", "-results", "-count", "-note", "-meant", "-ways", "-more", "-card"].map(name => place.querySelector(".search" + name));
const read = path => fetch(base + path).then(answer => answer.ok && answer.json());
// Intl takes 100 ms.
const counted = n => say.found[say.forms[n < 200 ? n : 100 + n % 100]].replace("{n}", `${n}`.replace(/\B(?=(...)+$)/g, digits[10]).replace(/\d/g, digit => digits[digit]));
const stemmed = digestSearch.kept(word => digestSearch.stems(word, lang));
let index, turn = 0, typing;

const go = () => {
  const address = "?" + new URLSearchParams([...new FormData(form)].map(([key, value]) => [key, value.trim()]).filter(([, value]) => value));
  if (address !== location.search) history.pushState(null, "", address);
  run();
};

// Whole words: joined letters stay joined.
const marked = (text, terms) => {
  const made = document.createDocumentFragment();
  let done = 0;
  for (const {0: word, index: at} of text.matchAll(/[\p{L}\p{N}\p{M}\u0640\u200c\u200d]+/gu)) {
    if (!stemmed(word).some(term => terms.includes(term))) continue;
    const mark = document.createElement("mark");
    mark.textContent = word;
    made.append(text.slice(done, at), mark);
    done = at + word.length;
  }
  made.append(text.slice(done));
  return made;
};

const card = ([path, title, summary, theme, source, iso, day, language, dir], terms) => {
  const made = blank.content.cloneNode(true), get = name => made.querySelector(name);
  const article = get("article"), link = get("a"), option = [...form.theme.options].find(one => one.value === theme);
  link.href = base + encodeURI(path).replace(/[?#]/g, encodeURIComponent);
  link.append(marked(title, terms));
  get(".card-summary").append(marked(summary || "", terms));
  if (dir) article.dir = dir;
  if (language) article.lang = language;
  article.className += " " + (option?.className || "");
  get(".label").textContent = option?.textContent || "";
  if (source) get(".source").append(source);
  else get(".source").remove();
  Object.assign(get("time"), {textContent: day, dateTime: iso});
  return made;
};

const fits = async documents => {
  const {theme, source, year} = Object.fromEntries(new FormData(form));
  if (!theme && !source && !year) return documents;
  const files = await Promise.all([index.frozen && index.read(index.folder + "facets.json"), index.head.facets]);
  return documents.filter(number => {
    const late = number >= index.frozen, at = late ? number - index.frozen : number, facets = files[+late];
    return facets && (!theme || facets.themes[facets.theme[at]] === theme) && (!source || facets.outlets[facets.outlet[at]].includes(source))
      && (!year || facets.years.findLast(([, first]) => first <= at)[0] == year);
  });
};

const run = async pause => {
  const mine = ++turn, query = form.q.value.slice(0, 200).trim();
  clearTimeout(typing);
  list.removeAttribute("data-state");
  if (!index || index.count === 0) index = new digestSearch.Index(read, lang), index.opened = index.open(query, frozen, language);
  await index.opened;
  const found = await digestSearch.search(query, index, pause);
  const documents = await fits(found.documents);
  if (mine !== turn) return;
  if (form.sort.value) documents.sort((one, other) => other - one);
  more.hidden = true;
  const show = async from => {
    const coming = documents.slice(from, from + 10).map(number => index.card(number));
    await coming[0];
    if (mine !== turn) return;
    if (!from) list.replaceChildren();
    const at = list.children.length;
    for (const next of coming) {
      const row = await next;
      if (mine !== turn) return;
      if (row) list.append(card(row, found.terms));
    }
    note.textContent = index.missing.size && say[index.count ? "part" : "broken"] || "";
    more.hidden = documents.length <= from + 10;
    return list.children[at];
  };
  const shown = show(0);
  status.textContent = query && index.count ? counted(documents.length) : "";
  meant.hidden = !found.meant || !query;
  Object.assign(meant.lastElementChild, {textContent: found.meant, href: "?" + new URLSearchParams({q: found.meant})});
  ways.classList.toggle("shown", !documents.length);
  list.dataset.count = documents.length;
  let from = 0;
  more.onclick = async () => (await show(from += 10))?.querySelector("a").focus();
  await shown;
  if (mine === turn) list.dataset.state = "done";
};

const fill = () => {
  const asked = new URLSearchParams(location.search);
  for (const field of form.elements) field.value = asked.get(field.name) || "";
  run();
};
form.onsubmit = event => (event.preventDefault(), go());
form.onchange = event => event.target === form.q || go();
// Loads when the typing rests.
form.oninput = event => event.target === form.q && run(() => new Promise(rested => typing = setTimeout(rested, 150)));
onpopstate = fill;
fill();
})();
