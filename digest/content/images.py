"""An editor's picture → the files a browser chooses from, and the HTML that lets it choose.

In: `ImageRef`s, files found on disk but not yet opened. Out: a `Rendition` for each file, its encoded files kept in the
cache under a fingerprint of content and settings, so that a build which changes no picture opens none.
Refuses files that are no JPEG, PNG, WebP, AVIF or GIF, that are damaged or cut short, or that exceed `BYTE_LIMIT` or
`pixel_limit`; the limits hold before anything is unpacked, so a decompression bomb never expands.

Only pixels survive: the EXIF orientation is applied, colours become sRGB, and all metadata (place, device, time) is
dropped. Of an animation the first picture is kept: pages of a digest do not move.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
import threading
import warnings
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

import msgspec

from digest.content.settings import ImageSettings  # noqa: TC001 - the cache reads the types of fields when it runs
from digest.content.urls import path_url
from digest.files import replace
from digest.model import ImageRef, Place, Rendition
from digest.problems import N_, Message, Problem, excerpt, mistake
from digest.text.slugs import slugify

if TYPE_CHECKING:
    from PIL.Image import Image

BYTE_LIMIT: Final = 30 * 2**20
PIXEL_LIMIT: Final = 32_000_000
PIXEL_LIMITS: Final[Mapping[str, int]] = {
    "JPEG": PIXEL_LIMIT, "MPO": PIXEL_LIMIT, "progressive": 25_000_000, "PNG": PIXEL_LIMIT, "WEBP": 12_000_000,
}  # fmt: skip
OTHER_LIMIT: Final = 16_000_000
"""By format, and for anything but plain colour or grey: the memory a reader needs for each pixel (4 to 16 bytes) times
the limit, with the rest of the build, is less than 256 MB."""
PLAIN_MODES: Final = frozenset({"RGB", "L", "1"})
BIG: Final = 12_000_000
"""Pixels; larger pictures are decoded one at a time, for readers need up to 20 bytes for each pixel."""
ONE_AT_A_TIME: Final = threading.Lock()
SIDE_LIMIT: Final = 16_383
"""The longest side WebP can hold."""
FALLBACK_WIDTH: Final = 1200
"""The file that every browser shows, and that is shared to other sites, is no wider than this if there is a choice."""
ENCODER_VERSION: Final = 1
"""To be raised when the same picture and settings would give other files."""
SIDECAR: Final = "rendition.json"
MADE: Final = re.compile(r"[0-9]{1,5}\.(?:avif|webp|jpg|png)")
"""Names of encoded files."""

READ_FORMATS: Final = ("JPEG", "PNG", "WEBP", "AVIF", "GIF")
READ_CURE: Final = N_("save it as JPEG, PNG, WebP, AVIF or GIF")
ENDINGS: Final[Mapping[str, str]] = {"avif": "avif", "webp": "webp", "jpeg": "jpg", "png": "png"}
SIGNATURES: Final[tuple[tuple[int, bytes, str], ...]] = (
    (0, b"\xff\xd8\xff", "JPEG"),
    (0, b"\x89PNG\r\n", "PNG"),
    (8, b"WEBP", "WebP"),
    (0, b"GIF8", "GIF"),
    (4, b"ftypavi", "AVIF"),
    (4, b"ftyphei", "HEIC"),
    (4, b"ftyphev", "HEIC"),
    (4, b"ftypmif1", "HEIF"),
    (4, b"ftypmsf1", "HEIF"),
    (0, b"BM", "BMP"),
    (0, b"II*\0", "TIFF"),
    (0, b"MM\0*", "TIFF"),
    (0, b"\0\0\0\x0cjP  ", "JPEG 2000"),
    (0, b"\0\0\0\x0cJXL ", "JPEG XL"),
    (0, b"\xff\x0a", "JPEG XL"),
    (0, b"8BPS", "Photoshop"),
    (0, b"%PDF", "PDF"),
    (0, b"\0\0\1\0", "ICO"),
)
"""(offset, bytes, name) of formats, for messages alone."""
KNOWN_NAMES: Final = frozenset({"JPEG", "PNG", "WebP", "AVIF", "GIF"})

ORIENTATION: Final = 0x0112
"""EXIF 2.32, 4.6.5: tag 274."""
SIDEWAYS: Final = frozenset({5, 6, 7, 8})


class PictureFaultError(Exception):
    """One picture cannot be used. Carries message and cure of its problem."""

    def __init__(self, message: Message, cure: Message) -> None:
        super().__init__(message, cure)
        self.message = message
        self.cure = cure

    def at(self, file: str, place: Place) -> Problem:
        """The fault as a problem of the file that names the picture."""
        message = mistake(
            self.message.code, "the picture '{file}' {fault}", file=excerpt(file, 200), fault=self.message
        )
        return Problem(place.path, place.line, place.column, message, self.cure)


class ImageFiles(msgspec.Struct, frozen=True):
    """The files of one picture as the sidecar keeps them, without the picture's name: two files of the site may hold
    one picture.
    """

    src: tuple[str, int, int]
    """(file, width, height) of the fallback."""
    sources: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]
    """(MIME type, ((file, width), …))."""
    bytes: Mapping[str, int]
    """Length of every file, so that a damaged cache is noticed."""


SIDECAR_DECODER: Final = msgspec.json.Decoder(ImageFiles)


class ImageRecord(msgspec.Struct, frozen=True):
    """What one build leaves of a picture to the next, so that an untouched one is not read again."""

    stamp: tuple[int, int, int, int]
    """What the disk said of the file."""
    fp: str
    """Fingerprint of its content and of the settings: its folder in the cache."""
    files: ImageFiles


class ImageCache(msgspec.Struct, frozen=True):
    """The pictures of earlier builds, and of this one."""

    stamps: Mapping[str, tuple[int, int, int, int]] = msgspec.field(default_factory=dict)
    """The disk's present stamp of each file whose stamp can be trusted."""
    known: Mapping[str, ImageRecord] = msgspec.field(default_factory=dict)
    seen: dict[str, ImageRecord] = msgspec.field(default_factory=dict)
    """Filled by `prepare`."""


class ImagePipeline(msgspec.Struct, frozen=True):
    """How pictures are processed: constants of one build, and a lock for each fingerprint in work."""

    root: Path
    folder: Path
    """Where processed files are kept, a folder for each fingerprint."""
    settings: ImageSettings
    base_path: str
    salt: bytes
    cache: ImageCache
    locks: dict[str, threading.Lock] = msgspec.field(default_factory=dict)

    def process(self, item: tuple[str, Place]) -> Rendition | Problem:
        """One file of the site → its rendition, from the cache where possible."""
        file, place = item
        known = self.cache.known.get(file)
        if known and known.stamp == self.cache.stamps.get(file) and recall(self.folder / known.fp) == known.files:
            self.cache.seen[file] = known
            return self.rendition(file, known.fp, known.files)
        try:
            raw = read(self.root / file)
            fp = self.fingerprint(raw)
            with self.locks.setdefault(fp, threading.Lock()):
                made = recall(self.folder / fp) or keep(self.folder / fp, *encode(raw, self.settings))
        except PictureFaultError as fault:
            return fault.at(file, place)
        if file in self.cache.stamps:
            self.cache.seen[file] = ImageRecord(self.cache.stamps[file], fp, made)
        return self.rendition(file, fp, made)

    def probe(self, item: tuple[str, Place]) -> Rendition | Problem:
        """The rendition that `process` would give, from the picture's header alone if that suffices."""
        file, place = item
        try:
            raw = read(self.root / file)
            fp = self.fingerprint(raw)
            made = recall(self.folder / fp) or predicted(raw, self.settings)
        except PictureFaultError as fault:
            return fault.at(file, place)
        return self.rendition(file, fp, made) if made else self.process(item)

    def fingerprint(self, raw: bytes) -> str:
        """Of a picture's content and the settings: its folder in the cache, and part of the names of its files."""
        return blake2b(raw, digest_size=8, key=self.salt).hexdigest()

    def rendition(self, file: str, fp: str, made: ImageFiles) -> Rendition:
        """The names of a picture's files in the output."""
        stem = slugify(PurePosixPath(file).stem, 80) or "image"

        def path(name: str) -> str:
            return f"media/{stem}-{fp}-{name}"

        def url(name: str) -> str:
            return path_url(self.base_path, f"/{path(name)}")

        src, width, height = made.src
        return Rendition(
            src=url(src),
            width=width,
            height=height,
            sources=tuple(
                (kind, ", ".join(f"{url(name)} {wide}w" for name, wide in files)) for kind, files in made.sources
            ),
            files=tuple((path(name), str(self.folder / fp / name)) for name in made.bytes),
        )


def salt_of(settings: ImageSettings) -> bytes:
    """A key for fingerprints: all that a picture's files depend on beside its content."""
    from PIL import __version__ as pillow  # noqa: PLC0415 - the package alone; Image is loaded when a picture is opened

    # these words, not the repr of a class: another name for the class must not rename the files of every site
    options = f"PictureSettings(widths={settings.widths}, formats={settings.formats}, quality={settings.quality})"
    return blake2b(f"({ENCODER_VERSION}, {pillow!r}, {options})".encode(), digest_size=16).digest()


def prepare(
    refs: Iterable[ImageRef],
    *,
    root: Path,
    folder: Path,
    settings: ImageSettings,
    base_path: str,
    jobs: int,
    cache: ImageCache | None = None,
) -> tuple[dict[str, Rendition], tuple[Problem, ...]]:
    """Renditions by `ImageRef.file`, and a problem for each file that has none, at the place that names it first.

    Reads under `root`, writes under `folder/<fingerprint>/` alone; `jobs` threads (Pillow works without the GIL).
    """
    places: dict[str, Place] = {}
    for ref in refs:
        places.setdefault(ref.file, ref.place)
    if not places:
        return {}, ()
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - a site without pictures needs neither

    pipeline = ImagePipeline(root, folder, settings, base_path, salt_of(settings), cache or ImageCache())
    # Pillow warns about odd metadata and big pictures; the first is dropped, the second has its own limit here.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with ThreadPoolExecutor(max(jobs, 1)) as pool:
            results = dict(zip(places, pool.map(pipeline.process, places.items()), strict=True))
    made = {file: result for file, result in results.items() if isinstance(result, Rendition)}
    return made, tuple(result for result in results.values() if isinstance(result, Problem))


def read(path: Path) -> bytes:
    """A picture's bytes, never more than the limit. Raises PictureFaultError."""
    try:
        # A pipe or a device under a picture's name would keep the build waiting for ever.
        if not stat.S_ISREG(path.stat().st_mode):
            raise PictureFaultError(mistake("not-a-file", "is not a regular file"), N_("put the picture itself there"))
        with path.open("rb", buffering=0) as file:
            raw = file.read(BYTE_LIMIT + 1)
    except OSError as error:
        what = mistake("cannot-be-read", "cannot be read: {reason}", reason=error.strerror or str(error))
        raise PictureFaultError(what, N_("check the file and its permissions")) from error
    if len(raw) > BYTE_LIMIT:
        what = mistake("picture-too-large", "is larger than the limit of {limit} MiB", limit=BYTE_LIMIT // 2**20)
        raise PictureFaultError(what, N_("save a smaller copy of it"))
    return raw


def recall(folder: Path) -> ImageFiles | None:
    """The files that an earlier build made, if none is missing or damaged."""
    try:
        made = SIDECAR_DECODER.decode((folder / SIDECAR).read_bytes())
        with os.scandir(folder) as found:
            # a cache that came with somebody's folder must not put other files into the output, nor other kinds
            there = {
                item.name: item.stat(follow_symlinks=False).st_size
                for item in found
                if item.name in made.bytes and item.is_file(follow_symlinks=False) and MADE.fullmatch(item.name)
            }
    except (OSError, msgspec.DecodeError):
        return None
    return made if there == made.bytes else None


def keep(folder: Path, made: ImageFiles, encoded: Mapping[str, bytes]) -> ImageFiles:
    """Write a picture's files, the sidecar last: a build that is killed leaves nothing that looks whole."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in encoded.items():
            replace(folder / name, content)
        replace(folder / SIDECAR, msgspec.json.encode(made))
    except OSError as error:
        cure = N_("make room, or check the permissions of the folder .digest")
        raise PictureFaultError(
            mistake("disk", "was made but cannot be kept: {reason}", reason=error.strerror or str(error)), cure
        ) from error
    return made


def encode(raw: bytes, settings: ImageSettings) -> tuple[ImageFiles, dict[str, bytes]]:
    """A picture's bytes → its files by name (`800.avif`). Raises PictureFaultError."""
    base, (width, height), widths = decode(raw, settings.widths)
    from PIL.Image import Resampling  # noqa: PLC0415

    fallback = "png" if base.mode == "RGBA" else "jpeg"  # JPEG knows no transparency
    wide = widest(widths)
    files: dict[str, bytes] = {}
    for step in widths:
        size = step, scaled(height, step, width)
        image = base if size == base.size else base.resize(size, Resampling.LANCZOS)
        for name in (*settings.formats, fallback) if step == wide else settings.formats:
            files[f"{step}.{ENDINGS[name]}"] = written(image, name, settings.quality)
    lengths = {name: len(content) for name, content in files.items()}
    return named((width, height), widths, settings.formats, fallback, lengths), files


def predicted(raw: bytes, settings: ImageSettings) -> ImageFiles | None:
    """The files that `encode` would give, from a picture's header alone; None if that depends on its pixels.

    Their lengths are not known and given as 0. Raises PictureFaultError.
    """
    image = opened(raw)
    if image.has_transparency_data:
        return None  # it becomes PNG only if a pixel is transparent
    width, height = image.size[::-1] if orientation(image) in SIDEWAYS else image.size
    widths = widths_of(width, settings.widths)
    fitting(width, height, widths[-1])
    lengths = {f"{w}.{ENDINGS[name]}": 0 for w in widths for name in settings.formats}
    lengths[f"{widest(widths)}.{ENDINGS['jpeg']}"] = 0
    return named((width, height), widths, settings.formats, "jpeg", lengths)


def named(
    size: tuple[int, int], widths: Sequence[int], formats: Sequence[str], fallback: str, lengths: Mapping[str, int]
) -> ImageFiles:
    """The files of a picture of `size`, by their names."""
    wide = widest(widths)
    return ImageFiles(
        src=(f"{wide}.{ENDINGS[fallback]}", wide, scaled(size[1], wide, size[0])),
        sources=tuple((f"image/{name}", tuple((f"{w}.{ENDINGS[name]}", w) for w in widths)) for name in formats),
        bytes=lengths,
    )


def widths_of(width: int, wanted: Sequence[int]) -> tuple[int, ...]:
    """The widths made of a picture that is `width` wide: none is ever enlarged."""
    return tuple(sorted({w for w in wanted if w <= width})) or (width,)


def widest(widths: Sequence[int]) -> int:
    """The width of the file that every browser shows."""
    return max((w for w in widths if w <= FALLBACK_WIDTH), default=widths[0])


def decode(raw: bytes, wanted: Sequence[int]) -> tuple[Image, tuple[int, int], tuple[int, ...]]:
    """(RGB or RGBA pixels, upright, sRGB, as wide as the widest file; the original's upright size; widths to make)."""
    image = opened(raw)
    try:
        with ONE_AT_A_TIME if image.width * image.height > BIG else contextlib.nullcontext():
            turn = orientation(image)
            sideways = turn in SIDEWAYS
            width, height = image.size[::-1] if sideways else image.size
            widths = widths_of(width, wanted)
            size = fitting(width, height, widths[-1])
            box = size[::-1] if sideways else size
            # JPEG can be decoded at a half, a quarter or an eighth; twice the goal leaves the filter enough.
            image.draft(None, (box[0] * 2, box[1] * 2))
            image.load()
            base = upright(shrunk(plain(image), box), turn)
    except PictureFaultError:
        raise
    except Exception as error:  # on damaged data Pillow's readers raise nearly anything
        raise damaged() from error
    return base, (width, height), widths


def opened(raw: bytes) -> Image:
    """The header read, no pixel yet. Raises PictureFaultError."""
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415

    try:
        image = Image.open(BytesIO(raw), formats=READ_FORMATS)
    except Image.DecompressionBombError as error:
        raise over_pixels(N_("far too many pixels"), PIXEL_LIMIT) from error
    except UnidentifiedImageError as error:
        raise unidentified(raw) from error
    except Exception as error:  # see decode
        raise damaged() from error
    limit = pixel_limit("progressive" if "progressive" in image.info else image.format or "", image.mode)
    if image.width * image.height > limit:
        raise over_pixels(N_("{size} pixels", size=f"{image.width}×{image.height}"), limit)
    return image


def pixel_limit(kind: str, mode: str) -> int:
    """How many pixels a picture of a format (a JPEG that shows itself bit by bit is one of its own) and of a mode
    (Pillow's word for its channels) may have.
    """
    limit = PIXEL_LIMITS.get(kind, OTHER_LIMIT)
    return limit if mode in PLAIN_MODES else min(limit, OTHER_LIMIT)


def fitting(width: int, height: int, to: int) -> tuple[int, int]:
    """The size at the width `to`. Raises PictureFaultError where no encoder could hold it."""
    size = to, scaled(height, to, width)
    if size[1] > SIDE_LIMIT:
        too_high = mistake(
            "picture-too-large",
            "would be {height} pixels high at {width} wide, over the limit of {limit}",
            height=size[1],
            width=to,
            limit=SIDE_LIMIT,
        )
        raise PictureFaultError(too_high, N_("cut it into parts"))
    return size


def over_pixels(size: Message, limit: int) -> PictureFaultError:
    """The fault of a picture over its limit."""
    limit //= 1_000_000
    what = mistake("picture-too-large", "has {size}, over the limit of {limit} megapixels", size=size, limit=limit)
    return PictureFaultError(what, N_("save a smaller copy of it"))


def damaged() -> PictureFaultError:
    """The fault of a picture that its reader cannot decode to the end."""
    return PictureFaultError(mistake("picture-damaged", "is damaged or cut short"), N_("put a whole copy of it there"))


def unidentified(raw: bytes) -> PictureFaultError:
    """The fault of bytes that no reader accepts."""
    if not raw:
        return PictureFaultError(mistake("picture-damaged", "is empty"), N_("put a whole copy of it there"))
    if raw.startswith((b"version https://git-lfs", b"/annex/objects/")):
        return PictureFaultError(
            mistake("lfs-pointer", "is a pointer of Git LFS, not the picture"), N_("fetch the files: git lfs pull")
        )
    name = next((name for offset, start, name in SIGNATURES if raw.startswith(start, offset)), "")
    if name in KNOWN_NAMES:
        return damaged()
    if name:
        return PictureFaultError(mistake("picture-format", "is a {name} file, which is not read", name=name), READ_CURE)
    if b"<svg" in raw[:4096].lower():
        return PictureFaultError(mistake("picture-format", "is an SVG file, which may hold scripts"), READ_CURE)
    return PictureFaultError(mistake("picture-format", "is not a picture"), READ_CURE)


def orientation(image: Image) -> int:
    """1–8 as EXIF counts; 1 by default: unreadable metadata is no reason to refuse a picture."""
    if image.format == "PNG":
        image.load()  # its metadata may follow the pixels, and damaged pixels are to be noticed
    try:
        turn = image.getexif().get(ORIENTATION, 1)
    except Exception:  # noqa: BLE001 - see decode
        return 1
    return turn if turn in range(1, 9) else 1


def plain(image: Image) -> Image:
    """Modes the filter can scale: no palette, no 16 bits, an alpha channel only for a picture that uses it."""
    if image.mode.startswith(("I", "F")):
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.has_transparency_data:
        clear = image if image.mode == "RGBA" else image.convert("RGBA")
        opaque = clear.getchannel("A").getextrema() == (255, 255)
        return clear.convert("RGB") if opaque else clear
    return image if image.mode in {"RGB", "CMYK", "L"} else image.convert("RGB")


def shrunk(image: Image, box: tuple[int, int]) -> Image:
    """A picture of exactly the size `box`, which is never larger."""
    from PIL.Image import Resampling  # noqa: PLC0415

    return image if image.size == box else image.resize(box, Resampling.LANCZOS, reducing_gap=3.0)


def upright(image: Image, turn: int) -> Image:
    """Colours to sRGB, then turned as EXIF says; nothing but pixels left."""
    from PIL.Image import Transpose  # noqa: PLC0415

    turns = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    coloured = in_srgb(image)
    turned = coloured.transpose(turns[turn]) if turn in turns else coloured.copy()
    turned.info.clear()  # Pillow's writers would carry a profile or a comment over
    return turned


def in_srgb(image: Image) -> Image:
    """Convert colours by the picture's own profile if that is usable, else as Pillow does without one."""
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    profile = image.info.get("icc_profile")
    if profile:
        from PIL import ImageCms  # noqa: PLC0415

        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            made = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode)
        except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
            made = None  # a broken profile, or one for other channels: browsers ignore it too
        if made is not None:
            return made
    return image.convert(mode)


def scaled(height: int, to: int, width: int) -> int:
    """The height at the width `to`, at least one pixel."""
    return max((height * to * 2 + width) // (width * 2), 1)


def written(image: Image, name: str, quality: int) -> bytes:
    """One encoded file. Raises PictureFaultError if the installed Pillow lacks the format."""
    out = BytesIO()
    try:
        if name == "avif":
            # Measured with libaom: speed 9 takes a quarter of the time of speed 8 for 5–9 % more bytes, and this
            # quality has JPEG's PSNR. One thread, because pictures are already encoded side by side.
            image.save(out, "AVIF", quality=max(quality - 20, 20 + quality * 2 // 5), speed=9, max_threads=1)
        elif name == "webp":
            image.save(out, "WEBP", quality=quality, method=4)
        elif name == "jpeg":
            image.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
        else:
            image.save(out, "PNG", optimize=True)
    except (OSError, KeyError, ValueError) as error:
        raise PictureFaultError(
            mistake("picture-encoder", "cannot be written as {name}: this Pillow does not know how", name=name),
            N_("install Pillow from PyPI, or take {name} out of images.formats", name=name),
        ) from error
    return out.getvalue()
