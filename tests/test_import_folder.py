"""`digest import folder`: the sources of other generators become a site, their addresses kept or answered."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from digest.cli import main

if TYPE_CHECKING:
    from pathlib import Path

HUGO = {
    "hugo.toml": 'baseURL = "https://old.example/"\ntitle = "الموقع"\nlanguageCode = "ar"\n[permalinks]\nposts = "/:year/:slug/"\n',
    "content/posts/tram.md": '+++\ntitle = "ترام"\ndate = 2019-05-03T10:30:15+01:00\ncategories = ["نقل"]\ntags = ["مدن"]\naliases = ["/old/tram"]\n[cover]\nimage = "tram.png"\n+++\n\nنص **مهم** و[رابط]({{< ref "port" >}}).\n\n{{< youtube abcdefghijk >}}\n\n{{< chart 3 >}}\n\n![وصف](tram.png)\n',
    "content/posts/port.md": "---\ntitle: ميناء\ndate: 2019-06-01\ncategories: [نقل]\ndraft: false\n---\n\n<div>نص <b>الميناء</b></div>\n",
    "content/posts/half.md": "---\ntitle: مسودة\ndate: 2019-06-02\ncategories: [نقل]\ndraft: true\n---\n\nنص\n",
    "content/about.md": "---\ntitle: من نحن\n---\n\nنص الصفحة\n",
    "content/posts/_index.md": "---\ntitle: قائمة\n---\n",
}
JEKYLL = {
    "_config.yml": "title: Le Port\nurl: https://old.example\nlang: fr\ntimezone: Africa/Tunis\n",
    "_posts/2019-05-03-tram.md": "---\ntitle: Le tram\ncategories: ville\nauthor: Salma\nredirect_from: /t/\n---\n\nTexte {{ site.baseurl }} [suite]({% post_url 2019-05-04-bus %}).\n\n{% highlight python %}\nx = '{{ y }}'\n{% endhighlight %}\n\n{% include ad.html %}\n",
    "about.md": "---\ntitle: À propos\npermalink: /a-propos/\n---\n\nTexte\n",
}
ZOLA = {
    "config.toml": 'base_url = "https://old.example"\ntitle = "Z"\ndefault_language = "en"\n',
    "content/blog/2019-05-03-tram.md": '+++\ntitle = "Tram"\n[taxonomies]\ntags = ["cities"]\ncategories = ["transport"]\n+++\n\nText with [a link](@/blog/bus.md).\n',
    "content/blog/bus.md": '+++\ntitle = "Bus"\ndate = 2019-05-04\n+++\n\nText\n',
}
PELICAN = {
    "pelicanconf.py": "import os; os.system('touch hacked')\nSITENAME = 'P'\nSITEURL = 'https://old.example'\nDEFAULT_LANG = 'en'\nTIMEZONE = 'Europe/Paris'\nARTICLE_URL = '{date:%Y}/{slug}.html'\n",
    "content/tram.md": "Title: Tram\nDate: 2019-05-03 10:20\nCategory: transport\nTags: cities, rail\nAuthors: Salma Ali, Karim Ben\n\nText with [a link]({filename}/bus.md).\n",
    "content/bus.md": "Title: Bus\nDate: 2019-05-04\nCategory: transport\nStatus: draft\n\nText\n",
    "content/old.rst": "Tram\n====\n",
}


def brought(tmp_path: Path, files: dict[str, str]) -> tuple[Path, dict]:
    """The site that is made of a folder, and the report."""
    for name, text in files.items():
        (tmp_path / "old" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "old" / name).write_text(text, "utf-8")
    words = ["import", "folder", str(tmp_path / "old"), "--into", str(tmp_path / "site")]
    for more in ([], ["--json"]):
        made = CliRunner().invoke(main, [*words, *more])
        assert made.exit_code == 0, made.output
    check = CliRunner().invoke(main, ["check", "--site", str(tmp_path / "site")])
    assert check.exit_code == 0, check.output
    return tmp_path / "site", json.loads(made.stdout)


def entry(site: Path, name: str) -> str:
    (found,) = [path for path in (site / "content").rglob("*.md") if path.stem.endswith(name)]
    return found.read_text("utf-8")


def notes(report: dict, code: str) -> list[str]:
    return [one["detail"] for note in report["notes"] if note["code"] == code for one in note["entries"]]


def test_hugo_site_becomes_entries_with_its_addresses_and_pictures(tmp_path: Path) -> None:
    from PIL import Image

    (tmp_path / "old/static").mkdir(parents=True)
    (tmp_path / "old/content/posts").mkdir(parents=True)
    Image.new("RGB", (40, 30)).save(tmp_path / "old/content/posts/tram.png")
    site, report = brought(tmp_path, HUGO)
    text = entry(site, "tram")
    assert text.startswith(
        '---\ntitle: "ترام"\ndate: 2019-05-03T10:30:15+01:00\nimage:\n  src: "uploads/content/posts/tram.png"\n'
    )
    assert 'aliases: ["/2019/tram/", "/old/tram"]' in text or 'aliases: ["/old/tram"]' in text
    assert "نص **مهم** و[رابط](" in text
    assert "<https://www.youtube.com/watch?v=abcdefghijk>" in text
    assert "![وصف](uploads/content/posts/tram.png)" in text
    assert notes(report, "left-markup") == ["{{< chart 3 >}}"]
    assert "نص **الميناء**" in entry(site, "port")
    assert "draft: true" in entry(site, "half")
    assert (site / "content/pages/about.md").is_file()
    assert report["left_out"]["list pages"] == 1


def test_jekyll_site_becomes_entries_without_liquid(tmp_path: Path) -> None:
    site, report = brought(tmp_path, JEKYLL)
    text = entry(site, "tram")
    assert "date: 2019-05-03T00:00:00\n" in text
    assert 'author: "Salma"' in text
    assert 'aliases: ["/ville/2019/05/03/tram.html", "/t/"]' in text
    assert "```\nx = '{{ y }}'\n```" in text
    assert notes(report, "left-markup") == ["{% include ad.html %}"]
    assert 'slug: "a-propos"' in entry(site, "about") or 'aliases: ["/a-propos/"]' in entry(site, "about")


def test_zola_site_becomes_entries(tmp_path: Path) -> None:
    site, _ = brought(tmp_path, ZOLA)
    text = entry(site, "tram")
    assert 'tags: ["cities"]' in text
    assert "Text with [a link](/blog/bus/)" in text


def test_pelican_site_becomes_entries_and_its_settings_are_never_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    site, report = brought(tmp_path, PELICAN)
    text = entry(site, "tram")
    assert 'author: ["Salma Ali", "Karim Ben"]' in text
    assert 'aliases: ["/2019/tram.html"]' in text
    assert not (tmp_path / "hacked").exists()
    assert report["left_out"][".rst"] == 1


@pytest.mark.parametrize(
    "front",
    [
        "---\n- a\n---\n",
        "---\n" + "[" * 5000 + "\n---\n",
        "+++\na = \n+++\n",
        "---\ntitle: x\n",
        "---\n!!python/object/apply:os.system [id]\n---\n",
    ],
)
def test_front_matter_that_cannot_be_read_costs_its_file_alone(tmp_path: Path, front: str) -> None:
    _, report = brought(tmp_path, {**HUGO, "content/posts/bad.md": front})
    assert len([one for note in report["notes"] if note["code"] == "unreadable" for one in note["entries"]]) == 1


def test_folder_without_texts_is_refused(tmp_path: Path) -> None:
    made = CliRunner().invoke(main, ["import", "folder", str(tmp_path), "--into", str(tmp_path / "site")])
    assert made.exit_code == 2
    assert "holds no text with front matter" in made.stderr


def test_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("---\ntitle: secret\ndate: 2019-01-01\n---\nsecret\n", "utf-8")
    (tmp_path / "old/content/posts").mkdir(parents=True)
    (tmp_path / "old/content/posts/secret.md").symlink_to(tmp_path / "secret.md")
    site, _ = brought(tmp_path, HUGO)
    assert not [path for path in (site / "content").rglob("*.md") if "secret" in path.name]
