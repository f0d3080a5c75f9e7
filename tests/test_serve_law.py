"""The law of the preview: whatever was saved, in whatever order and haste, what is shown in the end is a clean build."""

from __future__ import annotations

import os
import random
import shutil
import time
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING

import every_part
import pytest
from conftest import SITE_YAML, LittleSite
from PIL import Image
from previews import pages_of, put, running

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from previews import Running

pytestmark = pytest.mark.slow

STEPS = int(os.environ.get("DIGEST_SAVES", "300"))
BETWEEN = 100
"""Saves between two comparisons."""
THEMES = ("politics", "sport", "culture")
WORDS = [
    "ميناء",
    "قطار",
    "جسر",
    "مدرسة",
    "مباراة",
    "هدف",
    "كأس",
    "برلمان",
    "ميزانية",
    "مسرح",
    "فيلم",
    "كتاب",
    "مطر",
    "سوق",
    "طريق",
    "مستشفى",
    "جامعة",
    "نهر",
]
COLOURS = ("red", "green", "blue")


@dataclass
class Editor:
    """Somebody who saves at random."""

    root: Path
    chance: random.Random
    entries: list[str] = field(default_factory=list)
    number: int = 0
    broken: dict[Path, bytes] = field(default_factory=dict)
    """Files with a mistake in them, and what they held before."""

    def start(self) -> None:
        self.settings()
        for _ in range(20):
            self.add()
        for name in COLOURS:
            self.picture(name)
        put(self.root / "templates/every.html", every_part.TEMPLATE)
        put(self.root / "content/editions/1.yaml", "title: العدد الأول\ndate: 2026-11-21\n")

    def step(self) -> None:
        choices = (
            (self.change, 30), (self.add, 5), (self.remove, 4), (self.move, 5), (self.spoil, 6), (self.mend, 8), (self.settings, 2),
            (self.template, 3), (self.picture, 3), (self.folder, 1), (self.touch, 5), (self.static, 2),
        )  # fmt: skip
        self.chance.choices([act for act, _ in choices], [weight for _, weight in choices])[0]()

    def file(self, name: str) -> Path:
        return self.root / "content" / f"{name}.md"

    def some(self) -> str:
        return self.chance.choice(self.entries)

    def text(self) -> str:
        def words(count: int) -> str:
            return " ".join(self.chance.choices(WORDS, k=count))

        lines = [
            f"title: {words(3)}",
            f"date: 2026-11-{self.chance.randint(1, 25):02}T{self.chance.randint(10, 20)}:00",
        ]
        options = (
            "draft: true", f"tags: [{words(1)}]", f"source: {{name: {words(1)}}}", f"summary: {words(6)}", "edition: '1'", "lead: true",
            f"related: [{self.some()}]" if self.entries else "related: []",
        )  # fmt: skip
        lines += self.chance.sample(options, self.chance.randint(0, 3))
        if self.chance.random() < 0.2:
            lines.append(f"image: {{src: /{self.chance.choice(COLOURS)}.jpg, alt: {words(2)}}}")
        return "---\n" + "\n".join(lines) + f"\n---\n\n{words(40)}\n\n{words(30)}\n"

    def save(self, path: Path, content: str | bytes) -> None:
        """In one of the ways of editors."""
        raw = content.encode() if isinstance(content, str) else content
        way = self.chance.randrange(4)
        if way == 0 or not path.parent.is_dir():
            put(path, raw)
        elif way == 1:
            aside = path.with_name(f".{path.name}.new")
            aside.write_bytes(raw)
            aside.replace(path)
        elif way == 2 and path.exists():
            path.rename(path.with_name(f"{path.name}~"))
            path.write_bytes(raw)
            path.with_name(f"{path.name}~").unlink()
        else:
            with path.open("wb") as out:
                out.write(raw[: len(raw) // 2])
                out.flush()
                time.sleep(0.005)
                out.write(raw[len(raw) // 2 :])
        self.broken.pop(path, None)

    def change(self) -> None:
        self.save(self.file(self.some()), self.text())

    def add(self) -> None:
        self.number += 1
        name = f"{self.chance.choice(THEMES)}/e{self.number}"
        self.save(self.file(name), self.text())
        self.entries.append(name)

    def remove(self) -> None:
        if len(self.entries) > 10:
            name = self.some()
            self.entries.remove(name)
            self.file(name).unlink()
            self.broken.pop(self.file(name), None)
            self.unpin(name)

    def unpin(self, name: str) -> None:
        """No pin may lead nowhere."""
        for other in self.entries:
            held = self.broken.get(self.file(other), self.file(other).read_bytes())
            if f"[{name}]".encode() in held:
                self.save(self.file(other), held.replace(f"[{name}]".encode(), b"[]"))

    def move(self) -> None:
        old = self.some()
        if self.file(old) in self.broken:
            return
        self.number += 1
        new = f"{self.chance.choice(THEMES)}/m{self.number}"
        self.file(new).parent.mkdir(exist_ok=True)
        self.file(old).rename(self.file(new))
        self.entries[self.entries.index(old)] = new
        self.unpin(old)

    def spoil(self) -> None:
        path = self.file(self.some())
        good = self.broken.get(path, path.read_bytes())
        self.save(
            path, self.chance.choice([good[:30], good.replace(b"date: 2026-", b"date: 2026-9"), b"", good + b"\xff"])
        )
        self.broken[path] = good

    def mend(self) -> None:
        if self.broken:
            path = self.chance.choice(sorted(self.broken))
            self.save(path, self.broken[path])

    def mend_all(self) -> None:
        while self.broken:
            self.mend()
        for name in self.entries:  # a pin to a file that was spoilt and lost meanwhile
            if b"related: [" in self.file(name).read_bytes():
                pin = self.file(name).read_bytes().partition(b"related: [")[2].partition(b"]")[0].decode()
                if pin and (pin not in self.entries or pin == name):
                    self.save(self.file(name), self.file(name).read_bytes().replace(f"[{pin}]".encode(), b"[]"))

    def settings(self) -> None:
        theme = f"  - {{id: culture, title: {self.chance.choice(('ثقافة', 'فنون'))}}}\n"
        mode = self.chance.choice(("inline", "live", "auto"))
        rest = f"fragments: {mode}\nrelated: {{count: {self.chance.choice((0, 3, 5))}}}\nper_page: {self.chance.choice((5, 20))}\n"
        self.save(self.root / "site.yaml", SITE_YAML + theme + rest)

    def template(self) -> None:
        path = self.root / "templates/article.html"
        if path.exists() and self.chance.random() < 0.4:
            path.unlink()
            return
        word = self.chance.choice(WORDS)
        self.save(path, f'{{% extends "builtin/article.html" %}}{{% block body_end %}}<p>{word}</p>{{% endblock %}}\n')

    def picture(self, name: str = "") -> None:
        out = BytesIO()
        Image.new("RGB", (self.chance.randint(300, 900), 300), self.chance.choice(COLOURS)).save(out, "JPEG")
        self.save(self.root / f"content/{name or self.chance.choice(COLOURS)}.jpg", out.getvalue())

    def folder(self) -> None:
        """A theme's folder goes away for a moment, as when branches are changed."""
        path = self.root / "content" / self.chance.choice(THEMES)
        if path.is_dir():
            path.rename(self.root / "aside")
            time.sleep(self.chance.random() * 0.5)
            (self.root / "aside").rename(path)

    def touch(self) -> None:
        os.utime(self.file(self.some()))

    def static(self) -> None:
        self.save(self.root / "static/x.txt", self.chance.choice(WORDS))


def compare(server: Running, site: LittleSite, clean: Path) -> None:
    server.calm()
    shutil.rmtree(clean, ignore_errors=True)
    site.build(output=clean, clean=True)
    assert server.problems() == []
    for path, content in pages_of(clean).items():
        if not path.startswith("/.") and b'http-equiv="refresh"' not in content:
            assert server.get(path).page == content, path


def follow(server: Running, site: LittleSite, editor: Editor, clean: Path) -> Callable[[int], None]:
    def steps(count: int) -> None:
        for _ in range(count):
            editor.step()
            time.sleep(editor.chance.choice((0, 0, 0.001, 0.02, 0.05)))
            if editor.chance.random() < 0.3:
                server.get(f"/{editor.some()}/")
        editor.mend_all()
        compare(server, site, clean)

    return steps


@pytest.mark.timeout(120 + STEPS)
def test_random_saves_end_in_a_clean_build(site: LittleSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """$DIGEST_SAVES says how many; $DIGEST_SEED which. Also of pages and files of kinds that are still to come."""
    every_part.register(monkeypatch)
    seed = int(os.environ.get("DIGEST_SEED", "0")) or random.randrange(1, 1 << 30)
    print(f"DIGEST_SEED={seed}")
    editor = Editor(site.root, random.Random(seed))
    editor.start()
    with running(site.root, site.root.parent / "public") as server:
        steps = follow(server, site, editor, site.root.parent / "clean")
        for _ in range(max(STEPS // BETWEEN, 1)):
            steps(min(STEPS, BETWEEN))
