"""An edition as a mail: what is in it, what clients and services must not make of it, what is refused."""

from __future__ import annotations

import email
import json
import random
import re
from email.header import decode_header, make_header
from email.policy import SMTP
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import hostile
import pytest
from click.testing import CliRunner
from msgspec.structs import replace
from PIL import Image
from test_hostile import in_quotes

from digest.cli import main
from digest.mail import colours, mailing, message
from digest.mail.inert import inert, inert_plain
from digest.mail.linting import lint
from digest.mail.rendering import HTML_LIMIT
from digest.mail.views import MailColours, MailPicture, MailSection, MailStory, MailView
from digest.problems import DigestError, UsageError

if TYPE_CHECKING:
    from conftest import LittleSite

    from digest.mail.mailing import Mail

RLM = "\u200f"


def edition(site: LittleSite, *entries: str, more: str = "", body: str = "كلمة المحرر.") -> LittleSite:
    listed = "".join(f"\n  - {name}" for name in entries)
    return site.put(
        "content/editions/47.md",
        f"---\ntitle: 'العدد 47: الطريق'\ndate: 2026-11-22T20:00\n{more}entries:{listed}\n---\n\n{body}\n",
    )


def mail_of(site: LittleSite, name: str = "47") -> Mail:
    return mailing.make(replace(site.order, output=None), name)


def refusal(site: LittleSite) -> list[str]:
    with pytest.raises(DigestError) as refused:
        mail_of(site)
    return [str(problem) for problem in refused.value.problems]


def photo(width: int = 900, mode: str = "RGB") -> bytes:
    made = BytesIO()
    Image.new(mode, (width, width // 2), "navy").save(made, "PNG")
    return made.getvalue()


@pytest.fixture
def issue(site: LittleSite) -> LittleSite:
    site.entry(
        "sport/final", "title: نهائي الكأس\nsummary: فازوا 3-2.\nsource: {name: وكالة المرفأ, url: https://a.example/}"
    )
    site.entry("politics/vote", "title: القانون الجديد\nsource: [{name: Atlas Wire}, {name: הארץ}]")
    site.entry("sport/run", "title: السباق")
    return edition(site, "sport/final", "politics/vote", "sport/run")


# ------------------------------------------------------------------ what is in it


def test_mail_of_an_edition_has_its_stories_in_the_order_and_groups_of_its_page(issue: LittleSite) -> None:
    """Themes in the order of their first stories, sources named, addresses absolute."""
    view = mail_of(issue).rendered.view
    shown = [(section.title.plain, [story.title.plain for story in section.stories]) for section in view.sections]
    assert shown == [("رياضة", ["نهائي الكأس", "السباق"]), ("سياسة", ["القانون الجديد"])]
    issue.build()
    page = issue.text("editions/47/index.html")
    titles = [story for _, stories in shown for story in stories]
    assert sorted(titles, key=lambda title: page.rindex(f">{title}<")) == titles
    assert [story.url for section in view.sections for story in section.stories] == [
        "https://news.example/sport/final/", "https://news.example/sport/run/", "https://news.example/politics/vote/",
    ]  # fmt: skip
    assert view.sections[1].stories[0].sources.plain.endswith("הארץ")


def test_every_address_in_a_mail_is_absolute(issue: LittleSite) -> None:
    """Also those that the editor's words lead to, below a base path."""
    issue.put("site.yaml", (issue.root / "site.yaml").read_text("utf-8").replace("news.example/", "news.example/خبر/"))
    edition(
        issue, "sport/final", body="[هنا](/sport/run/) و[هناك](https://b.example/?a=1&b=2) و[بريد](mailto:a@b.example)"
    )
    found = re.findall(r'(?:href|src)="([^"]+)"', mail_of(issue).rendered.html)
    assert "https://news.example/%D8%AE%D8%A8%D8%B1/sport/run/" in found
    assert "https://b.example/?a=1&amp;b=2" in found
    assert all(url.startswith(("https://", "mailto:")) for url in found)


def test_picture_in_a_mail_is_a_jpeg_or_png_that_the_site_has(issue: LittleSite) -> None:
    """At most 1200 pixels wide, with its words; the same picture is shown once."""
    issue.put("content/sport/a.png", photo(3000)).put("content/editions/b.png", photo(500, "RGBA"))
    issue.entry("sport/final", "title: نهائي\nimage: {src: a.png, alt: ملعب}")
    edition(issue, "sport/final", "sport/run", more="image: {src: b.png, alt: غلاف}\n")
    issue.build()
    body = mail_of(issue).rendered.html
    pictures = re.findall(r'<img src="https://news.example/(media/[^"]+)" alt="([^"]*)" width="(\d+)"', body)
    assert [(alt, width) for _, alt, width in pictures] == [("غلاف", "600"), ("ملعب", "544")]
    for path, _, _ in pictures:
        made = Image.open(BytesIO(issue.files()[path]))
        assert made.format in {"JPEG", "PNG"}
        assert made.width <= 1200
    edition(issue, "sport/final", more="image: {src: /sport/a.png, alt: ملعب}\n")
    assert mail_of(issue).rendered.html.count("<img") == 1


def test_picture_that_the_site_has_only_wider_is_left_out_with_advice(issue: LittleSite) -> None:
    issue.put("content/editions/b.png", photo(1600))
    issue.put("site.yaml", (issue.root / "site.yaml").read_text("utf-8") + "images: {widths: [1600]}\n")
    edition(issue, "sport/final", more="image: {src: b.png, alt: غلاف}\n")
    mail = mail_of(issue)
    assert "<img" not in mail.rendered.html
    assert any("wider than 1200 pixels" in problem.message for problem in mail.advice)


def test_mail_has_the_colours_of_the_sites_own_style_sheet(issue: LittleSite) -> None:
    """Of `:root` outside media queries, and of the themes; text keeps its contrast."""
    issue.put(
        "templates/assets/site.css",
        "/* x */ :root { --band: #123; } @media print { :root { --band: #fff } } .theme-2 { --theme: #eeeeee }",
    )
    view = mail_of(issue).rendered.view
    assert view.colours.band == "#112233"
    sport = view.sections[0]
    assert (sport.colour, sport.ink) == ("#eeeeee", view.colours.ink)


def test_colours_of_the_builtin_sheet_can_be_read_as_text() -> None:
    """Text on its ground, at least 4.5 : 1; turned into their opposites they still are."""
    sheet = (Path(__file__).parent.parent / "templates/assets/style.css").read_text("utf-8")
    found = colours.mail_colours(colours.properties([sheet]))
    pairs = [
        (found.ink, found.paper), (found.soft, found.paper), (found.soft, found.wash), (found.accent, found.paper),
        ("#ffffff", found.accent), (found.band_ink, found.band),
    ]  # fmt: skip
    opposite = {one: f"#{0xFFFFFF - int(one[1:], 16):06x}" for pair in pairs for one in pair}
    assert [pair for pair in pairs if colours.contrast(*pair) < 4.5] == []
    assert [pair for pair in pairs if colours.contrast(opposite[pair[0]], opposite[pair[1]]) < 4.5] == []


# ------------------------------------------------------------------ how long it is


def test_long_edition_ends_at_a_whole_story_with_a_way_to_the_rest(site: LittleSite) -> None:
    """The HTML keeps the limit, the command says how many stories are left out."""
    names = [f"sport/{number}" for number in range(90)]
    for number, name in enumerate(names):
        site.entry(name, f"title: {'خبر طويل ' * 9}{number}\nsummary: {'كلام كثير عن الخبر ' * 12}")
    edition(site, *names)
    mail = mail_of(site)
    assert len(mail.rendered.html.encode()) <= HTML_LIMIT == 73_000
    assert len(mail.rendered.html.encode()) > HTML_LIMIT - 3_000
    view = mail.rendered.view
    assert view.stories + view.left_out == 90
    assert "بقية العدد على الموقع" in mail.rendered.html
    assert "بقية العدد على الموقع" in mail.rendered.text
    last = view.sections[-1].stories[-1]
    assert last.title.plain in mail.rendered.html
    assert str(last.url) in mail.rendered.text
    parts = email.message_from_bytes(mail.message).get_payload()
    assert len(parts[1].get_payload()) <= 102_000
    said = CliRunner().invoke(main, ["email", "47", "--site", str(site.root), "--dry-run"]).output
    assert f"{view.left_out} stories left out" in said


def test_edition_of_forty_usual_stories_fits(site: LittleSite) -> None:
    names = [f"sport/{number}" for number in range(40)]
    for number, name in enumerate(names):
        site.entry(name, f"title: الفريق يفوز في مباراة الموسم رقم {number} على ملعبه\nsummary: {'كلام عن الخبر ' * 9}")
    edition(site, *names)
    assert mail_of(site).rendered.view.left_out == 0


def test_introduction_that_is_too_long_for_a_mail_is_refused(issue: LittleSite) -> None:
    edition(issue, "sport/final", body="كلام " * 9_000)
    assert "without a single story" in refusal(issue)[0]


# ------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(("line", "state"), [("draft: true", "a draft"), ("date: 2027-01-01", "dated later than now")])
def test_edition_with_an_entry_that_is_not_published_is_refused_at_its_line(
    issue: LittleSite, line: str, state: str
) -> None:
    issue.entry("sport/run", line)
    (problem,) = refusal(issue)
    assert problem.startswith("content/editions/47.md:7:")
    assert "sport/run" in problem
    assert state in problem


def test_entry_that_names_an_edition_and_is_a_draft_is_refused_too(issue: LittleSite) -> None:
    issue.entry("sport/late", "edition: '47'\ndraft: true")
    (problem,) = refusal(issue)
    assert problem.startswith("content/sport/late.md:2:")


@pytest.mark.parametrize(("line", "words"), [("draft: true\n", "is a draft"), ("date: 2027-01-01\n", "later than now")])
def test_edition_that_is_not_published_is_refused(issue: LittleSite, line: str, words: str) -> None:
    text = (issue.root / "content/editions/47.md").read_text("utf-8")
    text = text.replace("date: 2026-11-22T20:00\n", "" if "date" in line else "date: 2026-11-22T20:00\n")
    issue.put("content/editions/47.md", text.replace("entries:", f"{line}entries:"))
    (problem,) = refusal(issue)
    assert words in problem


def test_unknown_edition_is_wrong_usage_with_the_nearest_one(issue: LittleSite) -> None:
    with pytest.raises(UsageError, match="'47'"):
        mail_of(issue, "4")
    assert CliRunner().invoke(main, ["email", "nothing", "--site", str(issue.root)]).exit_code == 2


# ------------------------------------------------------------------ the head of the message


def titles() -> list[str]:
    """Two hundred: Arabic, mixed, emoji, long ones, pieces of encoded words, marks of templates."""
    made = random.Random(21)
    words = ["إلى", "الحي", "الجامعي", "كأس", "العالم", "FIFA", "2030", "«قال»", "+7%", "🏆", "👩🏽‍⚖️", "é", "=?utf-8?q?x?=", "{{x}}",
             "*|FNAME|*", "הארץ", "?=", "a@b.example", "–", "%recipient%", "؟", '"اقتباس"', "<b>"]  # fmt: skip
    return [" ".join(made.choices(words, k=made.randint(1, 14))) for _ in range(190)] + [
        "ط" * 500, "خبر " * 120 + "آخر", "🏆" * 60, "a", "Latin only", "x" * 200, " ".join("ab" for _ in range(60)),
        "=?utf-8?b?2KfZhA==?=", "القمة، والقاع", "عدد 1",
    ]  # fmt: skip


def test_two_hundred_subjects_decode_to_themselves() -> None:
    """By RFC 2047; each encoded word at most 75 characters, none empty, blanks between them."""
    for title in titles():
        raw = f"{message.header('Subject', message.encoded(title, len('Subject: ')))}\r\n\r\n".encode("ascii")
        subject = email.message_from_bytes(raw)["Subject"]
        assert str(make_header(decode_header(subject))) == title
        assert str(email.message_from_bytes(raw, policy=SMTP)["Subject"]) == title
        for line in raw.decode().strip().split("\r\n"):
            assert len(line) <= 76
            assert re.fullmatch(r"(?:Subject:)? (?:=\?utf-8\?b\?[A-Za-z0-9+/]+=*\?=|[A-Za-z0-9 ,.:;!?'()/+-]*)", line)


def test_title_with_line_breaks_adds_no_header() -> None:
    for title in ("a\r\nBcc: x@y.example", "خبر\nBcc: x", "خبر\r\n Bcc: x", "a\u2028b", "a\0b\x85c"):
        raw = f"{message.header('Subject', message.encoded(title, 9))}\r\n\r\n".encode()
        assert email.message_from_bytes(raw).keys() == ["Subject"]


def test_message_holds_both_bodies_as_base64(issue: LittleSite) -> None:
    """Its head names sender, language and, where it is configured, the way out of the list."""
    issue.put(
        "site.yaml",
        (issue.root / "site.yaml").read_text("utf-8")
        + "email:\n  sender: موجز المرافئ <news@example.org>\n  reply_to: editor@example.org\n"
        "  unsubscribe: https://example.org/leave?x=1\n",
    )
    mail = mail_of(issue)
    made = email.message_from_bytes(mail.message, policy=SMTP)
    assert not made.defects
    assert made.get_content_type() == "multipart/alternative"
    assert [(part.get_content_type(), part["Content-Transfer-Encoding"]) for part in made.iter_parts()] == [
        ("text/plain", "base64"), ("text/html", "base64"),
    ]  # fmt: skip
    text, body = (part.get_content().replace("\r\n", "\n") for part in made.iter_parts())
    assert (text, body) == (mail.rendered.text, mail.rendered.html)
    assert made["Subject"] == "العدد 47: الطريق"
    assert made["From"].addresses[0].display_name == "موجز المرافئ"
    assert made["From"].addresses[0].addr_spec == "news@example.org"
    assert made["Reply-To"] == "editor@example.org"
    assert made["Date"].datetime.isoformat() == "2026-11-22T20:00:00+01:00"
    assert made["Content-Language"] == "ar"
    assert made["List-Unsubscribe"] == "<https://example.org/leave?x=1>"
    assert made["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert max(len(line) for line in mail.message.split(b"\r\n")) <= 200


def test_message_without_a_list_says_nothing_of_leaving_it(issue: LittleSite) -> None:
    made = email.message_from_bytes(mail_of(issue).message, policy=SMTP)
    assert [name for name in made if name.startswith("List")] == []
    assert made["From"].addresses[0].addr_spec == "noreply@news.example"


def test_same_sources_give_the_same_bytes_at_any_time(issue: LittleSite) -> None:
    first = mail_of(issue).message
    issue.order = replace(issue.order, now=issue.order.now.replace(year=2028))
    assert mail_of(issue).message == first


# ------------------------------------------------------------------ plain text


def test_plain_text_has_each_story_with_title_source_and_address_on_lines_of_their_own(issue: LittleSite) -> None:
    """No markup; a line that begins with Latin or a digit begins with a mark of direction."""
    issue.entry("sport/run", "title: FIFA تعلن <b> & موعد\nsummary: 3-2 نتيجة")
    lines = mail_of(issue).rendered.text.splitlines()
    at = lines.index("نهائي الكأس")
    assert lines[at : at + 4] == [
        "نهائي الكأس",
        "فازوا 3-2.",
        "المصدر: وكالة المرفأ",
        f"{RLM}https://news.example/sport/final/",
    ]
    assert f"{RLM}FIFA تعلن <b> & موعد" in lines
    assert f"{RLM}3-2 نتيجة" in lines
    assert [line for line in lines if re.match("[A-Za-z0-9]", line)] == []
    assert [line for line in lines if len(line.encode()) > 998] == []
    assert re.findall("[\u202a-\u202e\u2066-\u2069\u200e]", "".join(lines)) == []


def test_line_of_text_that_is_too_long_is_cut_between_words(issue: LittleSite) -> None:
    edition(issue, "sport/final", body="كلمة " * 900)
    text = mail_of(issue).rendered.text
    assert max(len(line.encode()) for line in text.splitlines()) <= 998
    assert text.count("كلمة") == 900


def test_addresses_of_links_follow_their_paragraph(issue: LittleSite) -> None:
    """On lines of their own, so that no sentence is torn."""
    edition(issue, "sport/final", body="[هنا](/sport/run/) و[هناك](https://b.example/a) ثم نقطة.\n\nفقرة ثانية.")
    lines = mail_of(issue).rendered.text.splitlines()
    at = lines.index("هنا وهناك ثم نقطة.")
    assert lines[at + 1 : at + 5] == [
        f"{RLM}https://news.example/sport/run/",
        f"{RLM}https://b.example/a",
        "",
        "فقرة ثانية.",
    ]


def test_site_from_left_to_right_has_no_marks_of_direction(issue: LittleSite) -> None:
    issue.put("site.yaml", (issue.root / "site.yaml").read_text("utf-8").replace("lang: ar", "lang: en"))
    mail = mail_of(issue)
    assert RLM not in mail.rendered.text
    assert (mail.rendered.view.start, 'dir="ltr"' in mail.rendered.html) == ("left", True)


# ------------------------------------------------------------------ services and hostile content

TEMPLATE_MARKS = (
    "{{ secret }}",
    "{% if x %}",
    "{# x #}",
    "*|FNAME|*",
    "%recipient%",
    "%recipient.name%",
    "[[x]]",
    "}}",
)


class Visible(HTMLParser):
    """The text of a mail."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("mark", [mark for mark in TEMPLATE_MARKS if "{#" not in mark])
def test_marks_of_template_languages_reach_readers_as_they_were_written(issue: LittleSite, mark: str) -> None:
    """In title, summary, source, the editor's words and the words of a picture; no service finds anything to run."""
    quoted = json.dumps(f"خبر {mark} هنا", ensure_ascii=False)
    issue.put("content/sport/a.png", photo())
    issue.entry(
        "sport/run",
        f"title: {quoted}\nsummary: {quoted}\nsource: {{name: {quoted}}}\nimage: {{src: a.png, alt: {quoted}}}",
    )
    edition(issue, "sport/run", body=f"كلمة {mark} و`{mark}` [رابط](https://b.example/?q={mark.replace(' ', '')})")
    mail = mail_of(issue)
    body = mail.rendered.html
    run = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|\*\||\|\*|%recipient|\[\[x")
    assert run.findall(body) == []
    assert run.findall(mail.rendered.text) == []
    reader = Visible()
    reader.feed(body)
    assert reader.text.count(f"خبر {mark} هنا") == 3
    assert mail.rendered.text.replace("\u2060", "").count(f"خبر {mark} هنا") == 3
    assert b"{{" not in mail.message


@pytest.mark.parametrize(
    ("service", "placeholder"),
    [("listmonk", "{{ UnsubscribeURL }}"), ("buttondown", "{{ unsubscribe_url }}"), ("mailchimp", "*|UNSUB|*")],
)
def test_service_finds_its_placeholder_once_in_each_body(issue: LittleSite, service: str, placeholder: str) -> None:
    """And the editor's foot, with the postal address."""
    issue.put(
        "site.yaml",
        (issue.root / "site.yaml").read_text("utf-8")
        + f"email: {{service: {service}, postal: 'شارع 3، تونس', footer: 'تصلكم كل **أحد**.', preheader: تمهيد}}\n",
    )
    mail = mail_of(issue)
    assert mail.rendered.html.count(f'href="{placeholder}"') == 1
    assert mail.rendered.text.replace(RLM, "").splitlines().count(placeholder) == 1
    assert "\u2060" not in mail.rendered.text
    for words in ("شارع 3، تونس", "تصلكم كل", "إلغاء الاشتراك"):
        assert words in mail.rendered.html
        assert words in mail.rendered.text
    assert ">تمهيد</div>" in mail.rendered.html


def test_inert_text_is_itself_again_to_a_reader() -> None:
    for text in (*TEMPLATE_MARKS, "50% off", "a|b", "{", "<&>\"'", "* | *"):
        reader = Visible()
        reader.feed(inert(text))
        assert reader.text == text
        assert inert_plain(text).replace("\u2060", "") == text


TAGS = {
    "html", "head", "meta", "title", "body", "div", "table", "tr", "td", "h1", "h2", "h3", "p", "a", "span", "ul", "ol",
    "li", "blockquote", "pre", "code", "em", "strong", "s", "br", "hr", "th", "thead", "tbody", "h4", "h5", "h6",
}  # fmt: skip
ATTRIBUTES = {
    "lang", "dir", "xmlns:o", "charset", "name", "content", "style", "role", "width", "border", "cellpadding",
    "cellspacing", "bgcolor", "align", "href", "start",
}  # fmt: skip


class Structure(HTMLParser):
    """The elements and attributes of a mail, and whether each is closed in its turn."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses += [value or "" for name, value in attrs if name == "href"]
        if tag not in {"meta", "br", "hr", "img"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_hostile_entries_leave_a_mail_well_formed_and_inert(site: LittleSite) -> None:
    """Every text of the hostile set as title, summary, source and in the editor's words."""
    names = []
    for number, text in enumerate(hostile.TEXTS.values()):
        quoted = in_quotes(f"خبر {text}")
        keys = f"title: {quoted}\nsummary: {quoted}\nsource: {{name: {quoted}}}"
        site.entry(f"sport/{number}", keys)
        names.append(f"sport/{number}")
    words = list(hostile.TEXTS.values())
    for start in range(0, len(names), 30):
        edition(site, *names[start : start + 30], body="\n\n".join(words[start : start + 30]))
        mail = mail_of(site)
        made = Structure()
        made.feed(mail.rendered.html)
        made.close()
        assert made.open == []
        assert made.tags <= TAGS
        assert made.attributes <= ATTRIBUTES
        assert all(url.startswith(("https://", "http://", "mailto:")) for url in made.addresses)
        assert not email.message_from_bytes(mail.message, policy=SMTP).defects


# ------------------------------------------------------------------ clients


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("<bdi>x</bdi>", "<bdi>"),
        ('<p style="margin-inline-start:3px">x</p>', "margin-inline-start"),
        ('<p style="text-align:start">x</p>', "text-align: start"),
        ('<div style="display:flex">x</div>', "display: flex"),
        ('<p style="color:var(--x)">x</p>', "var(…)"),
        ('<p style="font-size:1rem">x</p>', "unit rem"),
        ('<img src="https://a.example/a.webp" alt="" width="1">', "a.webp"),
        ('<img src="https://a.example/a.svg" alt="" width="1">', "a.svg"),
        ('<img src="/a.jpg" alt="" width="1">', "no absolute address"),
        ('<img src="https://a.example/a.jpg" width="1">', "without alt="),
        ('<picture><img src="https://a.example/a.jpg" alt="" width="1"></picture>', "<picture>"),
        ('<a href="#x">x</a>', "'#x'"),
        ('<p id="x">x</p>', "id="),
        ('<a href="/x/">x</a>', "leads nowhere"),
        ("<section>x</section>", "<section>"),
        ("<script>x</script>", "<script>"),
        ('<p onclick="x">x</p>', "onclick="),
        ("<table><tr><td>x</td></tr></table>", "does not say direction, text-align, color, dir, background-color"),
    ],
    ids=lambda value: value if " " not in value else "",
)
def test_mail_that_depends_on_what_clients_lack_is_refused(markup: str, words: str) -> None:
    """By caniemail's data; each with a cure."""
    (problem, *_) = lint(f"<p>x</p>\n{markup}", "templates/mail/edition.html")
    assert words in problem.message
    assert problem.message.startswith("line 2 of the mail")
    assert problem.cure


def test_garnish_and_what_every_client_knows_pass() -> None:
    markup = '<p style="margin:0 4px;border-radius:3px;white-space:nowrap;font-size:16px">x</p><style>.a{display:flex}</style>'
    assert lint(markup, "x") == []


def test_ejected_template_is_held_to_the_same(issue: LittleSite) -> None:
    """One block overridden, with an element that Gmail and Outlook do not know."""
    issue.put(
        "templates/mail/edition.html",
        '{% extends "builtin/mail/edition.html" %}\n{% block rest %}<tr><td><bdi>{{ mail.count }}</bdi></td></tr>{% endblock %}\n',
    )
    problems = refusal(issue)
    assert any("<bdi> means nothing to Gmail, Outlook Windows" in problem for problem in problems)
    assert all(problem.startswith("templates/mail/edition.html: ") for problem in problems)


def test_templates_of_the_mail_can_be_ejected(issue: LittleSite) -> None:
    run = CliRunner().invoke(main, ["eject", "mail/edition.html", "--site", str(issue.root)])
    assert run.exit_code == 0
    before = mail_of(issue).rendered.html
    path = "templates/mail/edition.html"
    issue.put(path, (issue.root / path).read_text("utf-8").replace("{{ mail.moment }}", "يوم {{ mail.moment }}"))
    assert mail_of(issue).rendered.html != before


def test_fault_in_a_template_is_told_with_its_line(issue: LittleSite) -> None:
    issue.put("templates/mail/edition.txt", "x\n{{ mail.nothing }}\n")
    (problem,) = refusal(issue)
    assert problem.startswith("templates/mail/edition.txt:2: ")


def test_manual_lists_every_block_and_value_of_the_mails_templates(repository: Path) -> None:
    manual = (repository / "docs/reference/email.md").read_text("utf-8")
    for name in ("edition.html", "edition.txt"):
        blocks = re.findall(r"\{% block (\w+)", (repository / "templates/mail" / name).read_text("utf-8"))
        (row,) = [line for line in manual.splitlines() if line.startswith(f"| `mail/{name}`")]
        assert re.findall(r"`(\w+)`", row) == blocks
    macros = re.findall(r"macro (\w+)", (repository / "templates/mail/parts.html").read_text("utf-8"))
    assert set(macros) == set(
        re.findall(r"`(\w+)`", next(row for row in manual.splitlines() if "mail/parts.html`" in row))
    )
    values = {f"`mail.{name}`" for name in MailView.__struct_fields__}
    values |= {
        f"`{name}`" for kind in (MailStory, MailSection, MailColours, MailPicture) for name in kind.__struct_fields__
    }
    assert sorted(value for value in values if value not in manual) == []


# ------------------------------------------------------------------ the command


def test_command_writes_three_files_and_says_so(issue: LittleSite) -> None:
    run = CliRunner().invoke(main, ["email", "47", "--site", str(issue.root), "--json"])
    assert run.exit_code == 0
    told = json.loads(run.stdout)
    assert [Path(path).relative_to(issue.root).as_posix() for path in told["files"]] == [
        "mail/47.html", "mail/47.txt", "mail/47.eml",
    ]  # fmt: skip
    assert (told["edition"], told["stories"], told["left_out"], told["written"]) == ("47", 3, 0, True)
    assert (issue.root / "mail/47.html").stat().st_size == told["html_bytes"]


def test_dry_run_writes_nothing(issue: LittleSite) -> None:
    run = CliRunner().invoke(main, ["email", "content/editions/47.md", "--site", str(issue.root), "--dry-run"])
    assert run.exit_code == 0
    assert not (issue.root / "mail").exists()


def test_proof_without_chromium_says_so_and_writes_nothing(issue: LittleSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")
    run = CliRunner().invoke(main, ["email", "47", "--site", str(issue.root), "--proof"])
    assert run.exit_code == 2
    assert "needs Chromium" in run.stderr
    assert not (issue.root / "mail").exists()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("sender: 'x\\r\\nBcc: y'", "sender"),
        ('sender: "a <b@c.example>\\r\\nBcc: x"', "sender"),
        ("sender: nobody", "sender"),
        ("reply_to: a@@b", "reply_to"),
        ("unsubscribe: javascript:x", "unsubscribe"),
        ("unsubscribe: http://a.example/", "unsubscribe"),
        ("service: sendgrid", "service"),
        ("footr: x", "unknown key"),
    ],
)
def test_setting_that_no_mail_can_have_is_refused(issue: LittleSite, line: str, words: str) -> None:
    issue.put("site.yaml", (issue.root / "site.yaml").read_text("utf-8") + f"email:\n  {line}\n")
    (problem,) = refusal(issue)
    assert problem.startswith("site.yaml:10:")
    assert words in problem
