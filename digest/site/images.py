"""The images of a site: processed all at once for a build, one by one for a preview.

A build needs every file at its end. A preview needs the names that its page writes; those come from an image's content
and its header (`digest.content.images.predicted`), and its files are made when a browser asks for them.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import msgspec

from digest.content.discovery import Stamp
from digest.content.images import ImageCache, ImagePipeline, ImageRecord, prepare, salt_of
from digest.model import ImageRef, Place, Rendition
from digest.problems import Problem
from digest.site.cache import BuildCache, Pictures
from digest.site.options import MEMORY
from digest.site.scan import settled_stamp
from digest.site.workers import cores

if TYPE_CHECKING:
    from digest.content.settings import Settings

Key = tuple[str, Stamp]


class Images(Protocol):
    """How a site gets at its images."""

    def renditions(self, refs: Iterable[ImageRef]) -> Mapping[str, Rendition]:
        """By file, of those that can be shown."""

    def problems(self, refs: Callable[[], Iterable[ImageRef]]) -> Iterable[Problem]:
        """What is wrong with them, as far as it is known, at the places that name them first."""


def folder(root: Path) -> Path:
    """The folder of processed images."""
    return root / MEMORY / "pictures"


def records(cache: BuildCache, settings: Settings) -> Mapping[str, ImageRecord]:
    """The images as the last build left them; nothing if it was made by other settings."""
    known = cache.pictures.load()
    return known.negatives if known and known.salt == salt_of(settings.images) else {}


# ------------------------------------------------------------------ for a build


class ProcessedImages:
    """Images that are all processed before the first page is made."""

    def __init__(self, root: Path, settings: Settings, jobs: int | None, known: ImageCache) -> None:
        self.root = root
        self.settings = settings
        self.jobs = jobs
        self.known = known
        self.found: tuple[Problem, ...] = ()

    def renditions(self, refs: Iterable[ImageRef]) -> Mapping[str, Rendition]:
        made, self.found = prepare(
            refs,
            root=self.root,
            folder=folder(self.root),
            settings=self.settings.images,
            base_path=self.settings.base_path,
            jobs=cores(self.jobs),
            cache=self.known,
        )
        return made

    def problems(self, _: Callable[[], Iterable[ImageRef]]) -> Iterable[Problem]:
        return self.found

    def keep(self, cache: BuildCache) -> None:
        """Write what was found out to the cache."""
        if self.known.seen != self.known.known:
            cache.pictures.keep(Pictures(salt_of(self.settings.images), self.known.seen))


def image_cache(stamps: Mapping[str, Stamp], at: int, known: Mapping[str, ImageRecord]) -> ImageCache:
    """The images as the last build left them; none whose file changed so lately that the disk could not tell."""
    settled = {path: settled_stamp(stamp, at) for path, stamp in stamps.items()}
    return ImageCache({path: stamp for path, stamp in settled.items() if any(stamp)}, known)


# ------------------------------------------------------------------ for a preview


@dataclass
class LazyImagePipeline:
    """The images of a site by one set of settings: what was found out of each file as the disk describes it."""

    pipeline: ImagePipeline
    known: dict[Key, Rendition | Problem] = field(default_factory=dict)
    media: dict[str, tuple[Path, Key]] = field(default_factory=dict)
    """Output path → where its bytes are, or will be."""

    def look(self, key: Key) -> Rendition | Problem:
        """What an image's files will be called, or what is wrong with it."""
        found = self.known.get(key)
        if found is None:
            found = self.pipeline.probe((key[0], Place(key[0])))
            self.note(key, found)
        return found

    def note(self, key: Key, found: Rendition | Problem) -> None:
        self.known[key] = found
        if isinstance(found, Rendition):
            self.media |= {path: (Path(cached), key) for path, cached in found.files}

    def file(self, path: str) -> bytes | None:
        """One file of an image, made now unless it was made before; None if there is no such file, or no more."""
        cached, key = self.media.get(path, (None, None))
        if cached is None or key is None:
            return None
        try:
            return cached.read_bytes()
        except OSError:
            self.note(key, self.pipeline.process((key[0], Place(key[0]))))
        try:
            return cached.read_bytes()
        except OSError:
            return None


def lazy_pipeline(root: Path, settings: Settings, known: Mapping[str, ImageRecord]) -> LazyImagePipeline:
    """A pipeline that knows what the last build processed."""
    warnings.filterwarnings("ignore", module=r"PIL\.")  # odd metadata is dropped; big images have their own limit
    # images are compared by the stamps they have here, so that the cache's answer holds for these alone
    pipeline = ImagePipeline(
        root, folder(root), settings.images, settings.base_path, salt_of(settings.images), ImageCache()
    )
    lazy = LazyImagePipeline(pipeline)
    for file, record in known.items():
        lazy.note((file, Stamp(*record.stamp)), pipeline.rendition(file, record.fp, record.files))
    return lazy


class LazyImages(Mapping[str, Rendition]):
    """The images of one site by file. Those that cannot be shown are not in it."""

    def __init__(self, pipeline: LazyImagePipeline, stamp_of: Callable[[str], Stamp]) -> None:
        self.pipeline = pipeline
        self.stamp_of = stamp_of
        self.asked: dict[str, Stamp] = {}

    def renditions(self, _: Iterable[ImageRef]) -> Mapping[str, Rendition]:
        return self

    def look(self, file: str) -> Rendition | Problem:
        if file not in self.asked:
            self.asked[file] = self.stamp_of(file)
        return self.pipeline.look((file, self.asked[file]))

    def __getitem__(self, file: str) -> Rendition:
        found = self.look(file) if file else None
        if not isinstance(found, Rendition):
            raise KeyError(file)
        return found

    def __contains__(self, file: object) -> bool:
        return isinstance(file, str) and bool(file) and isinstance(self.look(file), Rendition)

    def __iter__(self) -> Iterator[str]:
        return (file for file in tuple(self.asked) if file in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def problems(self, refs: Callable[[], Iterable[ImageRef]]) -> Iterable[Problem]:
        """What is wrong with the images that were asked for."""
        wrong = {file: fault for file in tuple(self.asked) if isinstance(fault := self.look(file), Problem)}
        if not wrong:
            return []
        places: dict[str, Place] = {}
        for ref in refs():
            if ref.file in wrong:
                places.setdefault(ref.file, ref.place)
        return [
            msgspec.structs.replace(fault, path=place.path, line=place.line, column=place.column)
            for file, fault in wrong.items()
            if (place := places.get(file, Place("site.yaml")))
        ]
