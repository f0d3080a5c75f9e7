"""Pictures of an old site → files under `content/uploads/`, from a copy of its uploads or fetched from where they were.

In: addresses as texts have them, with sizes, delivery networks and queries. Out: a path as entries name it, or nothing
and the reason. A path in an address never leads out of the copy or the site; a file is taken only if it is a picture
that a build can read. Documents that texts link to come along into `static/`, under their old address.
"""

from __future__ import annotations

import re
import time
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

from digest.content import images
from digest.content.discovery import PICTURE_ENDINGS
from digest.text import slugs

if TYPE_CHECKING:
    from digest.curating.fetching import Network
    from digest.importing.writing import Files

UPLOADS: Final = re.compile(r"/(?:wp-content/uploads|wp-content/blogs\.dir/\d+/files|files|uploads)/(?P<path>.+)\Z")
SIZE: Final = re.compile(r"-(?:\d{1,5}x\d{1,5}|scaled|rotated)(?=\.\w{2,5}\Z)")
PLAIN: Final = re.compile(r"[\w.-]+", re.ASCII)
DOCUMENTS: Final = (".pdf", ".doc", ".docx", ".xls", ".xlsx", ".ppt", ".pptx", ".odt", ".ods", ".csv", ".txt", ".mp3",
                    ".ogg", ".m4a", ".wav", ".mp4", ".webm", ".epub", ".zip")  # fmt: skip
LARGEST: Final = images.BYTE_LIMIT
PAUSE: Final = 0.2
"""Seconds between two requests."""
PATIENCE: Final = 10
"""Failures of a host one after the other, after which it is asked no more."""


class Media:
    """The pictures of one import."""

    def __init__(self, files: Files, folder: Path | None, host: str, network: Network | None = None) -> None:
        self.files, self.folder, self.host, self.network = files, folder, host, network
        self.root = folder.resolve() if folder else None
        self.found: dict[str, str] = {}
        self.faults: dict[str, str] = {}
        """Address → why its picture cannot be used."""
        self.failures: dict[str, int] = {}
        self.copied = 0
        self.made: set[str] = set()

    def picture(self, address: str) -> str:
        """The file for an address, named from `content/`; empty where there is none."""
        if address not in self.found:
            self.found[address] = self.take(address)
        return self.found[address]

    def document(self, path: str) -> str:
        """The address of a file that a text links to, here; empty where it did not come along."""
        if not path.lower().endswith(DOCUMENTS) or (source := self.source(path)) is None:
            return ""
        parts = safe_parts(path)
        if not parts or parts != path.strip("/").split("/"):
            return ""
        target = "static/" + "/".join(parts)
        if not (self.files.root / target).exists() and target not in self.made:
            if source.stat().st_size > LARGEST:
                return ""
            self.files.put(target, source.read_bytes())
            self.made.add(target)
        return "/" + "/".join(parts)

    # ---------------------------------------------------------------- one picture

    def take(self, address: str) -> str:
        parts = urlsplit(
            address if "//" in address[:8] else f"//{address}" if address.startswith("i0.wp.com") else address
        )
        path = unquote(parts.path)
        host = (parts.hostname or self.host).removeprefix("www.")
        if host.endswith(".wp.com") and path.count("/") > 1:  # a delivery network: /HOST/PATH
            host, _, rest = path.lstrip("/").partition("/")
            path = "/" + rest
        names = [path, SIZE.sub("", path)] if SIZE.search(path) else [path]
        if not path.lower().endswith(PICTURE_ENDINGS):
            self.faults[address] = "not a kind of picture used here"
            return ""
        for name in reversed(names):
            target = target_of(name, "" if host.removeprefix("www.") == self.host else host)
            if target and (target in self.made or (self.files.root / "content" / target).is_file()):
                return target
            source = self.source(name) if host.removeprefix("www.") == self.host else None
            if source is not None and target:
                return self.keep(source.read_bytes() if source.stat().st_size <= LARGEST else None, target, address)
        if self.network is not None:
            return self.fetch(address, target_of(names[0], "" if host == self.host else host))
        return ""

    def source(self, path: str) -> Path | None:
        """The file of a path in the copy of the uploads."""
        if self.root is None:
            return None
        below = UPLOADS.search(path)
        tries = [below["path"], f"uploads/{below['path']}"] if below else []
        plain = path.lstrip("/")
        for one in (*tries, plain, *(f"{folder}/{plain}" for folder in ("static", "assets", "content"))):
            if ".." in PurePosixPath(one).parts or "\0" in one:
                continue
            try:
                file = (self.root / one).resolve()
                if file.is_relative_to(self.root) and file.is_file():
                    return file
            except (OSError, ValueError):  # a name that no file can have
                continue
        return None

    def keep(self, raw: bytes | None, target: str, address: str) -> str:
        """Write a picture that a build can read."""
        if raw is None:
            self.faults[address] = "larger than 30 MiB"
            return ""
        try:
            images.decode(raw, (320,))
        except images.PictureFaultError as fault:
            self.faults[address] = str(fault.message)
            return ""
        self.files.put(f"content/{target}", raw)
        self.made.add(target)
        self.copied += 1
        return target

    def fetch(self, address: str, target: str) -> str:
        """Fetch a picture, one request at a time; a host that fails again and again is left alone."""
        from digest.curating import fetching, pictures  # noqa: PLC0415 - the network stays out of other imports

        address = f"https:{address}" if address.startswith("//") else address
        if address.startswith("/"):
            address = f"https://{self.host}{address}"
        host = urlsplit(address).hostname or ""
        if not target or self.failures.get(host, 0) >= PATIENCE or self.network is None:
            return ""
        time.sleep(PAUSE)
        limits = fetching.Limits(received=pictures.LARGEST, inflated=pictures.LARGEST)
        answer = fetching.fetch(address, accept=pictures.ACCEPT, limits=limits, network=self.network)
        if isinstance(answer, fetching.Failure):
            self.failures[host] = self.failures.get(host, 0) + 1
            self.faults[address] = answer.message
            return ""
        self.failures[host] = 0
        return self.keep(answer.body, target, address)


def target_of(path: str, host: str) -> str:
    """`uploads/2019/05/a.jpg` for an old path; letters that some file system or address cannot hold are left out."""
    below = UPLOADS.search(path)
    parts = safe_parts(below["path"] if below else path)
    return "/".join(["uploads", *([slugs.slugify(host)] if host else []), *parts]) if parts else ""


def safe_parts(path: str) -> list[str]:
    """The parts of a path as names of files; nothing where one leads elsewhere."""
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if not parts or ".." in parts or len(parts) > 12:
        return []
    return [safe_name(part) for part in parts]


def safe_name(name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    plain = bool(PLAIN.fullmatch(name)) and not name.startswith(".") and len(name) <= 120
    if plain and (stem or ending).casefold() not in slugs.DEVICES:
        return name
    made = slugs.make_slug(stem if dot else name)
    made = f"{made}-{sha256(name.encode()).hexdigest()[:6]}"  # two names may give one slug
    return f"{made}.{slugs.slugify(ending)}" if dot and stem else made
