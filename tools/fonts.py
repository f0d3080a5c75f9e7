"""Make the font files of the templates: unpacked @fontsource packages in, merged and subset WOFF2 files out.

In: a folder with the npm packages of `PACKAGES` and noto-sans-arabic, each unpacked under its name.
Out: one file for each face under `templates/assets/fonts/`, with Arabic, Persian and Urdu letters, ASCII and French, so
that no digit of a line comes from another font; the licence of each; and, printed, the `@font-face` rules of fallback
faces. Refuses a file that shapes a sample text differently from the original.

    python tools/fonts.py FOLDER
"""

from __future__ import annotations

import argparse
import io
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import uharfbuzz  # type: ignore[import-untyped]
from fontTools.merge import Merger  # type: ignore[import-untyped]
from fontTools.subset import Options, Subsetter  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

OUTPUT = Path(__file__).resolve().parent.parent / "templates" / "assets" / "fonts"

ARABIC = "\u060c\u061b\u061f\u0640\u066a\u066b\u066c\u06d4\u200c\u200d\u200e\u200f\u061c"
LETTERS = range(0x0621, 0x064B), range(0x064B, 0x0656), range(0x0660, 0x066A), range(0x06F0, 0x06FA)
NEIGHBOURS = (
    "\u0670\u0671\u0679\u067e\u0686\u0688\u0691\u0698\u06a4\u06a8\u06a9\u06ad\u06af"
    "\u06ba\u06be\u06c0\u06c1\u06c2\u06cc\u06d2\u06d3"
)
"""Letters of Persian and Urdu, of North African names, and dagger alef: one missing letter would break a word apart."""
LATIN = range(0x20, 0x7F), range(0xC0, 0x100)
PUNCTUATION = (
    "\u00a0\u00a9\u00ab\u00b0\u00b2\u00b3\u00b7\u00bb\u00d7\u0152\u0153\u2013\u2014\u2018\u2019\u201c\u201d"
    "\u2022\u2026\u2039\u203a\u20ac\u2212"
)

SAMPLE = (
    "أعلنت الهيئة المستقلة للنقل، يوم الجمعة 20 نونبر 2026، انطلاق الرحلات المنتظمة على الخط الجديد، بنسبة إشغال "
    "بلغت 87 بالمئة في الأسبوع الأول، وهو ما «تجاوز كل التوقعات»، وفق بيان للهيئة. وأضاف البيان أن المرحلة الثانية "
    "تشمل ثلاث محطات إضافية، لا تزال قيد الدراسة."
)
SHAPED = (
    SAMPLE,
    "مُحَمَّدٌ والقُرْآنُ لله لا لأ لإ لآ",
    "پژوهش گران می‌شود ٹھیک ڈاک بڑے جہاں",
    "۲۰۲۶ ٢٠٢٦ ٪",
    "«Étoile» – l’œuvre à 3,5 €",
)
"""Sample texts that a subset must shape exactly as the original does."""


@dataclass(frozen=True, slots=True)
class Face:
    """One font file of the templates."""

    name: str
    """File name without the ending; with `-preload`, pages fetch the file first."""
    package: str
    stem: str
    """File name in the package, `{script}` for arabic or latin."""
    family: str
    """A name of our own, because the licences reserve the original names."""
    style: str


PLEX = "ibm-plex-sans-arabic"
NASKH = "noto-naskh-arabic"
FACES = (
    Face("sans-600-preload", PLEX, PLEX + "-{script}-600-normal", "Digest Sans", "SemiBold"),
    Face("naskh-400-preload", NASKH, NASKH + "-{script}-400-normal", "Digest Naskh", "Regular"),
    Face("naskh-700", NASKH, NASKH + "-{script}-700-normal", "Digest Naskh", "Bold"),
)
PACKAGES = tuple(dict.fromkeys(face.package for face in FACES))


def wanted() -> frozenset[int]:
    """Every code point of a face that the original has."""
    ranges = [point for part in (*LETTERS, *LATIN) for point in part]
    return frozenset([*ranges, *map(ord, ARABIC + NEIGHBOURS + PUNCTUATION)])


def subset(path: Path, points: Iterable[int]) -> TTFont:
    """The font with these code points, with all layout rules among their glyphs and without hints."""
    font = TTFont(path)
    options = Options()
    options.layout_features = ["*"]
    options.hinting = False
    options.notdef_outline = True
    options.glyph_names = False
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 7, 13, 14]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=sorted(points))
    subsetter.subset(font)
    font.flavor = None
    return font


def merged(parts: Sequence[TTFont]) -> TTFont:
    """Merge the parts into one font."""
    with TemporaryDirectory() as folder:
        paths = [str(Path(folder) / f"{number}.ttf") for number in range(len(parts))]
        for part, path in zip(parts, paths, strict=True):
            part.save(path)
        return Merger().merge(paths)


def rename(font: TTFont, face: Face) -> None:
    """Rename the font; copyright and licence stay."""
    full = f"{face.family} {face.style}"
    names = {1: full, 2: "Regular", 3: full, 4: full, 6: full.replace(" ", ""), 16: face.family, 17: face.style}
    table = font["name"]
    for identity, value in names.items():
        table.setName(value, identity, 3, 1, 0x409)
    table.names = [entry for entry in table.names if entry.platformID == 3]


def build(face: Face, packages: Path) -> bytes:
    """Write one WOFF2 file."""
    folder = packages / face.package / "files"
    paths = [folder / (face.stem.format(script=script) + ".woff2") for script in ("arabic", "latin")]
    arabic = set(TTFont(paths[0]).getBestCmap())
    points = wanted()
    parts = [subset(paths[0], points & arabic), subset(paths[1], points - (arabic - {0x20}))]
    font = merged(parts)
    rename(font, face)
    for unneeded in ("DSIG", "meta", "gasp", "STAT"):
        if unneeded in font:
            del font[unneeded]
    font["post"].formatType = 3.0
    font["head"].created = font["head"].modified = parts[0]["head"].created
    font.recalcTimestamp = False
    font.flavor = "woff2"
    out = io.BytesIO()
    font.save(out)
    check(out.getvalue(), paths)
    return out.getvalue()


def plain(data: bytes | Path) -> bytes:
    """An uncompressed font, as HarfBuzz reads it."""
    font = TTFont(io.BytesIO(data) if isinstance(data, bytes) else data)
    font.flavor = None
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def shape(data: bytes, text: str) -> list[tuple[int, int, int, bool]]:
    """Advances and offsets in units of the font, and whether the glyph is missing."""
    font = uharfbuzz.Font(uharfbuzz.Face(data))
    buffer = uharfbuzz.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    uharfbuzz.shape(font, buffer)
    rows = zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
    return [(place.x_advance, place.x_offset, place.y_offset, info.codepoint == 0) for info, place in rows]


def check(made: bytes, originals: Sequence[Path]) -> None:
    """Compare word by word: the made font shapes every word like an original, and no letter is missing."""
    own, sources = plain(made), [plain(path) for path in originals]
    for word in {word for text in SHAPED for word in text.split()}:
        result = shape(own, word)
        if any(missing for *_, missing in result):
            sys.exit(f"{originals[0].name}: no glyph for part of {word}")
        able = [
            rows for rows in (shape(source, word) for source in sources) if not any(missing for *_, missing in rows)
        ]
        if able and result not in able:
            sys.exit(f"{originals[0].name}: {word} is shaped otherwise than before")


def advance(data: bytes, text: str = SAMPLE) -> float:
    """Mean advance of the Arabic words of a text, in em per letter."""
    words = [word for word in text.split() if any("\u0621" <= letter <= "\u064a" for letter in word)]
    letters = ["".join(c for c in word if "\u0621" <= c <= "\u064a") for word in words]
    em = TTFont(io.BytesIO(data))["head"].unitsPerEm
    return float(sum(row[0] for word in letters for row in shape(data, word)) / em / sum(map(len, letters)))


def fallback(family: str, own: bytes, local: str, other: bytes) -> str:
    """An `@font-face` that gives an installed font the width and the line height of ours in Arabic text."""
    ratio = advance(own) / advance(other)
    font = TTFont(io.BytesIO(own))
    em, line = font["head"].unitsPerEm, font["hhea"]
    up, down = line.ascent / em / ratio, -line.descent / em / ratio
    return (
        f'@font-face {{ font-family: "{family} fallback"; src: local("{local}"); size-adjust: {ratio:.1%};'
        f" ascent-override: {up:.1%}; descent-override: {down:.1%}; line-gap-override: 0% }}"
    )


def main() -> None:
    """Make the files of `FACES`, then print the rules of the fallback faces."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packages", type=Path, help="folder with the unpacked packages: " + ", ".join(PACKAGES))
    packages: Path = parser.parse_args().packages
    OUTPUT.mkdir(parents=True, exist_ok=True)
    made = {face: build(face, packages) for face in FACES}
    for face, data in made.items():
        (OUTPUT / f"{face.name}.woff2").write_bytes(data)
        print(f"{face.name}.woff2 {len(data)} bytes, {advance(plain(data)):.3f} em a letter")
    for package in PACKAGES:
        (OUTPUT / f"{package}-OFL.txt").write_bytes((packages / package / "LICENSE").read_bytes())
    installed = {
        "Noto Naskh Arabic": plain(packages / NASKH / "files" / f"{NASKH}-arabic-400-normal.woff2"),
        "Noto Sans Arabic": plain(packages / "noto-sans-arabic" / "files" / "noto-sans-arabic-arabic-400-normal.woff2"),
    }
    for family, face in (("Digest Sans", FACES[0]), ("Digest Naskh", FACES[1])):
        for local, data in installed.items():
            print(fallback(family, plain(made[face]), local, data))


if __name__ == "__main__":
    main()
