// Search in the reader's browser: digest/text/folding.py and stemming.py, digest/search, templates/search.html.
"use strict";
const digestSearch = (() => {
const MARKS = "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u07eb-\u07f3\u0816-\u082d\u0859-\u085b\u0897-\u089f\u08ca-\u08ff\u0640\u0674\u00ad\u0600-\u0605\u061c\u06dd\u070f\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff";
const DROPPED = RegExp(`[${MARKS}\u0621]`, "g");
const SEAT = RegExp(`(?:\u064a[${MARKS}]*?\u0654|\u0621)[${MARKS}]*\u0648`, "g");
const table = rows => Object.fromEntries(rows.flatMap(([letters, one]) => [...letters].map(letter => [letter, one])));
const LETTERS = table([["یےېۍٸى", "ي"], ["ۃہھەة", "ه"], ["ٱٲٳٵ", "ا"], ["کڪ", "ك"], ["ٶ", "و"], ["ך", "כ"], ["ם", "מ"], ["ן", "נ"], ["ף", "פ"],
  ["ץ", "צ"], ["ς", "σ"], ["ß", "ss"], ["æ", "ae"], ["œ", "oe"], ["ø", "o"], ["ł", "l"], ["đ", "d"], ["ı", "i"]]);
const RARE = RegExp(`[٠-٩۰-۹${Object.keys(LETTERS).join("")}]`, "g");
const TOKEN = /[\p{L}\p{N}\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963\u0980-\u0dff\u0e00-\u0eff]+/gu;
const fold = text => text.toLowerCase().normalize("NFKD").toLowerCase().normalize("NFKD")
  .replace(SEAT, "وو").replace(DROPPED, "").replace(RARE, letter => LETTERS[letter] ?? letter.charCodeAt() % 16).normalize("NFC");

const tokens = text => fold(text).match(TOKEN) || [];

const ARTICLES = ["وبال", "وكال", "وفال", "فبال", "وال", "بال", "كال", "فال", "ولل", "فلل", "لل", "ال"];
const ARABIC = /^[\u0621-\u064a\u067e\u0686\u0698\u06af\u06a4\u06a8\u06ad]+$/;
let clitics = {}, endings = [];
// Particles and endings come with the index; without them words are only folded.
const learn = (language = {}) => {
  endings = language.endings || [];
  clitics = {};
  for (const [particle, [usually, turns]] of Object.entries(language.clitics || {})) clitics[particle] = [usually, new Set(turns.split(" "))];
};

const falls = (particle, rest) => {
  let [usually, turns] = clitics[particle] || [0, new Set];
  for (let n = 1; n <= Math.min(rest.length, 5); n++) if (turns.has(rest.slice(0, n))) usually ^= 1;
  return usually;
};

const withoutArticle = word => {
  for (const article of ARTICLES) {
    if (!word.startsWith(article) || word.length < article.length + 2) continue;
    const rest = word.slice(article.length);
    if (article.endsWith("لل")) return falls("ل", rest) ? rest : "ل" + rest;
    return falls("ال", rest) ? rest : "";
  }
  return "";
};

const bare = word => {
  let rest = withoutArticle(word);
  if (rest) return rest;
  if ("وف".includes(word[0]) && word.length > 3 && falls(word[0], word.slice(1))) {
    word = word.slice(1);
    rest = withoutArticle(word);
    if (rest) return rest;
  }
  if ("بلك".includes(word[0]) && word.length > 3 && falls(word[0], word.slice(1))) word = word.slice(1);
  else if ("بل".includes(word[0]) && word.length === 3 && falls(word[0] + "2", word.slice(1))) return word.slice(1);
  if (word[0] === "س" && word.length > 4 && "يتن".includes(word[1]) && falls("س", word.slice(1))) return word.slice(2);
  return word[0] === "ي" && word.length > 3 && falls("ي", word.slice(1)) ? word.slice(1) : word;
};

const without = word => {
  for (const [ending, least] of endings)
    if (word.endsWith(ending) && word.length >= ending.length + least) return word.slice(0, -ending.length);
  return word;
};

const stem = (folded, lang) => !ARABIC.test(folded) ? folded : without(/^ar\b/.test(lang) ? bare(folded) : folded);
const stems = (text, lang) => tokens(text).map(word => stem(word, lang));

// words.py

const SOUNDS = table([["غقگچجڨڭgqkjc", "ك"], ["طt", "ت"], ["صثs", "س"], ["ژz", "ز"], ["ضذظd", "د"], ["حخh", "ه"], ["ڤfv", "ف"],
  ["پbp", "ب"], ["m", "م"], ["n", "ن"], ["l", "ل"], ["r", "ر"], ["x", "كس"], ["عa", "ا"], ["eiy", "ي"], ["ouw", "و"]]);
const PAIRS = {sh: "ش", ch: "ش", kh: "ه", gh: "ك", ph: "ف", th: "ت", ou: "و", ce: "سي", ci: "سي", ck: "ك"};
const LATIN = /[a-z]/, DOUBLED = /([^])\1+/gu;
const kept = make => { const known = new Map; return key => known.has(key) ? known.get(key) : (known.set(key, key = make(key)), key); };

const sound = kept(term => {
  const heard = text => [...text].map(letter => SOUNDS[letter] || letter).join("");
  if (!LATIN.test(term)) return heard(term.replaceAll("تش", "ش"));
  for (const pair in PAIRS) term = term.replaceAll(pair, PAIRS[pair]);
  return heard(term).replace(DOUBLED, "$1");
});
const skeleton = kept(term => {
  const [first, ...others] = sound(term);
  return ((/[اوي]/.test(first) ? "ا" : first) + others.join("").replace(/[اوي]/g, "")).replace(DOUBLED, "$1");
});
const sortingKey = term => skeleton(term) + " " + term;
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

// postings.py, lookup.py

const BLOCK = 300, CHUNK = 6;
const split = text => text ? text.split(" ") : [];
const decode = text => {
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
const rows = ([terms, texts] = ["", ""]) => {
  texts = split(texts);
  return new Map(split(terms).map((term, at) => [term, decode(texts[at] || "")]));
};

const lastAt = (firsts, term) => {
  let number = firsts.length - 1;
  while (number > 0 && firsts[number] > sortingKey(term)) number--;
  return number;
};

class Index {
  constructor(read, lang) {
    Object.assign(this, {fetched: {}, missing: new Set, shards: {}, words: {}, lang, get: read});
  }
  read(path) {
    return this.fetched[path] ??= this.get(path).then(text => (text = JSON.parse(text), this.missing.delete(path), text)).catch(() => { this.missing.add(path); delete this.fetched[path]; });
  }
  async open() {
    const head = this.head = await this.read("search/index.json") || {documents: [0, 0]};
    this.folder = head.frozen && `search/${head.frozen}/`;
    [this.language, this.directory] = await Promise.all([head.language && this.read(head.language), head.frozen && this.read(this.folder + "directory.json")]);
    this.language ||= {}, this.directory ||= {};
    learn(this.language);
    this.recent = rows([head.terms, head.postings]);
    this.firsts = split(this.directory.terms).map(sortingKey);
    this.frozen = head.documents[0];
    this.count = this.frozen + head.documents[1];
    this.blocks = split(head.blocks), this.chunks = split(head.chunks);
    this.stop = new Set(split(this.language.stop));
    this.aliases = {};
    for (const row of this.language.aliases || []) {
      const group = row.split("|").map(split);
      for (const name of group) (this.aliases["$" + name[0]] ||= []).push([name, group]);
    }
    return this;
  }
  async shard(term) {
    const number = lastAt(this.firsts, term);
    if (number < 0) return new Map;
    const found = this.shards[number] || await this.read(`${this.folder}terms-${number}.json`);
    if (!found) return new Map;
    return this.shards[number] = found.get ? found : rows(found);
  }
  async postings(term) {
    return [...(await this.shard(term)).get(term) || [], ...(this.recent.get(term) || []).map(posting => posting + 4 * this.frozen)];
  }
  async size(term) {
    return (await this.postings(term)).length;
  }
  async near(term) {
    const found = new Map([...await this.shard(term)].map(([one, postings]) => [one, postings.length]));
    for (const [one, postings] of this.recent) found.set(one, (found.get(one) || 0) + postings.length);
    return found;
  }
  async proposed(term, whole) {
    if (!this.folder) return this.spelled(-1, this.head.words);
    const keys = split(this.directory.words).map(sortingKey), [begun] = sortingKey(term), own = lastAt(keys, term);
    return (await Promise.all(keys.map(async (key, at) => (whole ? key[0] <= begun && begun <= (keys[at + 1] || begun)[0] : at === own)
      ? this.spelled(at, await this.read(`${this.folder}words-${at}.json`)) : []))).flat();
  }
  spelled(number, [words, sizes] = ["", ""]) {
    return this.words[number] ||= split(words).map((word, at) => [word, stem(tokens(word)[0], this.lang), +sizes[at]]);
  }
  async card(number) {
    const at = number < this.frozen ? number % BLOCK : number - this.frozen, file = Math.floor(at / CHUNK);
    const name = number < this.frozen ? `${this.blocks[Math.floor(number / BLOCK)]}-${file}` : `${this.chunks[file]}-0`;
    return (await this.read(`search/cards/${name}.json`) || [])[at % CHUNK];
  }
}

// query.py, keyboard.py

const NAMED = .9, MEANT = .7, SIZE = .05, CLOSE = 1.1;
const PREFIXES = ["وال", "بال", "كال", "فال", "لل", "ال", "و", "ف", "ب", "ل", "ك", "س"];
const way = (terms, weight) => ({terms, weight});

// All shards at once.
const load = (asked, index) => Promise.all(asked.flatMap(one => one.ways.flatMap(({terms}) => terms.map(term => index.shard(term)))));
const concepts = async (query, index) => {
  const {lang} = index;
  const every = [...new Set(tokens(query))].map(word => ({word, ways: [way([stem(word, lang)], 1)], meant: "", known: false}));
  const own = every.map(one => one.ways[0].terms[0]);
  for (let at = 0; at < own.length;) {
    const fits = (index.aliases["$" + own[at]] || []).filter(([name]) => name.every((term, n) => term === own[at + n]));
    const longest = Math.max(1, ...fits.map(([name]) => name.length));
    for (const [name, group] of fits) if (name.length === longest)
      for (const one of every.slice(at, at + longest)) one.ways.push(...group.filter(other => other.join() !== name.join()).map(other => way(other, NAMED)));
    at += longest;
  }
  const telling = every.filter(one => !index.stop.has(one.word) || one.ways.length > 1);
  const asked = telling.length ? telling : every;
  await load(asked, index);
  await Promise.all(asked.map(async one => {
    for (const {terms} of one.ways) one.known ||= (await Promise.all(terms.map(term => index.size(term)))).every(Boolean);
    if (one.known) await addLikelier(one, index);
    else for (const add of [addShorter, addJoined, addBegun, addSpellings, addParts]) {
      await add(one, index, one.word, one.ways[0].terms[0]);
      if (one.ways.length > 1) break;
    }
  }));
  await load(asked, index);
  return asked;
};

const addLikelier = async ({word, ways}, index) => {
  const own = ways[0].terms[0];
  if (Math.min(word.length, own.length) < 5 || ways.length > 1) return;
  const least = 5 * (await index.size(own) + 1);
  for (const [one, size] of await index.near(own))
    if (one !== own && size > least && skeleton(one) === skeleton(own) && distance(sound(own), sound(one), 1) < 2) ways.push(way([one], MEANT));
};
const addShorter = async ({ways}, index, word) => {
  const shorter = PREFIXES.filter(start => word.startsWith(start) && word.length >= start.length + 3).map(start => word.slice(start.length));
  const found = [...new Set([word, ...shorter, ...shorter.map(rest => stem(rest, index.lang))])];
  const sizes = await Promise.all(found.map(one => index.size(one))), at = sizes.findIndex(Boolean);
  if (at >= 0) ways.push(way([found[at]], NAMED));
};
const addJoined = async ({ways}, index, word) => {
  for (const start of ["عبد", "ابو", "ابن"]) {
    const rest = stem(word.slice(3), index.lang);
    if (word.startsWith(start) && word.length > 5 && await index.size(rest)) return ways.push(way([stem(start, index.lang), rest], NAMED));
  }
};
const addBegun = async ({ways}, index, word) => {
  if (word.length < 3) return;
  const begun = [...await index.near(word)].filter(([one]) => one.startsWith(word))
    .sort(([one, size], [other, than]) => than - size || (one < other ? -1 : 1));
  ways.push(...begun.slice(0, 3).map(([one]) => way([one], MEANT)));
};
const far = (form, one, most) => {
  const heard = distance(sound(form), sound(one), most);
  if (heard > most) return 20;
  const apart = skeleton(form) === skeleton(one) ? 0 : .5;
  return LATIN.test(form) ? heard + apart > most ? 20 : heard + apart : .7 * heard + .4 * distance(form, one, 3) + apart;
};
const addSpellings = async (concept, index, word, own) => {
  const asked = [...new Set([own, word, ended(word, index.lang)])], most = word.length < 4 ? 0 : word.length < 6 ? 1 : 2;
  const beside = (await Promise.all([own, word].map(form => index.near(form)))).flatMap(terms => [...terms].map(([one, size]) => ["", one, 32 - Math.clz32(size)]));
  let near;
  for (const whole of [false, true]) {
    const lists = await Promise.all([own, word, whole && own.slice(1) || own].map(form => index.proposed(form, whole)));
    near = nearest(asked, most, new Set([...beside, ...lists.flat()]));
    if (near[0]?.[0] <= CLOSE) break;
  }
  for (const [away, one, shown] of near.slice(0, 3)) if (away <= near[0][0] + SIZE) {
    concept.meant ||= shown;
    concept.ways.push(way([one], MEANT));
  }
};
const nearest = (asked, most, rows) => {
  const found = new Map;
  for (const [shown, one, size] of rows) {
    let least = 10;
    for (const form of asked) least = Math.min(least, far(form, one, most));
    if (least > 9) continue;
    const away = least - size * SIZE, before = found.get(one) || [away, one, ""];
    found.set(one, [Math.min(away, before[0]), one, before[2] || shown]);
  }
  return [...found.values()].filter(([, one]) => one !== asked[0]).sort(([a, one], [b, other]) => a - b || (one < other ? -1 : 1));
};
const addParts = async (concept, index, word) => {
  const heads = [...(await index.near(word)).keys()].filter(one => one.length > 2 && one.length <= word.length - 3 && word.startsWith(one));
  for (const head of heads.sort((one, other) => other.length - one.length)) {
    const rest = word.slice(head.length), second = stem(rest, index.lang);
    if (!await index.size(second)) continue;
    concept.meant = `${head} ${rest}`;
    return concept.ways.push(way([head, second], NAMED));
  }
};

const QWERTY = "qwertyuiop[]asdfghjkl;'zxcvbnm,./`";
const otherLayout = (query, keyboard = "") => {
  let typed = query.toLowerCase(), from = keyboard, to = QWERTY;
  const latin = typed.replace(/[^a-z]/g, "").length, other = [...typed].some(letter => letter !== " " && keyboard.includes(letter));
  if (latin * 2 > typed.replaceAll(" ", "").length || latin && !other) [from, to] = [to, from];
  else if (other) typed = typed.replaceAll("لا", "ﻻ");
  else return "";
  const made = [...typed].map(letter => to[from.indexOf(letter)] || letter).join("").replaceAll("ﻻ", "لا");
  return made === typed || !keyboard ? "" : made;
};

// ranking.py

const IMPACT = [1, 1.3, 2, 2.5];

const ofWay = async ({terms, weight}, index) => {
  const [first, ...others] = await Promise.all(terms.map(async term =>
    new Map((await index.postings(term)).map(posting => [posting >> 2, IMPACT[posting & 3] * weight]))));
  if (!others.length) return first;
  return new Map([...first].filter(([number]) => others.every(row => row.has(number)))
    .map(([number, value]) => [number, Math.min(value, ...others.map(row => row.get(number)))]));
};
const scores = async (asked, index) => {
  const totals = new Map;
  let whole = 0;
  for (const {ways} of asked) {
    const held = new Map;
    let size = 0;
    for (const one of ways) {
      const found = await ofWay(one, index);
      if (one.weight >= NAMED || !held.size) size = Math.max(size, found.size);
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
  for (const [number, [sum, share]] of totals) totals.set(number, Math.floor(sum * (share / whole) * Math.sqrt(share / whole) * 1e6 + .5));
  return totals;
};

const search = async (query, index) => {
  let asked = await concepts(query, index);
  let meant = asked.some(one => one.meant) ? asked.map(one => one.meant || one.word).join(" ") : "";
  if (!asked.some(one => one.known)) {
    const other = otherLayout(query, index.language.keyboard), retyped = await concepts(other, index);
    if (retyped.length && retyped.every(one => one.known)) [asked, meant] = [retyped, other];
  }
  const scored = await scores(asked, index);
  const documents = [...scored.keys()].sort((one, other) => scored.get(other) - scored.get(one) || other - one);
  return {documents, meant, terms: new Set(asked.flatMap(one => one.ways.flatMap(({terms}) => terms)))};
};

return {learn, fold, tokens, stem, stems, distance, skeleton, Index, search};
})();

// search.html
(() => {
const place = globalThis.document?.querySelector("[data-search]");
if (!place) return;
const {base, lang, digits} = place.dataset, say = JSON.parse(place.dataset.words), SHOWN = 10;
const part = name => place.querySelector("." + name), form = part("search"), list = part("search-results");
const status = part("search-count"), note = part("search-note"), meant = part("search-meant"), ways = part("search-ways"), more = part("search-more");
const KEYS = ["q", "theme", "source", "year", "sort"];
const read = path => fetch(base + path).then(answer => answer.ok ? answer.text() : Promise.reject());
const number = n => new Intl.NumberFormat(`${lang}-u-nu-${digits}`).format(n);
const counted = n => (!n && say.found.zero || say.found[new Intl.PluralRules(lang).select(n)] || say.found.other).replace("{n}", number(n));
const WORD = /[\p{L}\p{N}\p{M}\u0640\u200c\u200d]+/gu;
let index, turn = 0, typing;

const address = () => {
  const asked = new URLSearchParams;
  for (const key of KEYS) if (form[key]?.value.trim()) asked.set(key, form[key].value.trim());
  return "?" + asked;
};
const go = () => {
  if (address() !== location.search) history.pushState(null, "", address());
  run();
};

// Whole words are marked: joined letters stay joined.
const marked = (text, terms) => {
  const made = document.createDocumentFragment();
  let done = 0;
  for (const {0: word, index: at} of text.matchAll(WORD)) {
    if (!digestSearch.stems(word, lang).some(term => terms.has(term))) continue;
    const mark = document.createElement("mark");
    mark.textContent = word;
    made.append(text.slice(done, at), mark);
    done = at + word.length;
  }
  made.append(text.slice(done));
  return made;
};

const card = ([path, title, summary, theme, source, iso, day, language, dir], terms) => {
  const made = part("search-card").content.cloneNode(true), get = name => made.querySelector(name);
  const article = get("article"), link = get("a"), label = get(".label"), option = [...form.theme.options].find(one => one.value === theme), time = get("time");
  link.href = base + encodeURI(path).replace(/[?#]/g, encodeURIComponent);
  link.append(marked(title, terms));
  get(".card-summary").append(marked(summary || "", terms));
  if (dir) article.dir = dir;
  if (language) article.lang = language;
  article.className += " " + (option?.className || "");
  label.textContent = option?.textContent || "";
  if (source) get(".source").textContent = source;
  else get(".source").remove();
  time.textContent = day, time.dateTime = iso;
  return made;
};

const fits = async documents => {
  const [, theme, source, year] = KEYS.map(key => form[key]?.value);
  if (!theme && !source && !year) return documents;
  const files = await Promise.all([index.frozen && index.read(index.folder + "facets.json"), index.head.facets]);
  return documents.filter(number => {
    const late = number >= index.frozen, at = late ? number - index.frozen : number, facets = files[+late];
    return facets && (!theme || facets.themes[facets.theme[at]] === theme) && (!source || facets.outlets[facets.outlet[at]].includes(source))
      && (!year || facets.years.findLast(([, first]) => first <= at)[0] == year);
  });
};

const run = async () => {
  const mine = ++turn, query = form.q.value.trim();
  list.removeAttribute("data-state");
  if (!index?.count) index = new digestSearch.Index(read, lang), await index.open();
  const found = await digestSearch.search(query, index);
  const documents = await fits(found.documents);
  if (mine !== turn) return;
  if (form.sort.value) documents.sort((one, other) => other - one);
  more.hidden = true;
  // Cards are asked for together, and shown as they come.
  const show = async from => {
    const coming = documents.slice(from, from + SHOWN).map(number => index.card(number));
    await coming[0];
    if (mine !== turn) return;
    if (!from) list.replaceChildren();
    const at = list.children.length;
    for (const next of coming) {
      const row = await next;
      if (mine !== turn) return;
      if (row) list.append(card(row, found.terms));
    }
    note.textContent = index.missing.size ? say[index.count ? "part" : "broken"] : "";
    more.hidden = documents.length <= from + SHOWN;
    return list.children[at];
  };
  status.textContent = query && index.count ? counted(documents.length) : "";
  meant.hidden = !found.meant || !query;
  Object.assign(meant.lastElementChild, {textContent: found.meant, href: "?" + new URLSearchParams({q: found.meant})});
  ways.classList.toggle("shown", !documents.length);
  list.dataset.count = documents.length;
  let from = 0;
  more.onclick = async () => (await show(from += SHOWN))?.querySelector("a").focus();
  await show(0);
  if (mine === turn) list.dataset.state = "done";
};

const fill = () => {
  const asked = new URLSearchParams(location.search);
  for (const key of KEYS) if (form[key]) form[key].value = asked.get(key) || "";
  run();
};
form.addEventListener("submit", event => (event.preventDefault(), go()));
form.addEventListener("change", event => event.target === form.q || go());
form.addEventListener("input", event => {
  clearTimeout(typing);
  if (event.target === form.q) typing = setTimeout(run, 150);
});
addEventListener("popstate", fill);
fill();
})();
