"""Who stands where: what is one address, who is named when two want it, where old addresses and dead links lead."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from digest.model import Place
from digest.pages import addresses
from digest.pages.addresses import Redirect
from digest.problems import FSI, PDI, Problem


def story(path: str, name: str = "", *, links: tuple[str, ...] = (), aliases: tuple[str, ...] = ()) -> Any:
    """Something published at a path, from content/NAME.md."""
    name = name or path.strip("/")
    return SimpleNamespace(
        id=name,
        path=path,
        url=path,
        title=name,
        place=Place(f"content/{name}.md", 1, 0),
        aliases=[(alias, Place(f"content/{name}.md", 3, 9)) for alias in aliases],
        links=[(link, Place(f"content/{name}.md", 7, 2)) for link in links],
    )


def of(*entries: Any, editions: Any = (), pages: Any = ()) -> Any:
    return SimpleNamespace(entries=entries, editions=editions, pages=pages)


def made(path: str) -> Any:
    """A page that digest makes by itself."""
    return SimpleNamespace(path=path, origin=Place("templates/list.html"))


def said(problems: list[Problem]) -> list[str]:
    return [str(problem).replace(FSI, "").replace(PDI, "") for problem in problems]


def clash(index: Any, pages: Any = (), others: Any = ()) -> list[str]:
    return said(addresses.collisions(index, pages, others, addresses.redirects(index)))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("/sport/A/", "/sport/a/", True),
        ("/sport/\u0623/", "/sport/\u0627\u0654/", True),
        ("/sport/straße/", "/sport/STRASSE/", True),
        ("/sport/\u212a/", "/sport/k/", True),
        ("/sport/a/", "/sport/b/", False),
    ],
)
def test_paths_when_a_file_system_takes_them_for_one_fold_alike(one: str, other: str, same: bool) -> None:
    """Cases, and letters composed or not."""
    assert (addresses.file_name_key(one) == addresses.file_name_key(other)) is same


@pytest.mark.parametrize(
    ("path", "file"),
    [("/", "index.html"), ("/sport/a/", "sport/a/index.html"), ("/feed.xml", "feed.xml"), ("/CNAME", "CNAME")],
)
def test_path_when_written_is_the_file_that_serves_it(path: str, file: str) -> None:
    assert addresses.output_path(path) == file


def test_alias_when_its_item_is_published_redirects() -> None:
    """Entries, editions and pages; one without an ending becomes a folder, or hosts would have it downloaded."""
    index = of(
        story("/sport/a/", aliases=("/old", "/x.y/old", "/old/", "/old.html")),
        editions=(story("/editions/b/", aliases=("/b",)),),
        pages=(story("/about/", aliases=("/c",)),),
    )
    place = Place("content/sport/a.md", 3, 9)
    found = addresses.redirects(index)
    assert found[0] == Redirect("/old/", "/sport/a/", "sport/a", place)
    assert [(row.path, row.url) for row in found] == [
        ("/old/", "/sport/a/"),
        ("/x.y/old/", "/sport/a/"),
        ("/old/", "/sport/a/"),
        ("/old.html", "/sport/a/"),
        ("/b/", "/editions/b/"),
        ("/c/", "/about/"),
    ]


def test_address_when_two_items_have_it_names_both() -> None:
    """The later file, with the earlier one; three give two problems; the same item twice is none."""
    rows = [story("/sport/a/", "z"), story("/sport/A/", "b"), story("/sport/c/", "c"), story("/sport/a/", "y")]
    said_of = "is already that of content/b.md; give one of them another 'slug'"
    assert said(addresses.declared_twice(rows, [], [])) == [
        f"content/y.md:1: its page /sport/a/ {said_of}",
        f"content/z.md:1: its page /sport/a/ {said_of}",
    ]
    assert addresses.declared_twice([rows[0], rows[0]], [], []) == []
    assert addresses.declared_twice([story("/sport/d/"), story("/sport/d/")], [], []) == []
    (one,) = said(addresses.declared_twice([], [story("/x/", "a")], [story("/x/", "b")]))
    assert one == "content/b.md:1: its page /x/ is already that of content/a.md; give one of them another 'slug'"


def test_address_when_one_file_has_it_twice_names_the_later_line() -> None:
    """A round-up has many items."""
    first, second = story("/sport/a/", "r"), story("/sport/a/", "r")
    first.place, second.place = Place("content/r.yaml", 2, 0), Place("content/r.yaml", 9, 0)
    second.id = "another"
    (problem,) = addresses.declared_twice([second, first], [], [])
    assert problem.line == 9
    assert "content/r.yaml:2;" in said([problem])[0]


def test_address_of_a_story_when_a_list_or_file_has_it_is_refused() -> None:
    """A page that digest makes asks for another slug, a static file for another name."""
    index = of(story("/sport/a/"))
    assert clash(index, [made("/sport/b/")], [("/feed.xml", Place("templates/feed"))]) == []
    assert clash(index, [made("/sport/A/")]) == [
        "content/sport/a.md:1: its page /sport/A/ is already that of templates/list.html; give one of them another 'slug'"
    ]
    assert clash(index, [], [("/sport/a/index.html", Place("static/sport/a/index.html"))]) == [
        "static/sport/a/index.html: /sport/a/index.html is already made from content/sport/a.md; give the file another name"
    ]
    twice = Place("templates/feed")
    assert clash(index, [], [("/feed.xml", twice), ("/feed.xml", Place("templates/feed"))]) == []


def test_file_when_another_needs_it_as_a_folder_is_refused() -> None:
    """Whoever comes first; each is told once, in the order of the paths."""
    index = of(story("/sport/a/"), story("/news/b/"))
    others = [("/sport", Place("static/sport")), ("/news", Place("static/news")), ("/sport.x", Place("static/sport.x"))]
    assert clash(index, [], others) == [
        "static/news: /news would have to be a file and a folder; content/news/b.md stands in the folder; give one of them another name",
        "static/sport: /sport would have to be a file and a folder; content/sport/a.md stands in the folder; give one of them another name",
    ]


@pytest.mark.parametrize(
    ("alias", "owner"),
    [
        ("/sport/b/", "content/sport/b.md"),
        ("/sport/B", "content/sport/b.md"),
        ("/sport/b/index.html", "content/sport/b.md"),
        ("/feed.xml/x/", "templates/feed"),
        ("/feed.xml/x/y/", "templates/feed"),
        ("/sport.html", ""),
        ("/sport/b/c/", ""),
        ("/deep/down.html", ""),
    ],
)
def test_alias_when_its_address_is_taken_is_refused(alias: str, owner: str) -> None:
    """Not a page's, not a file's as its folder; the problem stands at the alias."""
    index = of(story("/sport/a/", aliases=(alias,)), story("/sport/b/"))
    found = clash(index, [], [("/feed.xml", Place("templates/feed"))])
    shown = addresses.page_like(alias)
    expected = f"content/sport/a.md:3:9: the alias {shown} is already the address of {owner}; take the alias out"
    assert found == ([expected] if owner else [])


def test_alias_when_pages_lie_below_it_is_refused() -> None:
    """A file where a folder is: of pages, or of another alias; and the other way round."""
    inside = of(story("/x.html/deep/a/", "a"), story("/b/", "b", aliases=("/x.html",)))
    assert clash(inside) == [
        "content/b.md:3:9: the alias /x.html is already the address of content/a.md; take the alias out"
    ]
    for first, second in (("/x.html", "/x.html/y/"), ("/x.html/y/", "/x.html"), ("/x/y/", "/X/Y/")):
        both = of(story("/a/", "a", aliases=(first,)), story("/b/", "b", aliases=(second,)))
        assert clash(both) == [
            f"content/b.md:3:9: the alias {second} is already the address of content/a.md:3; take the alias out"
        ]


def dead(index: Any, pages: Any = (), others: Any = ()) -> list[str]:
    return said(list(addresses.dead_links(index, pages, others, addresses.redirects(index))))


def test_link_of_menu_or_footer_when_dead_is_advice() -> None:
    """The menu and the foot are looked at by themselves."""
    own = [("/sport/", Place("site.yaml", 4, 3)), ("/gone/", Place("site.yaml", 5, 3))]
    found = addresses.dead_links(of(story("/a/")), [made("/sport/")], (), (), own)
    assert [(problem.path, problem.line, problem.level) for problem in found] == [("site.yaml", 5, "advice")]


def test_link_of_a_text_when_dead_is_advice() -> None:
    """Pages, files, old addresses and lists are known, whatever follows ? or #."""
    known = ("/sport/b/", "/sport/", "/feed.xml", "/old/", "/about/", "/editions/c/", "/sport/b/#top", "/sport/b/?q#a")
    index = of(
        story("/sport/a/", links=(*known, "/sport/bb/", "/nowhere#x")),
        story("/sport/b/", aliases=("/old",)),
        editions=(story("/editions/c/"),),
        pages=(story("/about/"),),
    )
    assert dead(index, [made("/sport/")], [("/feed.xml", Place("templates/feed"))]) == [
        "content/sport/a.md:7:2: the link /sport/bb/ leads to no page of this site; did you mean '/sport/b/'?",
        "content/sport/a.md:7:2: the link /nowhere#x leads to no page of this site; a link within the site starts with / and names a page of it",
    ]
    (first, _) = addresses.dead_links(index, [made("/sport/")], [("/feed.xml", Place("t"))], addresses.redirects(index))
    assert first.level == "advice"
    assert dead(of(story("/a/"), story("/b/"))) == []


def test_dead_links_when_many_get_fifty_suggestions() -> None:
    """An import may bring ten thousand dead links; and among so many addresses only."""
    index = of(story("/sport/a/", links=("/sport/aa/",) * 51))
    found = dead(index)
    assert [row.endswith("did you mean '/sport/a/'?") for row in found] == [True] * 50 + [False]
    pages = [made(f"/{n:05}/") for n in range(5000)]
    assert dead(of(story("/zebra/", links=("/zebr/",))), pages)[0].endswith("names a page of it")
    assert dead(of(story("/zebra/", links=("/zebr/",))), pages[:4999])[0].endswith("did you mean '/zebra/'?")
