"""A page's facts → the values of a story, each with where it came from.

In: a `Page`, the address it was read from, the clock. Out: `Metadata`. The order of trust is JSON-LD of the page's own
story, OpenGraph and other metadata, marked elements, lines beside the headline, the address. A value is never a guess:
what cannot be read stays empty.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import unquote, urljoin, urlsplit

import msgspec

from digest.content import urls
from digest.curating import addresses, dating, jsonld, outlets, pages, people, vocabulary
from digest.curating.drafts import Picture, Remark
from digest.text import cleaning, languages
from digest.text.folding import fold

if TYPE_CHECKING:
    from digest.curating.dating import Dated
    from digest.curating.jsonld import Node
    from digest.curating.pages import Element, Image, Page

RIGHT_TO_LEFT: Final = ("ar", "fa", "ur", "he")
LONGEST_TITLE: Final = 500
LONGEST_SUMMARY: Final = 1200
OUTLET_METAS: Final = (
    "application-name", "apple-mobile-web-app-title", "al:android:app_name", "dc.publisher", "publisher",
    "twitter:app:name:iphone",
)  # fmt: skip
TAGS: Final = re.compile(r"</?[a-zA-Z][^<>]{0,300}>")
ADDRESS: Final = re.compile(r"://|\bwww\.|\.\S*/|\]\(", re.IGNORECASE)
"""What is in an address and in no name: an entry's reader would take it for one."""
LIKE_A_HOST: Final = re.compile(r"(?:[\w-]+\.)+[a-zA-Z]{2,}")
PLACEHOLDER: Final = re.compile(
    r"\W*|\{\{.*\}\}|%%?\w+%%?|\[\w+\]|null|undefined|none|n/a|untitled|title|description|-", re.IGNORECASE
)


class Metadata(msgspec.Struct, frozen=True):
    """The values of a story as its page gives them; empty for what it does not give."""

    title: str = ""
    dated: Dated | None = None
    authors: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()
    """Where the text comes from, when it is not the outlet's own."""
    outlet: str = ""
    summary: str = ""
    lang: str = ""
    url: str = ""
    """Canonical."""
    picture: Picture | None = None
    dateline: str = ""
    origin: dict[str, str] = {}
    """Name of a value → `json-ld`, `opengraph`, `meta`, `microdata`, `html`, `text`, `url`."""
    dropped: tuple[tuple[str, str], ...] = ()
    """(name of a value, what the page gave that was not taken)."""
    remarks: tuple[Remark, ...] = ()
    is_article: bool = False
    """Whether the page itself says that it is a story."""


class Setting(NamedTuple):
    """What reading needs beside the page."""

    url: str
    """Where it was read from; empty when nobody knows."""
    zone: tzinfo
    """Of times that name none."""
    now: datetime
    """When the page was as it is: the clock, or the moment a file was saved."""
    today: datetime
    """The clock."""


class Given(NamedTuple):
    """A value and where it came from."""

    value: str
    origin: str


def read(page: Page, setting: Setting) -> Metadata:
    """The story of a page."""
    return StoryReader(page, setting).metadata()


def plain(raw: str, most: int = LONGEST_SUMMARY) -> str:
    """Text of a value that may be escaped twice, or HTML; empty for a placeholder."""
    text = raw[: most * 4]
    for _ in range(2):
        if "&" in text:
            text = html.unescape(text)
    if "<" in text:
        text = TAGS.sub(" ", text)
    text = cleaning.clean(text)[:most].strip()
    return "" if PLACEHOLDER.fullmatch(text) else text


class StoryReader:
    """One page, taken apart value by value."""

    def __init__(self, page: Page, setting: Setting) -> None:
        self.page = page
        self.setting = setting
        self.own = [one for one in page.elements if not one.where & pages.OTHERS]
        """Elements of the page that belong to no other story."""
        self.graph = jsonld.Graph(page.json_ld)
        self.dropped: list[tuple[str, str]] = []
        self.remarks: list[Remark] = []
        self.base = setting.url
        self.base = self.absolute(page.base) or setting.url
        self.url, self.url_origin = self.canonical()
        key = addresses.key(self.url)
        self.node: Node = (
            self.graph.story(lambda address: bool(key) and addresses.key(self.absolute(address)) == key) or {}
        )
        self.names = outlets.Names([given.value for given in self.outlet_names()], self.url)
        self.headings = self.found_headings()
        self.headline_part, self.site_part = self.title_parts()
        if self.site_part and not self.names.given and agrees(self.site_part, self.names.host):
            self.names = outlets.Names([*self.names.given, self.site_part], self.url)
        self.anchor = -1

    def metadata(self) -> Metadata:
        title = self.title()
        self.anchor = self.line_of(title.value)
        lang = self.lang(title.value)
        dated, date_origin = self.dated(lang.value)
        authors, agencies, author_origin = self.authors()
        summary = self.summary(title.value)
        outlet = self.outlet()
        picture, picture_origin = self.picture()
        dateline, filed_by = self.dateline()
        agencies = tuple({outlets.agency(name): name for name in reversed([*agencies, *filed_by])}.values())[::-1][:2]
        origin = {
            "title": title.origin, "date": date_origin, "authors": author_origin, "summary": summary.origin,
            "source": outlet.origin, "url": self.url_origin, "image": picture_origin, "lang": lang.origin,
        }  # fmt: skip
        return Metadata(
            title.value, dated, authors, agencies, outlet.value, summary.value, lang.value, self.url, picture, dateline,
            {name: where for name, where in origin.items() if where}, tuple(self.dropped), tuple(self.remarks),
            self.says_article(),
        )  # fmt: skip

    # ---------------------------------------------------------------- address

    def absolute(self, address: str) -> str:
        try:
            return urljoin(self.base, html.unescape(address.strip()))
        except ValueError:
            return ""

    def canonical(self) -> tuple[str, str]:
        """The page's address and who says so; another host, or a home page, is not believed."""
        own = addresses.canonical(self.setting.url)
        said = [(href, "html") for rel, href, _ in self.page.links if "canonical" in rel.split()]
        said += [(value, "opengraph") for value in self.page.all_metas("og:url")]
        said += [(value, "meta") for value in self.page.all_metas("twitter:url", "parsely-link")]
        given = [(addresses.canonical(self.absolute(value)), origin) for value, origin in said]
        given = [(address, origin) for address, origin in given if address]
        if not own:
            given += [(addresses.canonical(address), "json-ld") for address in self.story_addresses()]
            return next(((address, origin) for address, origin in given if not is_home(address)), ("", ""))
        domain = addresses.registered(addresses.host(own))
        for address, origin in given:
            host = addresses.host(address)
            if addresses.registered(host) != domain:
                self.drop("url", address, Remark("other-host", {"host": host}))
            elif is_home(address) and not is_home(own):
                self.drop("url", address, Remark("home-canonical"))
            else:
                return address, origin
        return own, "url"

    def story_addresses(self) -> Iterator[str]:
        for node in self.graph.nodes:
            if jsonld.types(node) & jsonld.ARTICLES:
                for key in ("url", "mainEntityOfPage", "@id"):
                    yield from (jsonld.text_of_page(value) for value in jsonld.listed(node.get(key)))

    def drop(self, name: str, value: str, remark: Remark | None = None) -> None:
        if (name, value) not in self.dropped:
            self.dropped.append((name, value))
        if remark and remark not in self.remarks and not any(one.code == remark.code for one in self.remarks):
            self.remarks.append(remark)

    # ---------------------------------------------------------------- title

    def title(self) -> Given:
        """The headline without the site's name."""
        page = self.page
        in_node = (plain(jsonld.text(self.node.get(key)), LONGEST_TITLE) for key in ("headline", "name"))
        heads = [plain(element.text, LONGEST_TITLE) for element in self.headings]
        candidates = [
            Given(plain(page.meta("og:title"), LONGEST_TITLE), "opengraph"),
            Given(next(filter(None, in_node), ""), "json-ld"),
            Given(plain(page.meta(*vocabulary.TITLE_METAS), LONGEST_TITLE), "meta"),
            Given(heads[0] if len(heads) == 1 else "", "html"),
            Given(self.headline_part or plain(page.title, LONGEST_TITLE), "html"),
            Given(heads[0] if heads else "", "html"),
        ]  # fmt: skip
        stripped = [Given(outlets.without_site(value, self.names), origin) for value, origin in candidates if value]
        stripped = [given for given in stripped if not self.names.has(given.value)] or stripped
        if not stripped:
            return Given("", "")
        best = self.voted(stripped, [outlets.without_site(head, self.names) for head in heads])
        others = [given.value for given in stripped if given != best]
        return Given(self.without_section(self.completed(best.value, others, heads)), best.origin)

    def found_headings(self) -> list[Element]:
        """`<h1>`, or where there is none an element called the story's title."""
        here = [one for one in self.page.elements if one.text and not one.where & pages.ASIDE]
        here = [one for one in here if len(one.text) <= LONGEST_TITLE]
        first_level = [one for one in here if one.tag == "h1" and not self.names.has(one.text)]
        called = [one for one in here if vocabulary.TITLE_HINT.search(one.hint) and not one.where & pages.OTHERS]
        return first_level or [one for one in called if len(one.text) >= 10]

    def title_parts(self) -> tuple[str, str]:
        """(headline, site) in `<title>`: the headline is the part that stands in the page on a line of its own."""
        title = plain(self.page.title, LONGEST_TITLE)
        cuts = [
            (0, 0),
            *((cut.start(), cut.end()) for cut in outlets.PARTED_TITLE.finditer(title)),
            (len(title), len(title)),
        ]
        if len(cuts) < 3 or len(cuts) > 12:
            return "", ""
        lines = {
            outlets.compared(line.text)
            for line in self.page.lines
            if 10 <= len(line.text) <= LONGEST_TITLE and not line.where & pages.ASIDE
        }
        parts = [
            (title[start[1] : end[0]].strip(), at, to)
            for at, start in enumerate(cuts[:-1])
            for to, end in enumerate(cuts)
            if to > at
        ]
        standing = [
            part
            for part in parts
            if len(part[0]) >= 10
            and outlets.compared(part[0]) in lines
            and not (part[1] == 0 and part[2] == len(cuts) - 1)
        ]
        if not standing:
            return "", ""
        headline, at, to = max(standing, key=lambda part: len(part[0]))
        rest = title[: cuts[at][0]] if at else title[cuts[-2][1] :] if to < len(cuts) - 1 else ""
        rest = rest.strip()
        return headline, rest if can_be_a_name(rest) else ""

    def voted(self, stripped: list[Given], heads: list[str]) -> Given:
        """The headline of JSON-LD, unless OpenGraph has another and a heading of the page agrees with that one alone.

        `<title>` has no vote: it is written for search engines, as OpenGraph often is.
        """
        said = {given.origin: given for given in reversed(stripped)}
        headline, shared = said.get("json-ld"), said.get("opengraph")
        if not headline or not shared:
            return headline or stripped[0]
        words, other = outlets.compared(headline.value), outlets.compared(shared.value)
        if words == other:
            # the same words: OpenGraph's punctuation is what readers see, JSON's is often escaped or quoted once more
            return Given(shared.value, headline.origin)
        shown = {outlets.compared(head) for head in heads}
        return shared if other in shown and words not in shown else headline

    def without_section(self, title: str) -> str:
        """The title without the name of its section behind it, where the page says what its section is called."""
        given = [self.page.meta("article:section", "section"), *jsonld.listed(self.node.get("articleSection"))[:5]]
        for section in filter(None, (plain(jsonld.text(value), 60) for value in given)):
            rest = title.removesuffix(section)
            bare = rest.rstrip(" -–—|/·»«›ㅣ")
            # “post-Brexit” is a word; where letters do not join by hyphens, a hyphen is a mark of its own
            if len(bare) > 15 and (len(rest) - len(bare) > 1 or (bare != rest and not section.isascii())):
                return bare
        return title

    def completed(self, title: str, others: list[str], heads: list[str]) -> str:
        """The title, longer where it was cut, shorter where a section's name follows the heading."""
        bare = title.rstrip(" .…")
        if title.endswith(("…", "...")):
            for other in others:
                if len(other) > len(bare) and fold(other).startswith(fold(bare)):
                    return other
        for other in [*heads, *others]:
            rest = title[len(other) :]
            if (
                15 < len(other) < len(title) < len(other) * 2
                and fold(title).startswith(fold(other))
                and outlets.PARTED.match(rest)
            ):
                return other
        return title

    def line_of(self, title: str) -> int:
        """The number of the line at which the story's headline stands; -1 for nowhere."""
        if self.headings:
            wanted = fold(title)
            best = next((one for one in self.headings if fold(one.text)[:40] == wanted[:40]), self.headings[0])
            return best.at
        wanted = outlets.compared(title)
        for number, line in enumerate(self.page.lines if wanted else ()):
            is_short = len(line.text) < LONGEST_TITLE and not line.where & pages.ASIDE
            if is_short and outlets.compared(line.text) == wanted:
                return number
        return -1

    # ---------------------------------------------------------------- language

    def lang(self, title: str) -> Given:
        """The primary language; what the letters say goes before what a template declares."""
        declared = [
            (self.page.lang, "html"), (jsonld.text(self.node.get("inLanguage")), "json-ld"),
            (self.page.meta("og:locale"), "opengraph"),
            (self.page.meta("content-language", "language", "dc.language", "inlanguage"), "meta"),
        ]  # fmt: skip
        long = [line.text for line in self.page.lines if len(line.text) > 60 and not line.where & pages.OTHERS]
        guessed = languages.guess(" ".join([title, *long][:8]))
        for tag, origin in declared:
            primary = re.split(r"[-_]", tag.strip().lower())[0]
            if re.fullmatch(r"[a-z]{2,3}", primary):
                turned = guessed in RIGHT_TO_LEFT
                if turned and guessed != primary and primary not in vocabulary.ARABIC_SCRIPT:
                    break
                if guessed and not turned and primary in RIGHT_TO_LEFT:
                    break
                return Given(primary, origin)
        return Given(guessed, "text" if guessed else "")

    # ---------------------------------------------------------------- date

    def dated(self, lang: str) -> tuple[Dated | None, str]:
        """The first believable date, to the minute where another place knows the minute of that day."""
        month_first = re.split(r"[-_]", self.page.lang.lower() + "-us")[:2] == ["en", "us"] or (
            lang == "en" and self.page.lang.lower() in ("en", "en-us")
        )
        found, doubted = self.believed(month_first=month_first)
        if not found:
            if doubted:
                self.remarks.append(Remark(doubted[0][0], {"date": cleaning.clean(doubted[0][1])[:60]}))
            return None, ""
        best, origin = refined(found)
        if best.moment and not best.has_zone and is_midnight(best.moment):
            best = msgspec.structs.replace(best, moment=None)
        if best.kind != "gregorian":
            self.remarks.append(
                Remark("hijri" if best.kind == "hijri" else "relative-date", {"date": cleaning.clean(best.text)})
            )
        return best, origin

    def believed(self, *, month_first: bool) -> tuple[list[tuple[Dated, str]], list[tuple[str, str]]]:
        """(dates that a story may have, with their origins; why others cannot be, with their texts)."""
        found: list[tuple[Dated, str]] = []
        doubted: list[tuple[str, str]] = []
        for raw, origin in self.dates():
            dated = dating.read(raw, self.setting.zone, self.setting.now, month_first=month_first)
            if dated is None:
                continue
            if doubt := dating.doubt(dated, self.setting.today):
                doubted.append((doubt, raw))
                self.drop("date", raw[:60])
                continue
            found.append((dated, origin))
            if len(found) > 20:
                break
        return found, doubted

    def dates(self) -> Iterator[tuple[str, str]]:
        """Every text that may be the day of publication, the most trusted first."""
        yield from self.node_dates("datePublished", "uploadDate", "dateCreated")
        yield from ((value, "opengraph") for value in self.page.all_metas(*vocabulary.PUBLISHED_METAS))
        if not self.node:
            for other in self.graph.nodes:
                if jsonld.types(other) & {"webpage", "itempage"} and (value := jsonld.text(other.get("datePublished"))):
                    yield value, "json-ld"
        for name in vocabulary.DATE_METAS:
            yield from ((value, "meta") for value in self.page.all_metas(name))
        yield from self.marked_dates()
        yield from self.dates_beside_headline()
        if found := vocabulary.URL_DATE.search(unquote(urlsplit(self.url).path)):
            yield "-".join(found.groups()), "url"
        yield from self.node_dates("dateModified")
        yield from ((value, "opengraph") for value in self.page.all_metas("article:modified_time", "og:updated_time"))

    def node_dates(self, *keys: str) -> Iterator[tuple[str, str]]:
        for key in keys:
            if value := jsonld.text(self.node.get(key)):
                yield value, "json-ld"

    def marked_dates(self) -> Iterator[tuple[str, str]]:
        """`itemprop=datePublished`, then `<time>` and elements called date, the nearest to the headline first."""
        for element in self.page.elements:
            if "datepublished" in element.hint.split():
                yield element.value or element.text, "microdata"
        near = sorted(
            (one for one in self.own if one.tag == "time" or vocabulary.DATE_HINT.search(one.hint)),
            key=lambda one: (bool(vocabulary.MODIFIED.search(one.hint)), self.distance(one.at)),
        )
        for element in near[:12]:
            if self.anchor >= 0 and self.distance(element.at) > 60:
                continue
            text = element.text.replace("\n", " ")
            if element.tag == "time" and element.value and has_digits(element.value):
                yield element.value, "html"
            if text and len(text) <= 200:
                yield unmodified(text), "html"
            elif element.value and has_digits(element.value):
                yield element.value, "html"

    def distance(self, at: int) -> int:
        """Lines between a place and the headline; what stands above it is farther."""
        if self.anchor < 0:
            return at
        return at - self.anchor if at >= self.anchor else (self.anchor - at) * 2

    def dates_beside_headline(self) -> Iterator[tuple[str, str]]:
        """Lines just below the headline, just above it, and the end of the story."""
        lines = self.page.lines
        if self.anchor >= 0:
            places = [*range(self.anchor, self.anchor + 14), *range(self.anchor - 1, max(self.anchor - 5, -1), -1)]
        else:
            places = list(range(min(len(lines), 60)))
        for line in [lines[number] for number in places if 0 <= number < len(lines)]:
            is_own = line.linked * 2 <= len(line.text) <= 160 and not line.where & pages.OTHERS
            if is_own and has_digits(line.text):
                yield unmodified(line.text), "text"
        for line in lines[max(self.anchor, 0) : max(self.anchor, 0) + 400]:
            said = vocabulary.PUBLISHED_WORDS.match(line.text) if len(line.text) <= 120 else None
            if said and not line.where & pages.OTHERS and has_digits(line.text):
                yield unmodified(line.text), "text"

    # ---------------------------------------------------------------- persons

    def authors(self) -> tuple[tuple[str, ...], tuple[str, ...], str]:
        """(persons, agencies, origin): the first place that names any person; agencies of all places before it."""
        agencies: dict[int, str] = {}
        for names, origin in self.bylines():
            found, others = people.persons(names, self.names)
            for name in others:
                agencies.setdefault(outlets.agency(name), name)
            if found:
                return found, tuple(agencies.values()), origin
            for name in names:
                self.drop("authors", plain(name, 100))
        return (), tuple(agencies.values()), ""

    def bylines(self) -> Iterator[tuple[list[str], str]]:
        """Names as each place gives them."""
        node = self.node
        for key in ("author", "creator"):
            names = [name for value in jsonld.listed(node.get(key))[:30] if (name := self.name_of(value))]
            if names:
                yield names, "json-ld"
        metas = self.page.all_metas("article:author", "og:article:author", "article:author_name", "article:authors")
        yield [name for name in metas if "/" not in name], "opengraph"
        if vocabulary.AUTHOR_LABEL.search(self.page.meta("twitter:label1")):
            yield self.page.all_metas("twitter:data1"), "meta"
        for name in vocabulary.AUTHOR_METAS:
            if values := self.page.all_metas(name):
                yield values, "meta"
        yield from self.marked_bylines()
        yield from self.bylines_beside_headline()

    def name_of(self, value: Any) -> str:  # noqa: ANN401 - JSON
        value = self.graph.resolved(value)
        if isinstance(value, dict):
            name = jsonld.text(value.get("name")) or jsonld.text([value.get("givenName"), value.get("familyName")])
            both = [jsonld.text(value.get(key)) for key in ("givenName", "familyName")]
            return name if value.get("name") or not all(both) else " ".join(both)
        return value if isinstance(value, str) else ""

    def marked_bylines(self) -> Iterator[tuple[list[str], str]]:
        """`itemprop=author`, `rel=author`, elements called author or byline, near the headline."""
        marked = [one for one in self.own if one.text and len(one.text) <= 250]
        if self.anchor >= 0:
            marked = [one for one in marked if self.distance(one.at) <= 80]
        for pattern, origin in (
            (vocabulary.ITEM_AUTHOR, "microdata"),
            (vocabulary.REL_AUTHOR, "html"),
            (vocabulary.AUTHOR_HINT, "html"),
        ):
            found = [one for one in marked if pattern.search(one.hint) and not vocabulary.AUTHOR_NOT.search(one.hint)]
            found = found[:40]
            if not found:
                continue
            texts = [one.text for one in found]
            nearest = min(self.distance(one.at) for one in found)
            near = [one.text for one in found if self.distance(one.at) <= nearest + 8]
            inner = [text for text in near if not any(len(other) < len(text) and other in text for other in texts)]
            names = [text.split("\n")[0] if len(text) > 80 else text for text in inner]
            yield list(dict.fromkeys(names))[:6], origin

    def bylines_beside_headline(self) -> Iterator[tuple[list[str], str]]:
        """«بقلم: …», “By …” on a line of its own."""
        lines = self.page.lines
        if self.anchor < 0:
            return
        for number in range(max(self.anchor - 3, 0), min(self.anchor + 14, len(lines))):
            line = lines[number]
            if number == self.anchor or len(line.text) > 160 or line.where & pages.OTHERS:
                continue
            match = vocabulary.BYLINE.match(line.text) or vocabulary.BYLINE_INSIDE.search(line.text)
            if match:
                yield [line.text[match.start() :].strip(" |•·،,-").split(" | ")[0]], "text"

    # ---------------------------------------------------------------- outlet

    def outlet_names(self) -> Iterator[Given]:
        """What the site calls itself."""
        page, graph = self.page, self.graph
        publisher = graph.resolved(first(self.node.get("publisher")))
        said = publisher.get("name") if isinstance(publisher, dict) else publisher
        yield Given(plain(jsonld.text(said), 100), "json-ld")
        yield Given(plain(page.meta("og:site_name"), 100), "opengraph")
        for node in graph.nodes:
            if jsonld.types(node) & jsonld.OUTLETS:
                yield Given(plain(jsonld.text(node.get("name")), 100), "json-ld")
        for name in OUTLET_METAS:
            yield Given(plain(page.meta(name), 100), "meta")

    def outlet(self) -> Given:
        """The outlet's name: its own word, the tail of the title, or its host."""
        host = self.names.host
        given = [one for one in self.outlet_names() if one.value and not looks_like_sentence(one.value)]
        letters = scripts("".join(one.text for one in self.headings) or self.page.title)
        # its name in the letters of its readers; the outlet, which its host is called after, before the company that
        # owns it and the system that serves it; a name before an address
        given.sort(
            key=lambda one: (
                not scripts(one.value) & letters, not agrees(one.value, host), bool(LIKE_A_HOST.fullmatch(one.value)),
            )
        )  # fmt: skip
        given = [one for one in given if one.origin != "meta" or agrees(one.value, host)]
        tail = self.tail()
        if given and (scripts(given[0].value) & letters or not (tail.isascii() and scripts(tail) & letters)):
            return Given(outlets_name(given[0].value), given[0].origin)
        return Given(tail, "html") if tail else Given(host, "url" if host else "")

    def tail(self) -> str:
        """The site's name in `<title>`: what is beside the headline, or says the same as the host."""
        if self.site_part and agrees(self.site_part, self.names.host):
            return self.site_part
        title = plain(self.page.title, LONGEST_TITLE)
        cuts = list(outlets.PARTED.finditer(title))
        if not cuts:
            return ""
        heads = " ".join(fold(one.text) for one in self.headings)
        for name in (title[cuts[-1].end() :].strip(), title[: cuts[0].start()].strip()):
            if can_be_a_name(name) and fold(name) not in heads and agrees(name, self.names.host):
                return name
        return ""

    # ---------------------------------------------------------------- summary, picture, place

    def summary(self, title: str) -> Given:
        """What the page says of itself in a sentence or two; never its title again."""
        page = self.page
        given = [
            Given(page.meta("og:description"), "opengraph"),
            Given(jsonld.text(self.node.get("description")), "json-ld"),
            Given(page.meta(*vocabulary.SUMMARY_METAS), "meta"),
            Given(jsonld.text([self.node.get("abstract"), self.node.get("alternativeHeadline")]), "json-ld"),
        ]  # fmt: skip
        heading = outlets.compared(title)
        best = Given("", "")
        for value, origin in given:
            text = plain(value)
            if len(text) < 20 or outlets.compared(text) == heading or self.names.has(text):
                continue
            is_cut = best.value.endswith(("…", "...")) and len(text) > len(best.value)
            if not best.value or (is_cut and fold(text).startswith(fold(best.value.rstrip(" .…"))[:60])):
                best = Given(text, origin)
        return best

    def picture(self) -> tuple[Picture | None, str]:
        """The lead picture with its words."""
        for value, origin, words in self.pictures():
            address, _ = urls.gate(self.absolute(value)) if value.strip() else ("", "")
            if not urls.is_external(address) or vocabulary.NO_PICTURE.search(address.lower()):
                continue
            caption, credit = self.words_of(words)
            alt = plain(words.get("alt", "") or self.page.meta("og:image:alt", "twitter:image:alt"), 300)
            return Picture(address, alt, caption, credit), origin
        return None, ""

    def pictures(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """(address, origin, what is said of it)."""
        node_images = [self.graph.resolved(value) for value in jsonld.listed(self.node.get("image"))[:10]]
        told = next((value for value in node_images if isinstance(value, dict)), {})
        for value in self.page.all_metas("og:image", "og:image:url", "og:image:secure_url"):
            yield value, "opengraph", told
        for value in node_images:
            if isinstance(value, dict):
                yield jsonld.text(value.get("url") or value.get("contentUrl")), "json-ld", value
            elif isinstance(value, str):
                yield value, "json-ld", {}
        yield jsonld.text(self.node.get("thumbnailUrl")), "json-ld", {}
        for value in self.page.all_metas("twitter:image", "twitter:image:src", "thumbnail"):
            yield value, "meta", {}
        for rel, href, _ in self.page.links:
            if rel in ("image_src", "preload image"):
                yield href, "html", {}
        for image in lead_images(self.page):
            yield image.src, "html", {"alt": image.alt}

    def words_of(self, told: dict[str, Any]) -> tuple[str, str]:
        """(caption, credit) of the lead picture: JSON-LD, then the first caption of the story."""
        caption = plain(jsonld.text(told.get("caption")) or jsonld.text(told.get("description")), 600)
        credit = ""
        for key in ("creditText", "creator", "author", "copyrightHolder", "copyrightNotice", "credit"):
            if credit := plain(jsonld.text(self.graph.resolved(first(told.get(key)))), 200):
                break
        captions = [one for one in self.own if one.tag == "figcaption" or vocabulary.CAPTION_HINT.search(one.hint)]
        captions = [one for one in captions if one.text]
        marked = [one for one in self.own if vocabulary.CREDIT_HINT.search(one.hint) and 0 < len(one.text) <= 120]
        if captions:
            own, own_credit = parted_caption(plain(captions[0].text.replace("\n", " "), 600))
            inside = next((one for one in marked if one.text in captions[0].text and one is not captions[0]), None)
            if inside:
                own = own.replace(plain(inside.text), "").strip(" –—-|/()")
            caption = caption or own
            credit = credit or (plain(inside.text, 200) if inside else own_credit)
        if not credit and marked:
            credit = plain(marked[0].text, 200)
        if caption and not credit:
            caption, credit = parted_caption(caption)
        return caption, unmarked_credit(credit)

    def dateline(self) -> tuple[str, list[str]]:
        """(place, agencies) of «الرباط (رويترز) – …» at the beginning, and of «المصدر: رويترز» at the end."""
        own = [line for line in self.page.lines if not line.where & pages.OTHERS]
        body = [line for line in own if len(line.text) > 40 and line.linked * 2 < len(line.text)]
        place, agencies = "", []
        after = [line.text for line in body if self.anchor < 0 or self.page.lines.index(line) > self.anchor][:3]
        for text in after:
            match = vocabulary.DATELINE.match(text)
            if match:
                inner = [part.strip() for part in re.split(r"[/،,–—-]|\s\+\s|\sو", match["by"] or "")]
                agencies += [name for name in inner if outlets.is_agency(name)]
                if agencies:
                    place = cleaning.clean(match["place"]).strip(" -–—،,/:")
                break
        for line in own:
            match = vocabulary.SOURCE_LINE.match(line.text) if len(line.text) <= 120 else None
            names = [part.strip(" .()[]-–") for part in re.split(r"[+،,/;|]|\sو\s?", match[1])] if match else ()
            agencies += [name for name in names if outlets.is_agency(name)]
        unique = {outlets.agency(name): name for name in reversed(agencies) if not self.names.has(name)}
        return place, list(unique.values())

    # ---------------------------------------------------------------- kind

    def says_article(self) -> bool:
        """Whether the page's own metadata call it a story."""
        kinds = jsonld.types(self.node) if self.node else frozenset()
        return bool(
            kinds & jsonld.ARTICLES
            or (kinds & jsonld.MEDIA and self.node.get("uploadDate"))
            or self.page.meta("og:type").lower() in ("article", "video.other", "news", "newsarticle", "blog")
            or self.page.meta("article:published_time")
        )


# ------------------------------------------------------------------ helpers


def lead_images(page: Page) -> list[Image]:
    """The pictures of the story itself, those in a figure first."""
    figures = [
        one for one in page.images if one.where & (pages.FIGURE | pages.ARTICLE) and not one.where & pages.OTHERS
    ]
    return sorted(figures, key=lambda one: not one.where & pages.FIGURE)[:3]


def is_home(address: str) -> bool:
    """Whether an address is that of a site's first page, in one language or several."""
    path = urlsplit(address).path.strip("/").lower()
    return not urlsplit(address).query and (
        not path
        or bool(re.fullmatch(r"(?:[a-z]{2}(?:[-_][a-z]{2})?|home|index(?:\.\w+)?|arabic|english|default\.aspx?)", path))
    )


def is_midnight(moment: datetime) -> bool:
    return (moment.hour, moment.minute, moment.second) == (0, 0, 0)


def refined(found: list[tuple[Dated, str]]) -> tuple[Dated, str]:
    """The first date, with the minute or the zone that another place has for the same moment."""
    best, origin = found[0]
    for other, where in found[1:]:
        if other.moment is None or is_midnight(other.moment):
            continue
        if best.moment is None or is_midnight(best.moment):
            same = other.day == best.day or (other.has_zone and abs(other.day - best.day) <= timedelta(days=1))
        else:
            same = not best.has_zone and other.has_zone and wall_clock(other.moment) == wall_clock(best.moment)
        if same:
            return other, where
    return best, origin


def wall_clock(moment: datetime) -> datetime:
    """What the clock on a wall shows, to the minute."""
    return moment.replace(tzinfo=None, second=0, microsecond=0)


def has_digits(text: str) -> bool:
    return any(c.isdigit() for c in text) or bool(re.search(r"منذ|قبل|أمس|اليوم|yesterday|today|hier", text))


def unmodified(text: str) -> str:
    """A line without the part that says when the page was changed last, where it also says when it was published."""
    changed = vocabulary.MODIFIED_WORDS.search(text)
    if not changed:
        return text
    published = vocabulary.PUBLISHED_WORDS.search(text)
    if published and published.start() > changed.start():
        return text[published.start() :]
    return text[: changed.start()] if has_digits(text[: changed.start()]) else text


def first(value: Any) -> Any:  # noqa: ANN401 - JSON
    return value[0] if isinstance(value, list) and value else value


def looks_like_sentence(name: str) -> bool:
    """Whether what should be a name is a slogan or a notice."""
    return (
        len(name) > 60
        or len(name.split()) > 8
        or "©" in name
        or name.lower().startswith("copyright")
        or ADDRESS.search(name) is not None
    )


def can_be_a_name(part: str) -> bool:
    """Whether a part of `<title>` is as short as the name of a site, and no address."""
    return 2 <= len(part) <= 40 and len(part.split()) <= 5 and not looks_like_sentence(part)


def agrees(name: str, host: str) -> bool:
    """Whether a name of doubtful origin has something of the host: its beginning, or its initials."""
    label = max(host.split(".")[:-1] or [""], key=len).replace("-", "")
    plain = outlets.squeezed(name)
    initials = "".join(word[0] for word in outlets.compared(name).split())
    begins = len(initials) > 1 and label.startswith(initials)
    return not name.isascii() or not label or begins or plain[:5] in label or label[:5] in plain


def scripts(text: str) -> set[str]:
    """The alphabets of a text's letters, as Unicode calls them: `ARABIC`, `LATIN`."""
    return {unicodedata.name(c, "").partition(" ")[0] for c in set(text[:300]) if c.isalpha()}


def outlets_name(name: str) -> str:
    """A site's name without its address and the slogan behind it."""
    name = re.sub(r"\s*\((?:https?://|www\.)[^()]*\)$", "", name)
    cuts = list(outlets.PARTED.finditer(name))
    return name[: cuts[0].start()].strip() if cuts and cuts[0].start() > 2 and len(name) > 30 else name


def parted_caption(caption: str) -> tuple[str, str]:
    """(caption, credit) of «… (رويترز)», “… Photo: Name”, “… / Getty Images”."""
    match = vocabulary.CREDIT_TAIL.search(caption)
    if match:
        credit = (match["in"] or match["after"] or "").strip()
        if match["after"] or vocabulary.CREDIT_WORDS.search(credit) or outlets.is_agency(credit):
            return caption[: match.start()].strip(" -–—|/"), credit
    match = vocabulary.AGENCY_TAIL.search(caption)
    if match and match.start() > 0:
        return caption[: match.start()].strip(" -–—|/("), match["name"]
    return caption, ""


def unmarked_credit(credit: str) -> str:
    """«تصوير: فلان» → «فلان»."""
    return vocabulary.CREDIT_LEAD.sub("", credit).strip(" :()[]")
