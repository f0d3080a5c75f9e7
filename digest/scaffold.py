"""New files for a site: `init`, `new` and `eject`.

`init` writes the content, data and site.yaml of the example. Built-in templates stay in the package, so that upgrades
reach every site; `eject` copies one for editing. Nothing here overwrites a file, and each command makes all its files
or none.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import takewhile
from pathlib import Path

from digest.files import replace
from digest.problems import N_, DigestError, UsageError, did_you_mean, guess
from digest.resources import builtin_templates, example_root
from digest.translation import _

EXAMPLE = ("site.yaml", "content", "data")
OF_A_REPOSITORY = re.compile(
    r"\.git|\.gitignore|\.gitattributes|\.github|\.gitlab-ci\.yml|\.editorconfig|\.DS_Store|"
    r"(?:README|LICEN[CS]E|COPYING|NOTICE|CODE_OF_CONDUCT|CONTRIBUTING|SECURITY)(?:[.-].*)?",
    re.IGNORECASE,
)
"""What a new repository may hold already; `init` writes nothing of that name."""
GITIGNORE = "public/\n.digest/\n.*.digest-*\n"


# ------------------------------------------------------------------ writing


def write_all(files: Sequence[tuple[Path, bytes]]) -> list[Path]:
    """Write all files and give their paths, or leave no file and no new folder.

    Raises FileExistsError for a file that exists, and OSError, both with the path that failed.
    """
    made: list[Path] = []
    parts: list[tuple[Path, Path]] = []
    target = Path()
    try:
        for number, (path, content) in enumerate(files):
            target = path
            make_folders(path.parent, made)
            part = path.with_name(f".new.digest-{os.getpid()}-{number}")
            parts.append((part, path))
            with part.open("xb") as file:
                file.write(content)
        for part, path in parts:
            target = path
            publish(part, path)
            made.append(path)
    except BaseException as error:
        for part, _ in parts:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
        for path in reversed(made):
            with contextlib.suppress(OSError):  # keep a folder that somebody else has used meanwhile
                path.rmdir() if path.is_dir() else path.unlink()
        if isinstance(error, OSError):
            raise OSError(error.errno, error.strerror, str(target)) from error
        raise
    return [path for _, path in parts]


def make_folders(folder: Path, made: list[Path]) -> None:
    """Make a folder and those above it; the new ones are added to `made`. Raises OSError."""
    lacking = list(takewhile(lambda one: not one.exists(), (folder, *folder.parents)))
    if not (folder, *folder.parents)[len(lacking)].is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    for one in reversed(lacking):
        one.mkdir()
        made.append(one)


def publish(part: Path, path: Path) -> None:
    """Give a finished file its name, unless another file has it. Raises FileExistsError, OSError."""
    try:
        os.link(part, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if path.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from None
        part.rename(path)
    else:
        part.unlink()


# ------------------------------------------------------------------ init


def init(folder: Path) -> list[Path]:
    """A complete small site in `folder`; gives the files made. Raises `UsageError` when the folder holds anything but
    what a new repository has. A .gitignore is added to.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(_("{folder} is a file; choose a new folder", folder=folder))
    others = (
        sorted(path.name for path in folder.iterdir() if not OF_A_REPOSITORY.fullmatch(path.name))
        if folder.exists()
        else []
    )
    if others:
        raise UsageError(
            _("{folder} is not empty: it holds {other}; choose a new folder", folder=folder, other=others[0])
        )
    example = [(folder / source.relative_to(example_root()), source.read_bytes()) for source in example_files()]
    ignored = folder / ".gitignore"
    if not ignored.exists():
        return write_all([*example, (ignored, GITIGNORE.encode())])
    before = ignored.read_text("utf-8")
    made = write_all(example)
    missing = [line for line in GITIGNORE.splitlines() if line not in before.splitlines()]
    replace(ignored, "\n".join([before.rstrip("\n"), *missing, ""]).lstrip("\n").encode())
    return made


def example_files() -> Iterator[Path]:
    for name in EXAMPLE:
        start = example_root() / name
        found = [start] if start.is_file() else sorted(path for path in start.rglob("*") if path.is_file())
        yield from (path for path in found if not path.name.startswith("."))


# ------------------------------------------------------------------ new


def new(root: Path, title: str, theme: str, now: datetime) -> Path:
    """Write a new entry and give its path.

    Raises `UsageError` for an undeclared theme, an empty title, or a file that exists; `DigestError` for a faulty
    site.yaml.
    """
    from digest.content import settings as site_settings  # noqa: PLC0415
    from digest.content.fields import MAX_TITLE  # noqa: PLC0415
    from digest.text import cleaning, slugs  # noqa: PLC0415 - `init` needs none of this

    raw = (root / "site.yaml").read_bytes()
    settings, __, problems = site_settings.read(raw)
    if settings is None or any(problem.level == "error" for problem in problems):
        raise DigestError(problems)
    title = cleaning.clean(title)
    if not title:
        raise UsageError(_("the title is empty"))
    if len(title) > MAX_TITLE:
        raise UsageError(_("the title is longer than {limit} characters; shorten it", limit=MAX_TITLE))
    ids = [known.id for known in settings.themes]
    if theme not in ids:
        named = {known.title.plain: known.id for known in settings.themes}
        cure = guess(named[theme]) if theme in named else did_you_mean(theme, ids)
        raise UsageError(
            _(
                "there is no theme '{theme}'; {cure}",
                theme=theme,
                cure=cure or N_("the themes are {themes}", themes=tuple(ids)),
            )
        )
    local = now.astimezone(settings.zone)
    slug = slugs.make_slug(title, "latin" if settings.slugs == "latin" else "arabic")
    if slug in slugs.DEVICES:
        raise UsageError(_("'{slug}' cannot be the last part of a URL; give the entry another title", slug=slug))
    same = next((root / "content" / theme).glob(f"????-??-??-{slug}.*"), None)
    if same is not None:
        raise UsageError(_("{same} has that slug already; give the entry another title", same=same))
    path = root / "content" / theme / f"{local:%Y-%m-%d}-{slug}.md"
    keys = ARABIC_KEYS if re.search("^العنوان[ \t]*:", raw.decode(), re.MULTILINE) else ENGLISH_KEYS
    text = front_matter(title, local.replace(microsecond=0), keys, arabic=settings.lang.startswith("ar"))
    try:
        write_all([(path, text.encode())])
    except FileExistsError:
        raise UsageError(_("{path} is already there; give the entry another title", path=path)) from None
    return path


ENGLISH_KEYS = """\
title: {title}
date: {date}
draft: true
# source: {{name: {source}, url: https://…}}
# dateline: {place}
# summary:
# image: {{src: photo.jpg, alt: …, caption: …, credit: …}}
# tags: []
"""
ARABIC_KEYS = """\
العنوان: {title}
التاريخ: {date}
مسودة: نعم
# المصدر: {{الاسم: {source}, الرابط: https://…}}
# المكان: {place}
# الملخص:
# الصورة: {{الملف: photo.jpg, البديل: …, التعليق: …, المصدر: …}}
# الوسوم: []
"""
"""For a site whose site.yaml has Arabic keys."""


def front_matter(title: str, moment: datetime, keys: str, *, arabic: bool) -> str:
    """The text of a new entry: a draft with the keys an editor fills most, the rest as comments."""
    quoted = '"' + title.replace("\\", "\\\\").replace('"', '\\"') + '"'
    source, place, text = (
        ("اسم المصدر", "المدينة – اسم المصدر", "اكتب نص الخبر هنا.")
        if arabic
        else ("Name of the source", "City – name of the source", "Write the story here.")
    )
    head = keys.format(title=quoted, date=moment.isoformat(), source=source, place=place)
    return f"---\n{head}---\n\n{text}\n"


# ------------------------------------------------------------------ eject


def ejectable(root: Path | None) -> Iterator[tuple[str, bool]]:
    """Every built-in file by name, and whether the site at `root` has its own."""
    for path in sorted(builtin_templates().rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            name = path.relative_to(builtin_templates()).as_posix()
            yield name, bool(root and root != example_root() and (root / "templates" / name).is_file())


def eject(root: Path, names: Sequence[str]) -> list[Path]:
    """Copy built-in files into the site's `templates/`; all or none.

    Raises `UsageError` for an unknown name or a file the site has already.
    """
    known = [name for name, _ in ejectable(None)]
    pairs = []
    for name in dict.fromkeys(asked.removeprefix("templates/") for asked in names):
        if name not in known:
            raise UsageError(
                _(
                    "there is no built-in '{name}'; {cure}",
                    name=name,
                    cure=did_you_mean(name, known) or N_("digest eject lists them"),
                )
            )
        target = root / "templates" / name
        if target.exists():
            raise UsageError(_("{target} is already there; remove it first to get the built-in one", target=target))
        pairs.append((target, (builtin_templates() / name).read_bytes()))
    return write_all(pairs)
