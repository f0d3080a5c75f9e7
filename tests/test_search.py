"""What a search finds, the files it needs for that, and when they change."""

from __future__ import annotations

import gzip
import html
import json
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from click.testing import CliRunner
from searching import COUNT, ROOT, VECTORS, answers, documents, files

from digest.cli import main
from digest.deploy.headers import is_fingerprinted
from digest.deploy.manifest import File
from digest.deploy.plan import Stage, plan
from digest.search import aliases, postings
from digest.search.documents import levels
from digest.search.index import BLOCK, HEAD, LEAST_RECENT, SearchIndex, cut, frozen_count
from digest.search.keyboard import LAYOUTS, QWERTY, other_layout
from digest.search.lookup import Index
from digest.search.ranking import search
from digest.search.words import distance, skeleton

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import LittleSite

SCRIPT = ROOT / "templates/assets/search.js"


def index_of(site: LittleSite, lang: str = "ar") -> Index:
    """The index of a built site."""
    there = {path: content for path, content in site.files().items() if path.startswith("search/")}
    return Index(there.get, lang)


def found(site: LittleSite, query: str, lang: str = "ar") -> list[str]:
    """Paths of the stories a query finds, best first."""
    index = index_of(site, lang)
    return [card[0] for card in index.cards(search(query, index).documents)]


@pytest.fixture
def news(site: LittleSite) -> LittleSite:
    """A small site of many names."""
    for name, title in {
        "macron": "ماكرون يزور مدرسة في مراكش", "cabinet": "الحكومة تعلن موازنة جديدة للتعليم",
        "khan": "عمران خان يفوز بالبطولة", "google": "غوغل تفتح مكتبا في الرباط", "port": "ميناء طنجة يستقبل ٢٠٢٦ حاوية",
        "servant": "عبد الله يكتب عن المستشفيات", "ballots": "الانتخابات تبدأ اليوم في البلديات",
    }.items():  # fmt: skip
        site.entry(f"sport/{name}", f"title: {title}\nsummary: خبر من السوق\nsource: {{name: وكالة الأنوار}}")
    site.build()
    return site


# ------------------------------------------------------------------ what readers find


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("والحكومه", "cabinet"), ("الحُكُومَةُ", "cabinet"), ("حكومات", "cabinet"), ("Macron", "macron"), ("macron", "macron"),
        ("ماكرن", "macron"), ("جوجل", "google"), ("قوقل", "google"), ("Google", "google"), ("hgp;,lm", "cabinet"),
        ("عمرانخان", "khan"), ("عبدالله", "servant"), ("مستشفي", "servant"), ("2026", "port"), ("۲۰۲۶", "port"),
        ("الانتخبات", "ballots"), ("«الحكومة»", "cabinet"), ("الحـــكومة", "cabinet"), ("موازنه تعليم", "cabinet"),
    ],
)  # fmt: skip
def test_readers_find_what_they_meant(news: LittleSite, query: str, name: str) -> None:
    """Spellings, forms, slips, other letters, the other keyboard."""
    assert found(news, query)[0] == f"sport/{name}/"


def test_a_word_of_the_headline_counts_more(site: LittleSite) -> None:
    """Than one of the summary, and both more than one."""
    site.entry("sport/said", "title: خبر\nsummary: عن الميناء")
    site.entry("sport/named", "title: الميناء\nsummary: خبر")
    site.entry("sport/both", "title: الميناء\nsummary: عن الميناء").build()
    assert found(site, "ميناء") == ["sport/both/", "sport/named/", "sport/said/"]


def test_a_story_with_all_words_stands_before_one_with_some(site: LittleSite) -> None:
    """And the others follow: no word is asked for."""
    site.entry("sport/one", "title: ميناء ميناء ميناء").entry("sport/all", "title: خبر\nsummary: ميناء طنجة").build()
    assert found(site, "ميناء طنجة") == ["sport/all/", "sport/one/"]


def test_tags_and_sources_are_found(site: LittleSite) -> None:
    """As the summary is."""
    site.entry("sport/a", "title: خبر\ntags: [ملاحة]\nsource: {name: وكالة المنار}").build()
    assert found(site, "ملاحة") == found(site, "المنار") == ["sport/a/"]


def test_drafts_and_future_stories_are_in_no_byte(site: LittleSite) -> None:
    """Of any file under search/."""
    site.entry("sport/a").entry("sport/b", "title: زرافة\ndraft: true").entry(
        "sport/c", "title: زرافة\ndate: 2030-01-01"
    )
    site.build()
    assert not [path for path, content in site.files().items() if "زراف" in said(path, content)]


def said(path: str, content: bytes) -> str:
    """The text of a file; the terms of the head as they are looked up."""
    text = content.decode("utf-8", "replace")
    return text + " ".join(postings.unshare(json.loads(text)["terms"])) if path == HEAD else text


@pytest.mark.parametrize(
    ("lang", "title", "query"),
    [("fa", "کتاب‌های تازه", "كتابها"), ("ur", "لاہور میں کتاب میلہ", "کتاب"), ("he", "שלום לירושלים", "שלום"),
     ("fr", "Élection à Paris", "election"), ("en", "Elections in Paris", "paris")],
)  # fmt: skip
def test_other_languages_are_searched_by_their_own_rules(site: LittleSite, lang: str, title: str, query: str) -> None:
    """Persian by its endings, the others by folding."""
    site.put("site.yaml", (site.root / "site.yaml").read_text("utf-8").replace("lang: ar", f"lang: {lang}"))
    site.entry("sport/a", f'title: "{title}"').build()
    assert found(site, query, lang) == ["sport/a/"]


def test_nothing_found_is_an_empty_answer(news: LittleSite) -> None:
    """Of a word, of none, of signs."""
    assert found(news, "قشظزغض") == found(news, "") == found(news, "؟!") == []


@pytest.mark.parametrize(
    ("title", "query"),
    [("حرائق كاليفورنيا تتسع", "كاليفونيا"), ("الأرشيف في بولسونغراد", "بولسنغراد"), ("أسهم باناسوليك", "باناسليك")],
)
def test_a_misspelt_name_is_found_though_its_stem_lost_a_letter(site: LittleSite, title: str, query: str) -> None:
    """Whole words are compared where a particle seemed to fall off."""
    site.entry("sport/name", f"title: {title}").entry("sport/other", "title: فون وبوفون ويافون").build()
    assert found(site, query)[0] == "sport/name/"


def test_a_foreign_word_that_only_sounds_alike_is_not_taken_for_a_name(site: LittleSite) -> None:
    """Two other sounds and other consonants are another word."""
    site.entry("sport/a", "title: مباريات اليوم").entry("sport/b", "title: سفارة في القدس").build()
    assert found(site, "embassy القدس") == ["sport/b/"]
    assert found(site, "embassy") == []


# ------------------------------------------------------------------ names for the same


def test_the_editors_names_are_found_as_well(news: LittleSite) -> None:
    """With the built-in ones that share no name with them."""
    news.put("data/aliases.yaml", "- [ماكرون, رئيس فرنسا]\n")
    news.build()
    assert found(news, "رئيس فرنسا")[0] == "sport/macron/"
    news.put("data/aliases.yaml", "ماكرون: [الضيف الكبير]\n")
    news.build()
    assert found(news, "الضيف الكبير")[0] == "sport/macron/"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- [ماكرون]\n", "1:3: a group needs two different names; add the other name, or take the group out"),
        ("# x\n- macron\n", "2:3: 'macron' is not a group of names; write each group as a list"),
        ("- [ماكرون, '!!']\n- [a, b]\n", "1:12: '!!' holds no word; write a word or a name, or take it out"),
        ("- [ماكرون, [a]]\n", "1:12: a name must be text; write each group as a list"),
        ("hello\n", "1: expected keys, one a line"),
    ],
)
def test_a_slip_in_the_aliases_is_a_problem_with_its_line(site: LittleSite, text: str, said: str) -> None:
    """And its cure."""
    site.put("data/aliases.yaml", text).entry("sport/a")
    assert site.problems()[0].startswith(f"data/aliases.yaml:{said}")


def test_empty_aliases_are_no_problem(site: LittleSite) -> None:
    """Or nothing but comments."""
    site.put("data/aliases.yaml", "# later\n").entry("sport/a")
    assert site.build().entries == 1


def test_the_built_in_groups_are_many_and_sound() -> None:
    """No name stands in a group twice, and no group has a single name."""
    groups = aliases.built_in()
    assert len(groups) >= 300
    assert all(len(set(group)) == len(group) >= 2 for group in groups)


# ------------------------------------------------------------------ files


def test_a_new_story_changes_the_head_and_one_file_of_cards() -> None:
    """In a collection with frozen documents."""
    before = {file.path: file.make() for file in SearchIndex(documents()[:-1], "ar").files("l")}
    after = {file.path: file.make() for file in SearchIndex(documents(), "ar").files("l")}
    changed = {path for path, content in after.items() if before.get(path) != content}
    assert len(changed) == 2
    assert "search/index.json" in changed


def test_the_split_depends_on_the_number_alone() -> None:
    """The recent part is never shorter than its least, nor longer than that and a block."""
    for count in range(0, 3000, 7):
        recent = count - frozen_count(count)
        assert recent == count or LEAST_RECENT <= recent < LEAST_RECENT + BLOCK
    assert frozen_count(LEAST_RECENT + BLOCK) == BLOCK


def test_files_have_one_fingerprint_exactly_when_they_have_the_same_bytes() -> None:
    """A story that is edited changes the name of each file it is in, and of no file of cards that it is not in."""
    first = {file.path: (file.print, file.make()) for file in SearchIndex(documents(), "ar").files("l")}
    for number in (3, COUNT - 1):
        other = list(documents())
        other[number] = msgspec.structs.replace(other[number], title="زرافة في الحديقة")
        second = {file.path: (file.print, file.make()) for file in SearchIndex(other, "ar").files("l")}
        held = {path for path, (_, content) in second.items() if "زراف" in said(path, content)}
        assert len(held) >= 2
        assert held.isdisjoint(first.keys() - {"search/index.json"})
        assert [path for path in first if path in second and "cards/" in path]
        for path in first.keys() & second.keys():
            assert (first[path][0] == second[path][0]) == (first[path][1] == second[path][1])


@pytest.mark.slow
def test_incremental_and_clean_builds_make_the_same_index(site: LittleSite) -> None:
    """Through the edge at which stories are frozen, byte for byte, and no file of before is left."""
    for number in range(BLOCK + LEAST_RECENT - 2):
        site.entry(
            f"sport/e{number:03}",
            f"date: 2026-01-01T{number // 60:02}:{number % 60:02}\ntitle: خبر {number} عن الميناء",
        )
    site.build()
    for number in range(4):
        site.entry(f"sport/n{number}", f"date: 2026-02-0{number + 1}\ntitle: جديد {number}").build()
        mine = {path: content for path, content in site.files().items() if path.startswith("search/")}
        site.build(clean=True)
        assert mine == {path: content for path, content in site.files().items() if path.startswith("search/")}
    assert any("/terms-" in path for path in mine)


def test_the_page_has_the_sentence_for_each_count(site: LittleSite) -> None:
    """By the six plural forms of Arabic; of counts from 200 on the last two digits decide."""
    site.entry("sport/a", "title: ميناء")
    site.build()
    page = (site.output / "search/index.html").read_text("utf-8")
    words = json.loads(html.unescape(page.split('data-words="')[1].split('"')[0]))
    said = {n: words["found"][int(words["forms"][n])] for n in (0, 1, 2, 3, 11, 100, 103, 111)}
    assert said == {
        0: "لا نتائج", 1: "نتيجة واحدة", 2: "نتيجتان", 3: "{n} نتائج", 11: "{n} نتيجة", 100: "{n} نتيجة",
        103: "{n} نتائج", 111: "{n} نتيجة",
    }  # fmt: skip
    assert len(words["forms"]) == 200
    assert 'data-digits="0123456789,"' in page


def test_search_false_leaves_out_page_box_and_files(site: LittleSite) -> None:
    """And the policy is as strict as before."""
    site.put("site.yaml", (site.root / "site.yaml").read_text("utf-8") + "search: false\n").entry("sport/a").build()
    assert not [path for path in site.files() if "search" in path or "box." in path]
    assert "form-action 'none'" in site.text("index.html")
    assert 'role="search"' not in site.text("index.html")


def test_named_files_go_first_and_stay_a_while() -> None:
    """A head never comes before what it names, and what it named stays for who still has it."""
    paths = list(files())
    named = [path for path in paths if path != "search/index.json"]
    assert all(map(is_fingerprinted, named))
    assert not is_fingerprinted("search/index.json")
    local = {path: File(path, 1, {}) for path in paths}
    order = [upload.path for upload in plan(local, {}, None, 0).uploads]
    assert order[-1] == "search/index.json"
    assert {upload.stage for upload in plan(local, {}, None, 0).uploads[:-1]} == {Stage.ASSETS}


@pytest.mark.parametrize(
    "damage", [lambda _: None, lambda content: content[:40], lambda _: b"<!doctype html><title>404</title>"]
)
def test_a_damaged_file_costs_its_results_alone(damage: Callable[[bytes], bytes | None]) -> None:
    """Missing, cut short, or an error page: the others are found, and the answer says that it is not whole."""
    there = dict(files())
    asked: list[str] = []
    whole = search("ماكرون نتنياهو", Index(lambda name: (asked.append(name), there[name])[1], "ar"))
    shards = [path for path in asked if "terms-" in path]
    assert whole.whole
    assert len(shards) == 2
    for path in shards:
        index = Index(lambda name, gone=path: damage(there[name]) if name == gone else there[name], "ar")
        answer = search("ماكرون نتنياهو", index)
        assert 0 < len(answer.documents) < len(whole.documents)
        assert set(answer.documents) < set(whole.documents)
        assert not answer.whole
        assert index.missing == {path}


def test_the_start_of_a_search_is_small() -> None:
    """Head, directory, language and the cards of ten documents, compressed: 60 KB is the goal for real texts."""
    there = files()
    start = [
        content
        for path, content in there.items()
        if not any(part in path for part in ("terms", "words", "cards", "facets"))
    ]
    assert sum(len(gzip.compress(content)) for content in start) < 45_000


def test_the_script_is_small() -> None:
    """One file, 8 KB compressed, without eval, inline code or WebAssembly."""
    script = SCRIPT.read_text("utf-8")
    assert len(gzip.compress(script.encode(), 9)) <= 8192
    assert not any(word in script for word in ("eval(", "innerHTML", "Function(", "WebAssembly", "document.write"))


# ------------------------------------------------------------------ parts


@pytest.mark.slow
def test_the_vectors_hold_in_python() -> None:
    """300 queries; the browser answers the same file."""
    assert answers() == json.loads(VECTORS.read_text("utf-8"))


def test_postings_come_back_as_they_were() -> None:
    """Whatever the distance."""
    for row in ([0], [3, 4, 9, 4000, 400_003], list(range(0, 4000, 5)), []):
        assert postings.decode(postings.encode(row)) == row


def test_terms_come_back_as_they_were() -> None:
    """Whatever they share: long beginnings, and letters that are two to JavaScript."""
    for row in (["كتاب", "كتب", "كتب", "مكتب"], ["a" * 40, "a" * 41], ["𐤀𐤁", "𐤀𐤂"], []):
        assert postings.unshare(postings.share(row)) == row


def test_a_row_is_cut_into_as_many_parts_as_asked() -> None:
    """Empty ones too, where a single thing is larger than a part."""
    assert cut([1, 1, 1, 1], 2) == [0, 2, 4]
    assert cut([], 3) == [0, 0, 0, 0]
    assert len(cut([100, 1, 1], 5)) == 6


def test_spellings_of_one_name_have_one_skeleton() -> None:
    """And so lie in one shard."""
    for row in (
        "غوغل جوجل قوقل google",
        "ماكرون macron ماكرن",
        "ترامب ترمب trump",
        "بريكست brexit بركسيت",
        "خاشقجي khashoggi",
    ):
        assert len({skeleton(word) for word in row.split()}) == 1, row


def test_distance_counts_slips() -> None:
    """One for a letter changed, added, left out, or exchanged with its neighbour."""
    assert [distance("كتاب", other, 2) for other in ("كتاب", "كتب", "كتااب", "كاتب", "قلم")] == [0, 1, 1, 1, 3]


def test_keyboards_have_a_letter_for_every_key() -> None:
    """And what one of them writes leads back."""
    for layout in LAYOUTS.values():
        assert len(layout) == len(QWERTY)
    assert other_layout("hgp;,lm", LAYOUTS["ar"]) == "الحكومة"
    assert other_layout(other_layout("election", LAYOUTS["ar"]), LAYOUTS["ar"]) == "election"
    assert other_layout("2026", LAYOUTS["ar"]) == other_layout("x", "") == ""


def test_words_that_stand_everywhere_are_kept_of_headlines_alone() -> None:
    """They would be the longest lists, and say nothing."""
    document = documents()[0].__class__("p", "من هو", "في البيت", (), (), "sport", "", "", 2026)
    assert levels(document, "ar") == {"من": 2, "هو": 2, "بيت": 0}


# ------------------------------------------------------------------ the command


def run(*arguments: str) -> Any:
    return CliRunner().invoke(main, ["search", *arguments])


def test_the_command_lists_what_readers_find(news: LittleSite) -> None:
    """Best first, with addresses."""
    answer = json.loads(run("--site", str(news.root), "--output", str(news.output), "--json", "والحكومه").output)
    assert (answer["count"], answer["whole"], answer["query"]) == (1, True, "والحكومه")
    assert answer["results"][0]["url"].endswith("/sport/cabinet/")
    assert answer["results"][0]["title"] == "الحكومة تعلن موازنة جديدة للتعليم"
    shown = run("--site", str(news.root), "--output", str(news.output), "ماكرن")
    assert shown.output.startswith("1. ماكرون يزور مدرسة في مراكش\n")


def test_the_command_needs_a_built_index(site: LittleSite) -> None:
    """And says what to do."""
    answer = run("--site", str(site.entry("sport/a").root), "x")
    assert answer.exit_code == 2
    assert "run 'digest build' first" in answer.output
