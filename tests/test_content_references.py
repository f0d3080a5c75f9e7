"""What a file refers to, piece by piece: pictures, ids, old addresses; what of them is refused, with which cure."""

from __future__ import annotations

import pytest

from digest.content import nodes, references
from digest.content.fields import TextContext
from digest.content.references import ImageIndex
from digest.model import Place
from digest.problems import FSI, PDI

IMAGES = ImageIndex(
    frozenset({
        "content/sport/final.jpg", "content/sport/deep/goal.png", "content/logo.png", "content/economy/Market.webp",
        "content/sport/logo.png", "content/sport/\u0623.jpg", "content/politics/\u0627\u0654.jpg",
    }),
    "content/sport",
)  # fmt: skip


CONTEXT = TextContext("rtl", "", "ar")


def plain(text: object) -> str:
    return str(text).replace(FSI, "").replace(PDI, "")


@pytest.mark.parametrize(
    ("src", "file"),
    [
        ("final.jpg", "content/sport/final.jpg"),
        (" final.jpg ", "content/sport/final.jpg"),
        ("./final.jpg", "content/sport/final.jpg"),
        ("deep/../final.jpg", "content/sport/final.jpg"),
        ("deep/goal.png", "content/sport/deep/goal.png"),
        ("../logo.png", "content/logo.png"),
        ("logo.png", "content/sport/logo.png"),
        ("/logo.png", "content/sport/logo.png"),
        ("/content/logo.png", "content/sport/logo.png"),
        ("content/economy/Market.webp", "content/economy/Market.webp"),
        ("economy/Market.webp", "content/economy/Market.webp"),
        ("/economy/Market.webp", "content/economy/Market.webp"),
        ("//economy/Market.webp", None),
        ("\u0623.jpg", "content/sport/\u0623.jpg"),
        ("\u0627\u0654.jpg", "content/sport/\u0623.jpg"),
        ("politics/\u0623.jpg", "content/politics/\u0627\u0654.jpg"),
    ],
)
def test_image_is_found_beside_its_file_or_under_content(src: str, file: str | None) -> None:
    """The one beside it first; composed or decomposed, as the disk has it."""
    found, message, cure = references.picture_file(src, IMAGES, guesses=True)
    assert (found or None) == file
    assert bool(message) == bool(cure) == (file is None)


@pytest.mark.parametrize(
    ("src", "message", "cure"),
    [
        ("https://a.example/a.jpg", "'https://a.example/a.jpg' is on another host", "save a copy beside this file and name that"),
        ("HTTP://a.example/a.jpg", "'HTTP://a.example/a.jpg' is on another host", "save a copy beside this file and name that"),
        ("//a.example/a.jpg", "'//a.example/a.jpg' is on another host", "save a copy beside this file and name that"),
        ("data:image/png,x", "'data:image/png,x' is not a picture's file", "name a file beside this one"),
        ("C:\\a.jpg", "'C:\\a.jpg' is not a picture's file", "name a file beside this one"),
        ("a\\b.jpg", "'a\\b.jpg' is not a picture's file", "name a file beside this one"),
        ("", "'' is not a picture's file", "name a file beside this one"),
        ("../../site.jpg", "'../../site.jpg' leads out of content/", "keep pictures beside the entries that use them"),
        ("../../contents/a.jpg", "'../../contents/a.jpg' leads out of content/", "keep pictures beside the entries that use them"),
        ("a.SVG", "'a.SVG' is SVG, which can carry scripts", "save it as PNG or WebP"),
        ("a.pdf", "'a.pdf' is not a kind of picture used here", "use one of .jpg, .jpeg, .png, .webp, .avif, .gif"),
        ("a.JPG", "no picture 'a.JPG'", "put it into content/sport/"),
        ("finl.jpg", "no picture 'finl.jpg'", "did you mean 'final.jpg'?"),
        ("deep/gaol.png", "no picture 'deep/gaol.png'", "did you mean 'deep/goal.png'?"),
        ("market.webp", "no picture 'market.webp'", "did you mean 'economy/Market.webp'?"),
        ("elsewhere/goal.png", "no picture 'elsewhere/goal.png'", "did you mean 'sport/deep/goal.png'?"),
    ],
)  # fmt: skip
def test_image_that_is_unusable_gives_a_problem_with_cure(src: str, message: str, cure: str) -> None:
    """Another host, another kind, outside of content/, or only another name."""
    found, said, advised = references.picture_file(src, IMAGES, guesses=True)
    assert (found, plain(said), plain(advised)) == ("", message, cure)


def test_missing_image_gets_no_guess_after_many_problems() -> None:
    """Each look takes time; where to put the file is said all the same."""
    assert str(references.picture_file("finl.jpg", IMAGES, guesses=False)[2]) == "put it into content/sport/"


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("sport/2026-11-20-final", "sport/2026-11-20-final"),
        ("content/sport/final.md", "sport/final"),
        (" /content/sport/final.yaml/ ", "sport/final"),
        ("sport/final.yml", "sport/final"),
        ("sport/final.md.yaml", "sport/final.md"),
        ("sport/\u0627\u0654", "sport/\u0623"),
        ("sport/content/final", "sport/content/final"),
        ("//", ""),
    ],
)
def test_id_of_an_entry_is_normalised(raw: str, name: str) -> None:
    """Without the folder, the ending, and slashes around it; composed."""
    assert references.identifier(raw) == name


NOT_A_PATH = "is not a path of this site; write one like /old/address/"
HOSTS_OWN = "cannot be the name of a page; write one like /old/address/ or /old/page.html"
NO_PAGE = "static hosts would not serve it as a page; aliases are folders or end in .html"
LONG = "is longer than 255 bytes; no file can have that name; leave it out"


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("/old/address/", "/old/address/"),
        ("old/address", "/old/address"),
        (" //old ", None),
        ("/old/%D8%AE/", "/old/خ/"),
        ("/old/\u0627\u0654/", "/old/\u0623/"),
        ("/old/page.html", "/old/page.html"),
        ("/old/page.HTM", "/old/page.HTM"),
        ("/2026.11.20/final", "/2026.11.20/final"),
        ("/" + "a" * 255 + "/", "/" + "a" * 255 + "/"),
        ("/" + "خ" * 127 + "/", "/" + "خ" * 127 + "/"),
        ("/contact", "/contact"),
        ("/a b/", "/a b/"),
    ],
)
def test_alias_gives_a_path_of_the_site(written: str, path: str | None) -> None:
    """Decoded once, composed, from the root."""
    notes = nodes.Notes("content/sport/a.md")
    assert references.alias(nodes.Scalar(written, 3, 9), "", notes) == (path or "")
    assert bool(notes.found) is (path is None)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("https://a.example/b/", "an alias is a path of this site, not 'https://a.example/b/'; leave out the scheme and the host"),
        ("//a.example/b/", "an alias is a path of this site, not '//a.example/b/'; leave out the scheme and the host"),
        ("%2F/a.example/", "an alias is a path of this site, not '%2F/a.example/'; leave out the scheme and the host"),
        ("javascript%3Ax", "an alias is a path of this site, not 'javascript%3Ax'; leave out the scheme and the host"),
        ("/a/?b", "an alias cannot hold ? or #, as in '/a/?b'; static hosts see the path alone; leave the rest out"),
        ("/a/#b", "an alias cannot hold ? or #, as in '/a/#b'; static hosts see the path alone; leave the rest out"),
        ("/", f"'/' {NOT_A_PATH}"),
        ("/a//b/", f"'/a//b/' {NOT_A_PATH}"),
        ("/a//", f"'/a//' {NOT_A_PATH}"),
        ("/a/../b/", f"'/a/../b/' {NOT_A_PATH}"),
        ("/a/%2E%2E/b/", f"'/a/%2E%2E/b/' {NOT_A_PATH}"),
        ("/./b/", f"'/./b/' {NOT_A_PATH}"),
        ("/a/..", f"'/a/..' {NOT_A_PATH}"),
        ("/a\\b/", f"'/a\\b/' {NOT_A_PATH}"),
        ("/a%00b/", f"'/a%00b/' {NOT_A_PATH}"),
        ("/.htaccess", f"'/.htaccess' {HOSTS_OWN}"),
        ("/a/_redirects", f"'/a/_redirects' {HOSTS_OWN}"),
        ("/a./", f"'/a./' {HOSTS_OWN}"),
        ("/a*b/", f"'/a*b/' {HOSTS_OWN}"),
        ("/CON/", f"'/CON/' {HOSTS_OWN}"),
        ("/a/nul.html", f"'/a/nul.html' {HOSTS_OWN}"),
        ("/a/feed.xml", f"an alias cannot end as '/a/feed.xml' does; {NO_PAGE}"),
        ("/a.php", f"an alias cannot end as '/a.php' does; {NO_PAGE}"),
        ("/" + "a" * 256 + "/", LONG),
        ("/" + "خ" * 128 + "/", LONG),
    ],
)  # fmt: skip
def test_alias_that_is_unusable_gives_a_problem_with_cure(written: str, expected: str) -> None:
    """At its own line and column; nothing is made of it."""
    notes = nodes.Notes("content/sport/a.md")
    assert references.alias(nodes.Scalar(written, 3, 9), "", notes) == ""
    (problem,) = notes.found
    assert (problem.line, problem.column) == (3, 9)
    said = plain(f"{problem.message}; {problem.cure}")
    assert said.endswith(LONG) if expected == LONG else said == expected


def test_direction_controls_in_a_body_give_one_advice_a_line() -> None:
    """Each kind, with the line of the file; the first twenty alone."""
    notes = nodes.Notes("a.md")
    references.advise("أ\u202eب\u202eج\u202d\n\n\u202eد", 7, notes)
    assert [(p.line, p.message, p.level) for p in notes.found] == [
        (7, "U+202E is taken out of the text", "advice"),
        (7, "U+202D is taken out of the text", "advice"),
        (9, "U+202E is taken out of the text", "advice"),
    ]
    later = nodes.Notes("a.md")
    references.advise("\n\u2067أ\u2069 \u202eب", 7, later)
    assert [(p.line, p.message) for p in later.found] == [(8, "U+202E is taken out of the text")]
    many = nodes.Notes("a.md")
    references.advise("أ\u202e\n" * 30, 1, many)
    assert [p.line for p in many.found] == list(range(1, 21))


def test_image_source_that_is_no_text_gives_a_problem() -> None:
    """Named at the value; there is no picture then."""
    notes = nodes.Notes("content/sport/a.md")
    root, _ = nodes.load(b"image: {src: [a.jpg], alt: x}", "a.yaml")
    assert root
    assert references.image(root.items[0], IMAGES, CONTEXT, notes) is None
    assert [plain(f"{p.line}:{p.column}: {p.message}") for p in notes.found] == ["1:14: 'src' must be text, not a list"]


def test_image_without_a_file_gives_a_problem() -> None:
    """Words alone show nothing."""
    notes = nodes.Notes("content/sport/a.md")
    root, _ = nodes.load("image: {alt: مرفأ}".encode(), "a.yaml")
    assert root
    assert references.image(root.items[0], IMAGES, CONTEXT, notes) is None
    assert [plain(p.message) for p in notes.found] == ["an image without 'src'"]


def test_empty_id_gives_a_problem() -> None:
    """The other ids of the list stay, each with its place."""
    notes = nodes.Notes("content/sport/a.md")
    root, _ = nodes.load(b"related:\n  - sport/final.md\n  - //\n", "a.yaml")
    assert root
    found = references.entry_ids(root.items[0], notes)
    assert found == [("sport/final", Place("content/sport/a.md", 2, 5))]
    assert [plain(f"{p.line}:{p.column}: {p.message}") for p in notes.found] == ["3:5: an empty id in 'related'"]
    assert references.entry_ids(None, notes) == []


@pytest.mark.parametrize(("letter", "most"), [("a", 1024 * 1024), ("ب", 512 * 1024), ("😀", 256 * 1024)])
def test_body_above_one_mebibyte_in_bytes_is_refused(letter: str, most: int) -> None:
    """In bytes; one that is longer is refused as a whole."""
    shown = {"images": IMAGES, "context": CONTEXT, "base": "rtl"}
    for more in (-1, 0, 1):
        notes = nodes.Notes("content/sport/a.yaml")
        body = references.body(letter * (most + more), 4, notes, **shown)  # type: ignore[arg-type]
        assert (body == references.EMPTY_BODY) is (more == 1)
        told = [f"{p.line}: {p.message}" for p in notes.found]
        assert told == (["4: the text is longer than 1 MiB"] if more == 1 else [])
    assert references.body(" \n ", 4, nodes.Notes("a.yaml"), **shown) == references.EMPTY_BODY  # type: ignore[arg-type]
    assert references.EMPTY_BODY.words == 0


def test_fault_in_a_body_has_the_line_of_its_file() -> None:
    """The text begins somewhere below the keys."""
    notes = nodes.Notes("content/sport/a.md")
    shown = {"images": IMAGES, "context": CONTEXT, "base": "rtl"}
    references.body("نص\n\n\n[x](javascript:a)", 5, notes, **shown)  # type: ignore[arg-type]
    assert [p.line for p in notes.found] == [8]


@pytest.mark.parametrize(
    ("lang", "page", "text"), [("fr", "ar", "Quoi\u00a0?"), ("", "fr", "Quoi\u00a0?"), ("ar", "fr", "Quoi ?")]
)
def test_body_is_spaced_by_its_language(lang: str, page: str, text: str) -> None:
    """The file's own, else the site's."""
    shown = {"images": IMAGES, "context": TextContext("ltr", lang, page), "base": "ltr"}
    assert references.body("Quoi ?", 5, nodes.Notes("a.md"), **shown).text == text  # type: ignore[arg-type]


def test_missing_image_offers_another_spelling_or_folder() -> None:
    """Each of two that differ in nothing but composition is its own; the first of several of that name is offered."""
    both = ImageIndex(frozenset({"content/sport/\u0623.jpg", "content/sport/\u0627\u0654.jpg"}), "content/sport")
    assert both.find("\u0623.jpg") == "content/sport/\u0623.jpg"
    assert both.find("\u0627\u0654.jpg") == "content/sport/\u0627\u0654.jpg"
    some = ImageIndex(frozenset({"content/a/b.png", "content/b/x.png", "content/c/X.png"}), "content/sport")
    assert plain(some.nearest("x.png")) == "did you mean 'b/x.png'?"
    deep = ImageIndex(frozenset({"content/sport/z/final.jpg"}), "content/sport")
    assert deep.nearest("final1.jpg") is None


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("{src: final.jpg, alt: مرفأ}", []),
        ("{src: final.jpg, alt: ''}", []),
        ("{src: final.jpg}", ["the image has no alt text"]),
        ("{src: final.jpg, alt: }", ["the image has no alt text"]),
        ("{caption: x, src: final.jpg}", ["the image has no alt text"]),
        ("{'البديل': مرفأ, src: final.jpg}", []),
        ("{colour: x, alt: مرفأ, src: final.jpg}", ["unknown key 'colour'"]),
        ("final.jpg", ["the image has no alt text"]),
        ("[final.jpg]", ["'image' must be keys and values, not a list"]),
    ],
)
def test_image_without_alt_text_gives_a_problem(lines: str, said: list[str]) -> None:
    """Or says that it needs none."""
    notes = nodes.Notes("content/sport/a.md")
    root, _ = nodes.load(f"image: {lines}".encode(), "a.yaml")
    assert root
    references.image(root.items[0], IMAGES, CONTEXT, notes)
    assert [plain(p.message) for p in notes.found] == said


def test_long_image_name_is_cut_in_the_cure() -> None:
    """At eighty characters."""
    notes = nodes.Notes("content/sport/a.md")
    references.image((nodes.Scalar("image", 1, 1), nodes.Scalar("a" * 90, 1, 8)), IMAGES, CONTEXT, notes)
    assert notes.found[0].cure.startswith(f"write {{src: {'a' * 80}, alt: …}}; ")


@pytest.mark.parametrize(
    ("written", "meant"),
    [("X.JPG", "x.jpg"), ("photos/Y.jpg", "photos/y.jpg"), ("economy/X.jpg", "economy/x.jpg"), ("y.JPG", "sport/photos/y.jpg")],
)  # fmt: skip
def test_missing_image_offers_one_that_differs_in_capitals(written: str, meant: str):
    """The one beside the entry first, then the one at that path, then any of that name."""
    pictures = {"content/sport/x.jpg", "content/culture/x.jpg", "content/economy/x.jpg", "content/sport/photos/y.jpg"}
    images = references.ImageIndex(frozenset(pictures), "content/sport")
    assert plain(images.nearest(written)) == f"did you mean '{meant}'?"
