"""An editor's browser beside the text: what it shows after a save, and what it keeps. Needs Chromium."""

from __future__ import annotations

import re
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from previews import PATIENCE, put, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conftest import LittleSite
    from previews import Running

pytestmark = pytest.mark.browser

TEXT = "---\ntitle: خبر a\ndate: 2026-11-20T10:00\n---\n\n{}\n"
MAIL_WITH_A_LINE = (
    '{% extends "builtin/mail/edition.html" %}\n{% block introduction %}'
    '<tr><td dir="rtl" align="right" bgcolor="#ffffff" style="direction:rtl;text-align:right;color:#111111;background-color:#ffffff;">'
    '<p dir="rtl" style="margin:0;">سطر من قالب الموقع</p></td></tr>'
    "{{ super() }}{% endblock %}\n"
)
LONG = "\n\n".join(f"فقرة طويلة رقم {number} من نص الخبر لكي تكون الصفحة أطول من الشاشة." for number in range(60))


@pytest.fixture
def screen(tab_as_new: Any) -> Any:
    """A tab; what it complains of is in `faults`."""
    tab_as_new.set_viewport_size({"width": 1280, "height": 800})
    tab_as_new.set_default_timeout(PATIENCE * 1000)
    return tab_as_new


def look(screen: Any, server: Running, path: str) -> None:
    """Open a page, and wait until it listens."""
    screen.goto(server.url + path)
    screen.locator("digest-preview .bar").wait_for()
    screen.evaluate("window.same = true")  # gone after a reload


def text(screen: Any, words: str) -> None:
    screen.locator("main", has_text=words).first.wait_for()


@contextmanager
def written(site: LittleSite, body: str = "قبل", **options: Any) -> Iterator[Running]:
    site.entry("sport/a", body=body).entry("sport/b", body="غيره")
    with running(site.root, **options) as server:
        yield server


def same(screen: Any) -> bool:
    """Whether the page was not loaded again."""
    return bool(screen.evaluate("window.same === true"))


# ------------------------------------------------------------------ text


def test_a_save_appears_and_the_place_is_kept(site: LittleSite, screen: Any) -> None:
    """Scroll position, an open menu, a written word, a selection of the reader: all stay."""
    put(
        site.root / "templates/article.html",
        '{% extends "builtin/article.html" %}{% block story_foot %}<details><summary>قائمة</summary>نص</details><input id="word" aria-label="كلمة">{% endblock %}',
    )
    with written(site, LONG) as server:
        look(screen, server, "/sport/a/")
        screen.locator("main details").evaluate("it => it.open = true")
        screen.fill("#word", "كتبت")
        screen.evaluate("window.scrollTo(0, 900)")
        before = screen.evaluate("document.querySelectorAll('.body p, article p')[20].getBoundingClientRect().top")
        put(site.root / "content/sport/a.md", TEXT.format(LONG + "\n\nفقرة جديدة في الآخر."))
        text(screen, "فقرة جديدة في الآخر.")
        assert same(screen)
        assert screen.evaluate("window.scrollY") == 900
        assert (
            screen.evaluate("document.querySelectorAll('.body p, article p')[20].getBoundingClientRect().top") == before
        )
        assert screen.locator("main details").evaluate("it => it.open")
        assert screen.input_value("#word") == "كتبت"
        assert screen.evaluate("[document.documentElement.lang, document.documentElement.dir]") == ["ar", "rtl"]
        assert screen.faults == []


def test_a_video_plays_on(site: LittleSite, screen: Any) -> None:
    """The element is the very one it was."""
    put(
        site.root / "templates/article.html",
        '{% extends "builtin/article.html" %}{% block story_foot %}<video id="film" aria-label="فيلم"></video>{% endblock %}',
    )
    with written(site) as server:
        look(screen, server, "/sport/a/")
        screen.locator("#film").evaluate("it => { window.film = it; it.playedSoFar = 42 }")
        put(site.root / "content/sport/a.md", TEXT.format("بعد"))
        text(screen, "بعد")
        assert screen.evaluate("window.film === document.getElementById('film') && window.film.playedSoFar") == 42


def test_only_pages_that_changed_hear_of_it(site: LittleSite, browser: Any) -> None:
    """Another article is left alone; a page that lists the story is not."""
    with written(site) as server:
        context = browser.new_context()
        tabs = {path: context.new_page() for path in ("/sport/a/", "/about-nothing/", "/politics/")}
        seen: dict[str, list[str]] = {path: [] for path in tabs}
        for path, tab in tabs.items():
            look(tab, server, path)
        time.sleep(0.5)
        for path, tab in tabs.items():
            tab.on("request", lambda request, path=path: seen[path].append(request.url))
        put(site.root / "content/sport/a.md", TEXT.format("نص لا يظهر في غير صفحته") + "\n" + LONG)
        text(tabs["/sport/a/"], "نص لا يظهر في غير صفحته")
        time.sleep(0.5)
        pages = {path: [url for url in urls if "/.digest/" not in url] for path, urls in seen.items()}
        assert pages["/sport/a/"]
        assert pages["/politics/"] == []
        assert same(tabs["/politics/"])
        context.close()


def test_scripts_that_might_not_bear_it(site: LittleSite, screen: Any) -> None:
    """A page with a script of the site's own is loaded again, and keeps its scroll position too."""
    put(site.root / "static/own.js", "document.documentElement.dataset.ran = 'yes'")
    put(
        site.root / "templates/article.html",
        '{% extends "builtin/article.html" %}{% block body_end %}<script src="/own.js" defer></script>{% endblock %}',
    )
    with written(site, LONG) as server:
        look(screen, server, "/sport/a/")
        screen.evaluate("window.scrollTo(0, 700)")
        put(site.root / "content/sport/a.md", TEXT.format(LONG + "\n\nبعد إعادة التحميل."))
        text(screen, "بعد إعادة التحميل.")
        assert not same(screen)
        screen.locator("digest-preview .bar").wait_for()
        assert abs(screen.evaluate("window.scrollY") - 700) < 2
        assert screen.evaluate("document.documentElement.dataset.ran") == "yes"


def test_search_finds_what_was_just_saved(site: LittleSite, screen: Any) -> None:
    """No build is needed."""
    with written(site) as server:
        screen.goto(f"{server.url}/search/?q=زرافة")
        screen.wait_for_selector("[data-block=search][data-state=done]", state="attached")
        assert screen.get_attribute("[data-block=search]", "data-count") == "0"
        site.entry("politics/new", "date: 2026-11-22\ntitle: زرافة في الحديقة")
        look(screen, server, "/politics/new/")
        screen.goto(f"{server.url}/search/?q=زرافة")
        screen.locator("[data-block=search] a", has_text="زرافة في الحديقة").wait_for()


def test_live_fragments_are_brought_up_to_date(site: LittleSite, screen: Any) -> None:
    """Blocks that pages fetch for themselves show a new story in place."""
    put(site.root / "site.yaml", (site.root / "site.yaml").read_text() + "fragments: live\n")
    with written(site) as server:
        look(screen, server, "/sport/a/")
        screen.locator("[data-block=latest]", has_text="خبر b").wait_for()
        site.entry("politics/new", "date: 2026-11-22\ntitle: خبر وصل الآن")
        screen.locator("[data-block=latest]", has_text="خبر وصل الآن").wait_for()
        assert same(screen)


# ------------------------------------------------------------------ styles, templates, pictures


def test_a_style_is_swapped(site: LittleSite, screen: Any) -> None:
    """Without loading the page again, and at no moment is it without styles."""
    put(site.root / "templates/assets/site.css", "article h1 { color: rgb(1, 2, 3) }")
    with written(site, LONG) as server:
        look(screen, server, "/sport/a/")
        colour = "getComputedStyle(document.querySelector('article h1')).color"
        assert screen.evaluate(colour) == "rgb(1, 2, 3)"
        screen.evaluate("window.scrollTo(0, 500)")
        screen.evaluate(
            "new MutationObserver(() => { window.bare ||= !document.styleSheets.length }).observe(document.head, { childList: true })"
        )
        put(site.root / "templates/assets/site.css", "article h1 { color: rgb(4, 5, 6) }")
        server.until(lambda: waited(screen) and screen.evaluate(colour) == "rgb(4, 5, 6)")
        assert same(screen)
        assert not screen.evaluate("window.bare === true")
        assert screen.evaluate("window.scrollY") == 500
        assert screen.evaluate("document.querySelectorAll('link[rel=stylesheet]').length") == screen.evaluate(
            "new Set([...document.querySelectorAll('link[rel=stylesheet]')].map(l => l.href)).size"
        )


def waited(screen: Any) -> bool:
    screen.wait_for_timeout(20)
    return True


def test_a_template_is_morphed_in(site: LittleSite, screen: Any) -> None:
    template = site.root / "templates/article.html"
    with written(site) as server:
        look(screen, server, "/sport/a/")
        put(template, '{% extends "builtin/article.html" %}{% block story_foot %}<p>ذيل جديد</p>{% endblock %}')
        text(screen, "ذيل جديد")
        assert same(screen)


# ------------------------------------------------------------------ overlay


def test_a_mistake_shows_itself_and_clears_itself(site: LittleSite, screen: Any) -> None:
    """File, line, column, the lines round it with the word marked, the cure, and the way into the editor."""
    with written(site) as server:
        look(screen, server, "/sport/a/")
        put(site.root / "content/sport/a.md", TEXT.format("مكسور").replace("date:", "dat:"))
        overlay = screen.locator("digest-preview .overlay")
        overlay.wait_for()
        assert overlay.locator("h2").inner_text() == "خطأ واحد"
        place = overlay.locator("a.place")
        assert place.inner_text() == "content/sport/a.md:3:1"
        assert place.get_attribute("href") == f"vscode://file{site.root}/content/sport/a.md:3:1"
        assert overlay.locator(".message").get_attribute("dir") == "rtl", "whatever it quotes first"
        assert overlay.locator(".message").inner_text() == "مفتاح غير معروف «\u2068dat\u2069»"
        assert overlay.locator(".cure").inner_text() == "لعلك تقصد «\u2068date\u2069»؟"
        assert overlay.locator(".faulty .number").inner_text() == "3"
        assert overlay.locator(".faulty mark").inner_text() == "dat"
        assert [line.inner_text() for line in overlay.locator(".line code").all()][1] == "title: خبر a"
        assert "قبل" in screen.locator("main").inner_text(), "the last good page stays below"
        put(site.root / "content/sport/a.md", TEXT.format("مصلح"))
        overlay.wait_for(state="hidden")
        text(screen, "مصلح")
        assert same(screen)
        assert screen.faults == []


def test_a_mistake_elsewhere_in_the_site(site: LittleSite, screen: Any) -> None:
    """It is shown on every page; Escape puts it aside and the bar keeps its count; a new one comes up again."""
    with written(site) as server:
        look(screen, server, "/")
        put(site.root / "content/sport/b.md", "---\ntitle: [\n---\n")
        overlay = screen.locator("digest-preview .overlay")
        overlay.wait_for()
        screen.keyboard.press("Escape")
        overlay.wait_for(state="hidden")
        screen.locator("digest-preview button.problems", has_text="خطأ واحد").wait_for()
        put(site.root / "content/sport/a.md", "---\ntitle: x\n---\n")
        overlay.wait_for()
        assert overlay.locator(".problem").count() == 2
        assert re.fullmatch("أخطاء: [2٢]", overlay.locator("h2").inner_text())


def test_a_template_error_shows_what_it_was_given(site: LittleSite, screen: Any) -> None:
    with written(site) as server:
        look(screen, server, "/sport/a/")
        put(
            site.root / "templates/article.html",
            '{% extends "builtin/article.html" %}\n{% block story_foot %}{{ page.nothing }}{% endblock %}',
        )
        overlay = screen.locator("digest-preview .overlay")
        overlay.wait_for()
        assert overlay.locator(".problem a.place").inner_text() == "templates/article.html:2"
        overlay.locator("summary").click()
        assert overlay.locator("tr", has_text="meta.canonical").count() == 1
        assert "قبل" in screen.locator("main").inner_text()
        (site.root / "templates/article.html").unlink()
        overlay.wait_for(state="hidden")


def test_a_page_opened_while_its_file_is_broken(site: LittleSite, screen: Any) -> None:
    """Nothing to show yet: the overlay says why, and the page comes when the file is mended."""
    with written(site) as server:
        put(site.root / "content/sport/a.md", "---\ntitle: [\n---\n")
        server.until(server.problems)
        look(screen, server, "/sport/a/")
        screen.locator("digest-preview .overlay").wait_for()
        put(site.root / "content/sport/a.md", TEXT.format("مصلح"))
        text(screen, "مصلح")
        screen.locator("digest-preview .overlay").wait_for(state="hidden")


def test_names_and_lines_cannot_become_markup(site: LittleSite, screen: Any) -> None:
    """Whatever stands in a file is text in the overlay."""
    with written(site) as server:
        look(screen, server, "/")
        put(site.root / "content/sport/b.md", "---\n<img src=x onerror=alert(1)>: <script>alert(2)</script>\n---\n")
        overlay = screen.locator("digest-preview .overlay")
        overlay.wait_for()
        assert overlay.locator("img, script").count() == 0
        assert "<script>alert(2)</script>" in overlay.locator(".lines").first.inner_text()


# ------------------------------------------------------------------ bar


def test_the_bar_says_where_a_page_comes_from(site: LittleSite, screen: Any) -> None:
    """Source and template to be opened, theme, edition, why it was made again, advice."""
    site.put("content/editions/7.yaml", "title: العدد السابع\ndate: 2026-11-21\n")
    with written(site) as server:
        put(site.root / "content/sport/a.md", TEXT.format("قبل").replace("date:", "edition: '7'\ndate:"))
        server.calm()
        look(screen, server, "/sport/a/")
        bar = screen.locator("digest-preview .bar")
        links = {link.inner_text(): link.get_attribute("href") for link in bar.locator("a.place").all()}
        assert next(iter(links)).startswith("content/sport/a.md")
        assert next(iter(links.values())).startswith(f"vscode://file{site.root}/content/sport/a.md:")
        assert {"رياضة", "العدد السابع", "أول عرض"} <= set(re.split(r"[\n\t]+", bar.inner_text().replace("\xa0", " ")))
        put(
            site.root / "content/sport/a.md",
            TEXT.format("بعد ,فاصلة لاتينية بين كلمتين").replace("date:", "edition: '7'\ndate:"),
        )
        text(screen, "بعد")
        bar.locator(".fact", has_text=re.compile("سبب التحديث.*النص")).wait_for()
        bar.locator("button.advise").click()
        assert "علامة لاتينية" in bar.locator(".drawer").inner_text()


def test_drafts_are_marked(site: LittleSite, screen: Any) -> None:
    """On their page, in the bar, and where others link to them."""
    site.entry("sport/hidden", "draft: true\ntitle: خبر لم يكتمل\ndate: 2026-11-22")
    with written(site, drafts=True) as server:
        look(screen, server, "/sport/hidden/")
        screen.locator("digest-preview .ribbon", has_text="مسودة").wait_for()
        assert screen.locator("digest-preview .bar .held").inner_text() == "مسودة"
        screen.goto(server.url + "/sport/")
        mark = screen.locator("main a[data-digest-held]").first
        mark.wait_for(state="attached")
        assert mark.get_attribute("data-digest-held") == "مسودة"
    assert b"digest-preview" not in b"".join(content for path, content in built(site).items() if path.endswith(".html"))


def built(site: LittleSite) -> dict[str, bytes]:
    """Nothing of bar or script is in a build."""
    site.build()
    return site.files()


def test_the_width_of_a_phone(site: LittleSite, screen: Any) -> None:
    """A frame as wide as a phone shows the page, follows saves in place, and leads back."""
    with written(site) as server:
        look(screen, server, "/sport/a/")
        screen.locator("digest-preview .bar a.button").click()
        page = screen.frame_locator("iframe")
        page.locator("main", has_text="قبل").wait_for()
        assert screen.locator("iframe").evaluate("it => it.contentWindow.innerWidth") == 390
        assert page.locator("digest-preview").count() == 0
        put(site.root / "content/sport/a.md", TEXT.format("بعد"))
        page.locator("main", has_text="بعد").wait_for()
        page.locator("nav a", has_text="رياضة").first.click()
        page.locator("main", has_text="خبر b").wait_for()
        screen.locator("digest-preview .bar a.button[aria-pressed=true][href='/sport/']").click()
        screen.wait_for_url(f"{server.url}/sport/")
        assert screen.faults == []


def test_mail_of_an_edition_stands_beside_its_page_and_follows_saves(site: LittleSite, screen: Any) -> None:
    """A button of the bar leads there, on pages of editions alone; the mail's links lead to the preview."""
    site.put("content/editions/1.yaml", "title: العدد الأول\ndate: 2026-11-20\nentries: [sport/a]\n")
    with written(site) as server:
        look(screen, server, "/sport/a/")
        assert screen.locator("digest-preview .bar a.button[href*='mail.html']").count() == 0
        look(screen, server, "/editions/1/")
        screen.locator("digest-preview .bar a.button[href*='mail.html']").click()
        mail = screen.frame_locator("iframe.mail")
        mail.locator("h1", has_text="العدد الأول").wait_for()
        assert mail.locator("h3 a").get_attribute("href") == "/sport/a/"
        put(site.root / "content/editions/1.yaml", "title: العدد الثاني\ndate: 2026-11-20\nentries: [sport/a]\n")
        mail.locator("h1", has_text="العدد الثاني").wait_for()
        screen.frame_locator("iframe >> nth=0").locator("h1", has_text="العدد الثاني").wait_for()
        put(site.root / "templates/mail/edition.html", MAIL_WITH_A_LINE)
        mail.locator("p", has_text="سطر من قالب الموقع").wait_for()
        assert screen.faults == []


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_the_screen(site: LittleSite, screen: Any, width: int, scheme: str) -> None:
    """Bar and overlay fit, stand at the right side, and hide no part of the page."""
    tab = screen
    tab.set_viewport_size({"width": width, "height": 700})
    tab.emulate_media(color_scheme=scheme)
    with written(site, LONG) as server:
        look(tab, server, "/sport/a/")
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        tab.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
        edges = tab.evaluate(
            "[document.querySelector('footer').getBoundingClientRect().bottom, document.querySelector('digest-preview').shadowRoot.querySelector('.bar').getBoundingClientRect().top]"
        )
        assert edges[0] <= edges[1] + 1
        name = tab.locator("digest-preview .name").bounding_box()
        assert name["x"] > width / 2, "an Arabic bar begins at the right"
        put(site.root / "content/sport/a.md", TEXT.format("x").replace("date:", "dat:"))
        tab.locator("digest-preview .overlay").wait_for()
        box = tab.locator("digest-preview .card").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width


def test_a_site_in_another_language(site: LittleSite, screen: Any) -> None:
    """The bar speaks the site's language and follows its direction."""
    put(site.root / "site.yaml", (site.root / "site.yaml").read_text().replace("lang: ar", "lang: fr"))
    with written(site) as server:
        look(screen, server, "/sport/a/")
        frame = screen.locator("digest-preview .frame")
        assert (frame.get_attribute("lang"), frame.get_attribute("dir")) == ("fr", "ltr")


def test_an_editor_of_ones_own(site: LittleSite, screen: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the site's settings, or by the environment: it is an affair of the person."""
    put(site.root / "site.yaml", (site.root / "site.yaml").read_text() + "preview: {editor: sublime}\n")
    with written(site) as server:
        assert server.state("/sport/a/")["page"]["source"]["open"].startswith(
            f"subl://open?url=file://{site.root}/content/sport/a.md&line="
        )
        monkeypatch.setenv("DIGEST_EDITOR", "none")
        assert server.state("/sport/a/")["page"]["source"]["open"] == ""
        look(screen, server, "/sport/a/")
        assert screen.locator("digest-preview .bar a.place").count() == 0
        monkeypatch.setenv("DIGEST_EDITOR", "mine://{path}?l={line}")
        assert server.state("/sport/a/")["page"]["source"]["open"].startswith("mine://")


# ------------------------------------------------------------------ the server goes and comes


def test_the_server_starts_again(site: LittleSite, screen: Any) -> None:
    """The page waits, says so, and catches up with what was saved meanwhile."""
    with written(site) as server:
        port = server.port
        look(screen, server, "/sport/a/")
    screen.locator("digest-preview .bar.away").wait_for()
    put(site.root / "content/sport/a.md", TEXT.format("كُتب والخادم متوقف"))
    with running(site.root, port=port) as server:
        assert server.port == port
        text(screen, "كُتب والخادم متوقف")
        screen.locator("digest-preview .bar:not(.away)").wait_for()
        put(site.root / "content/sport/a.md", TEXT.format("وبعد عودته"))
        text(screen, "وبعد عودته")
        assert same(screen)


def test_a_script_of_another_origin_is_not_loaded(
    site: LittleSite, browser: Any, tmp_path: Path, serve: Callable[[Path], str]
) -> None:
    """A page that an editor happens to visit can run nothing of the preview, nor read it; a plain server lets it."""
    (tmp_path / "open").mkdir()
    (tmp_path / "open/x.js").write_text("window.ran = true")
    site.put("static/x.js", "window.ran = true")
    load = """url => new Promise(done => {
        const it = document.createElement("script"); it.onload = () => done("loaded"); it.onerror = () => done("refused");
        it.src = url; document.head.append(it) })"""
    read = "url => fetch(url, { mode: 'no-cors' }).then(() => 'answered', () => 'refused')"
    with written(site) as server:
        tab = browser.new_context().new_page()
        tab.goto(serve(tmp_path / "open"))
        other = serve(tmp_path / "open").replace("127.0.0.1", "localhost")
        assert tab.evaluate(load, f"{other}/x.js") == "loaded"
        for host in ("127.0.0.1", "localhost"):
            for path in ("/x.js", "/.digest/preview.js", "/.digest/state?path=/"):
                assert tab.evaluate(load, f"http://{host}:{server.port}{path}") == "refused"
            assert tab.evaluate(read, f"http://{host}:{server.port}/sport/a/") == "refused"
        tab.context.close()
