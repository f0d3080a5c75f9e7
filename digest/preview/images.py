"""Pictures, each looked into when a page that shows it is asked for, and made when a browser asks for its files.

A build makes all pictures before any page, since every file must be there at its end. A preview needs the names its
page writes; those come from a picture's content and its header (`digest.content.images.predicted`).
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from digest.content.images import ImageCache, ImagePipeline, salt_of
from digest.model import Place, Rendition
from digest.problems import Problem
from digest.site import fingerprints

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from digest.content.images import ImageRecord
    from digest.content.settings import Settings
    from digest.model import ImageRef
    from digest.preview.source_states import Stamp

Key = tuple[str, "Stamp"]


@dataclass
class LazyImagePipeline:
    """The pictures of a site by one set of settings: what was found out of each file as the disk describes it."""

    pipeline: ImagePipeline
    known: dict[Key, Rendition | Problem] = field(default_factory=dict)
    media: dict[str, tuple[Path, Key]] = field(default_factory=dict)
    """Output path → where its bytes are, or will be."""

    def look(self, key: Key) -> Rendition | Problem:
        """What a picture's files will be called, or what is wrong with it."""
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
        """One file of a picture, made now where it is not there yet; None where there is no such file, or no more."""
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


def photo_lab(root: Path, cache: Path, settings: Settings, records: Mapping[str, ImageRecord]) -> LazyImagePipeline:
    """A lab that knows what the last build made."""
    warnings.filterwarnings("ignore", module=r"PIL\.")  # odd metadata is dropped, and big pictures have their own limit
    # pictures are compared by the stamps they have here, so that the album's answer holds for these alone
    pipeline = ImagePipeline(root, cache, settings.images, settings.base_path, salt_of(settings.images), ImageCache())
    lab = LazyImagePipeline(pipeline)
    for file, record in records.items():
        lab.note((file, record.stamp), pipeline.rendition(file, record.fp, record.files))
    return lab


class LazyImages(Mapping[str, Rendition]):
    """The pictures of one snapshot by file. Those that cannot be shown are not in it."""

    def __init__(self, lab: LazyImagePipeline, stamp_of: Callable[[str], Stamp]) -> None:
        self.lab = lab
        self.stamp_of = stamp_of
        self.asked: dict[str, Stamp] = {}

    def look(self, file: str) -> Rendition | Problem:
        if file not in self.asked:
            self.asked[file] = self.stamp_of(file)
        return self.lab.look((file, self.asked[file]))

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

    def faults(self, refs: Callable[[], Iterable[ImageRef]]) -> list[Problem]:
        """What is wrong with the pictures that were asked for, at the places that name them first."""
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


class LazyImageFingerprints(Mapping[str, bytes]):
    """Fingerprints of the pictures of a gallery."""

    def __init__(self, gallery: LazyImages) -> None:
        self.gallery = gallery

    def __getitem__(self, file: str) -> bytes:
        made = self.gallery[file]
        return fingerprints.of_value((made.src, made.sources))

    def __iter__(self) -> Iterator[str]:
        return iter(self.gallery)

    def __len__(self) -> int:
        return len(self.gallery)
