"""From an editor's picture to the files and the HTML a browser chooses from. All pictures are drawn here."""

from __future__ import annotations

import struct
import subprocess
import sys
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from markupsafe import Markup
from PIL import Image, ImageCms, ImageDraw, PngImagePlugin

from digest.content.images import BYTE_LIMIT, pixel_limit, prepare
from digest.content.settings import ImageSettings
from digest.model import ImageRef, Picture, Place, Rendition, Text
from digest.pages.figures import figure_html, picture_html, template_picture

SETTINGS = ImageSettings((100, 200, 1600), ("avif", "webp"), 70)
RED, GREEN, BLUE, WHITE = (220, 20, 30), (20, 160, 60), (20, 60, 200), (255, 255, 255)


def drawn(width: int = 240, height: int = 120, mode: str = "RGB") -> Image.Image:
    """Red left half, blue right half, a green band along the top."""
    image = Image.new("RGB", (width, height), RED)
    pen = ImageDraw.Draw(image)
    pen.rectangle((width // 2, 0, width, height), fill=BLUE)
    pen.rectangle((0, 0, width, height // 4), fill=GREEN)
    return image.convert(mode)


def encoded(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


class Desk:
    """A site's root with pictures, and what `prepare` makes of them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.cache = root / ".digest" / "pictures"

    def put(self, name: str, raw: bytes) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)

    def prepare(self, *names: str, settings: ImageSettings = SETTINGS, base_path: str = "/", jobs: int = 2):
        refs = [
            ImageRef(name, "", None, None, Place("content/sport/a.md", line, 3)) for line, name in enumerate(names, 1)
        ]
        return prepare(refs, root=self.root, folder=self.cache, settings=settings, base_path=base_path, jobs=jobs)

    def make(self, raw: bytes, name: str = "content/a.jpg", settings: ImageSettings = SETTINGS) -> Rendition:
        self.put(name, raw)
        made, problems = self.prepare(name, settings=settings)
        assert problems == ()
        return made[name]

    def problem(self, raw: bytes, name: str = "content/a.jpg") -> str:
        """The one problem of a picture, without its place."""
        self.put(name, raw)
        made, problems = self.prepare(name)
        assert made == {}
        assert len(problems) == 1
        prefix = f"content/sport/a.md:1:3: the picture '{name}' "
        assert str(problems[0]).startswith(prefix)
        return str(problems[0]).removeprefix(prefix)

    def state(self) -> dict[str, tuple[int, int]]:
        """Every file of the memory with the instant of its last change."""
        return {str(p): (p.stat().st_mtime_ns, p.stat().st_ino) for p in self.cache.rglob("*") if p.is_file()}


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def shown(made: Rendition, ending: str = "") -> Image.Image:
    """The fallback, or the widest file with an ending, opened."""
    path = next(
        cached for output, cached in reversed(made.files) if output.endswith(ending or made.src.rpartition("/")[2])
    )
    image = Image.open(path)
    image.load()
    return image


def near(pixel: object, colour: tuple[int, int, int], slack: int = 12) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(a - b) <= slack for a, b in zip(pixel, colour, strict=False))


def test_each_width_and_format_is_made_and_none_is_enlarged(desk):
    made = desk.make(encoded(drawn(240, 120)), "content/sport/final.jpg")
    mark = made.src.split("-")[1]
    assert made == Rendition(
        src=f"/media/final-{mark}-200.jpg",
        width=200,
        height=100,
        sources=(
            ("image/avif", f"/media/final-{mark}-100.avif 100w, /media/final-{mark}-200.avif 200w"),
            ("image/webp", f"/media/final-{mark}-100.webp 100w, /media/final-{mark}-200.webp 200w"),
        ),
        files=tuple(
            (f"media/final-{mark}-{name}", str(desk.cache / mark / name))
            for name in ("100.avif", "100.webp", "200.avif", "200.webp", "200.jpg")
        ),
    )
    for output, cached in made.files:
        with Image.open(cached) as image:
            width = int(output.rpartition("-")[2].partition(".")[0])
            assert image.size == (width, width // 2)
            assert image.format == {"avif": "AVIF", "webp": "WEBP", "jpg": "JPEG"}[output.rpartition(".")[2]]


def test_a_picture_narrower_than_all_widths_keeps_its_own(desk):
    made = desk.make(encoded(drawn(60, 30)))
    assert (made.width, made.height) == (60, 30)
    assert [srcset.rpartition(" ")[2] for _, srcset in made.sources] == ["60w", "60w"]


def test_the_fallback_is_at_most_1200_wide_where_there_is_a_choice(desk):
    raw = encoded(drawn(1700, 850))
    assert desk.make(raw, settings=ImageSettings((400, 1200, 1600), ("webp",), 70)).width == 1200
    assert desk.make(raw, settings=ImageSettings((1300, 1600), ("webp",), 70)).width == 1300


def test_without_modern_formats_the_fallback_stands_alone(desk):
    made = desk.make(encoded(drawn()), settings=ImageSettings((100, 200), (), 70))
    assert made.sources == ()
    assert [output.rpartition("-")[2] for output, _ in made.files] == ["200.jpg"]


def test_names_come_from_the_stem_and_urls_are_encoded_below_the_base_path(desk):
    desk.put("content/صورة النهائي.JPG", encoded(drawn()))
    desk.put("content/---.png", encoded(drawn(50, 50), "PNG"))
    made, _ = desk.prepare("content/صورة النهائي.JPG", "content/---.png", base_path="/news/")
    arabic = made["content/صورة النهائي.JPG"]
    assert arabic.src.startswith("/news/media/%D8%B5%D9%88%D8%B1%D8%A9-")
    assert arabic.files[0][0].startswith("media/صورة-النهائي-")
    assert made["content/---.png"].src.startswith("/news/media/image-")


def test_the_same_picture_in_two_files_is_made_once(desk):
    raw = encoded(drawn())
    desk.put("content/a.jpg", raw)
    desk.put("content/b.jpg", raw)
    made, _ = desk.prepare("content/a.jpg", "content/b.jpg", "content/a.jpg")
    first, second = made["content/a.jpg"], made["content/b.jpg"]
    assert [cached for _, cached in first.files] == [cached for _, cached in second.files]
    assert first.src.replace("/a-", "/b-") == second.src
    assert len(list(desk.cache.iterdir())) == 1


def test_a_second_build_opens_no_picture_and_writes_nothing(desk, monkeypatch):
    desk.put("content/a.jpg", encoded(drawn()))
    first = desk.prepare("content/a.jpg")
    before = desk.state()

    def forbidden(*args: object, **options: object) -> None:
        raise AssertionError("a picture was opened")

    monkeypatch.setattr(Image, "open", forbidden)
    assert desk.prepare("content/a.jpg") == first
    assert desk.state() == before


@pytest.mark.parametrize(
    "changed",
    [
        ImageSettings((100,), ("avif", "webp"), 70),
        ImageSettings((100, 200, 1600), ("webp",), 70),
        ImageSettings((100, 200, 1600), ("avif", "webp"), 71),
    ],
)
def test_other_settings_make_other_names(desk, changed):
    raw = encoded(drawn())
    assert desk.make(raw).src != desk.make(raw, settings=changed).src


def test_other_pixels_make_another_name(desk):
    assert desk.make(encoded(drawn())).src != desk.make(encoded(drawn(241))).src


@pytest.mark.parametrize("harm", ["cut", "gone", "sidecar", "no sidecar"])
def test_a_harmed_memory_is_mended(desk, harm):
    raw = encoded(drawn())
    made = desk.make(raw)
    path = Path(made.files[0][1])
    whole = path.read_bytes()
    sidecar = path.with_name("rendition.json")
    if harm == "cut":
        path.write_bytes(whole[:-1])
    elif harm == "gone":
        path.unlink()
    elif harm == "sidecar":
        sidecar.write_text("[1")
    else:
        sidecar.unlink()
    assert desk.make(raw) == made
    assert path.read_bytes() == whole


def test_the_same_picture_always_becomes_the_same_bytes(tmp_path):
    raw = encoded(drawn(700, 400))
    one, two = Desk(tmp_path / "one"), Desk(tmp_path / "two")
    first, second = one.make(raw), two.make(raw)
    assert first.files != second.files
    assert [Path(p).read_bytes() for _, p in first.files] == [Path(p).read_bytes() for _, p in second.files]


def test_a_site_without_pictures_loads_no_pillow():
    code = (
        "import sys; from pathlib import Path; from digest.content.images import *; from digest.content.settings import ImageSettings; "
        "s = ImageSettings((100,), (), 70); "
        "assert prepare([], root=Path(), folder=Path('none'), settings=s, base_path='/', jobs=1) == ({}, ()); "
        "sys.exit('PIL' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_pictures_stand_upright_whatever_exif_says(desk, turn, kind):
    """The camera stored a turned copy; the reader sees green on top and red on the left, twice as wide as high."""
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = drawn(1200, 600)
    stored = stored.transpose(undo[turn]) if turn in undo else stored
    exif = Image.Exif()
    exif[0x0112] = turn
    made = desk.make(encoded(stored, kind, exif=exif), settings=ImageSettings((200,), (), 90))
    image = shown(made).convert("RGB")
    assert (made.width, made.height) == image.size == (200, 100)
    assert near(image.getpixel((20, 10)), GREEN)
    assert near(image.getpixel((20, 80)), RED)
    assert near(image.getpixel((180, 80)), BLUE)


def test_no_metadata_is_left(desk):
    exif = Image.Exif()
    exif[0x010F] = "SECRET camera"
    exif.get_ifd(0x8825)[1] = "N"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    raw = encoded(drawn(), exif=exif, comment=b"SECRET", icc_profile=profile, dpi=(300, 300), xmp=b"<x>SECRET</x>")
    assert raw.count(b"SECRET") == 3
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", "SECRET")
    clear = drawn(mode="RGBA")
    clear.putalpha(100)
    for name, content in {"a.jpg": raw, "b.png": encoded(clear, "PNG", pnginfo=text, exif=exif)}.items():
        for _, cached in desk.make(content, name).files:
            kept = Path(cached).read_bytes()
            assert b"SECRET" not in kept
            with Image.open(cached) as image:
                assert not {"exif", "icc_profile", "comment", "xmp", "Author"} & set(image.info)


def test_transparency_makes_the_fallback_a_png(desk):
    image = drawn(mode="RGBA")
    image.putpixel((0, 0), (0, 0, 0, 0))
    ImageDraw.Draw(image).rectangle((0, 60, 100, 119), fill=(0, 0, 0, 0))
    made = desk.make(encoded(image, "PNG"), "a.png")
    assert made.src.endswith("-200.png")
    for ending in (".png", ".webp", ".avif"):
        kept = shown(made, ending)
        assert kept.mode == "RGBA"
        assert kept.getpixel((20, 90))[3] == 0
        assert kept.getpixel((180, 90))[3] == 255


def test_an_alpha_channel_that_hides_nothing_is_dropped(desk):
    assert desk.make(encoded(drawn(mode="RGBA"), "PNG"), "a.png").src.endswith(".jpg")


@pytest.mark.parametrize(
    "raw",
    [
        encoded(drawn(mode="P"), "PNG"),
        encoded(drawn(mode="P"), "GIF"),
        encoded(drawn(mode="CMYK"), quality=95),
        encoded(drawn(), "WEBP", lossless=True),
        encoded(drawn(), "AVIF", quality=95),
    ],
    ids=["png palette", "gif", "cmyk", "webp", "avif"],
)
def test_every_kind_that_is_read_keeps_its_colours(desk, raw):
    image = shown(desk.make(raw, settings=ImageSettings((200,), (), 95)))
    assert near(image.getpixel((20, 80)), RED, 24)
    assert near(image.getpixel((180, 80)), BLUE, 24)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "I;16"])
def test_grey_pictures_keep_their_greys(desk, mode):
    grey = Image.new("I;16", (100, 50), 128 * 256) if mode == "I;16" else Image.new("L", (100, 50), 128).convert(mode)
    image = shown(desk.make(encoded(grey, "PNG")))
    mean = sum(image.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))) / 3
    assert abs(mean - 128) <= 2


def test_colours_of_a_profile_become_srgb(desk):
    """A picture in a space whose red and blue are exchanged comes out in the colours it means."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    profile[:] = profile.replace(b"rXYZ", b"tXYZ", 1).replace(b"bXYZ", b"rXYZ", 1).replace(b"tXYZ", b"bXYZ", 1)
    for mode, kind in (("RGB", "JPEG"), ("RGBA", "PNG")):
        image = Image.new(mode, (100, 100), (*RED, 255)[: len(mode)])
        if mode == "RGBA":
            image.putpixel((0, 0), (0, 0, 0, 0))
        made = shown(desk.make(encoded(image, kind, icc_profile=bytes(profile))))
        assert made.mode == mode
        assert near(made.getpixel((50, 50)), (RED[2], RED[1], RED[0]), 16)


def test_a_broken_profile_is_passed_over(desk):
    image = shown(desk.make(encoded(drawn(), icc_profile=b"nonsense" * 40)))
    assert near(image.getpixel((20, 80)), RED, 24)


def test_the_first_picture_of_an_animation_is_kept(desk):
    frames = [Image.new("RGB", (50, 50), colour) for colour in (RED, BLUE)]
    raw = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=100)
    image = shown(desk.make(raw, "a.gif"))
    assert near(image.getpixel((25, 25)), RED)


DAMAGED = "is damaged or cut short; put a whole copy of it there"
CURE = "save it as JPEG, PNG, WebP, AVIF or GIF"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "is empty; put a whole copy of it there"),
        ("ليست صورة".encode(), f"is not a picture; {CURE}"),
        (b'<?xml version="1.0"?><svg onload="x()"/>', f"is an SVG file, which may hold scripts; {CURE}"),
        (encoded(drawn(), "TIFF"), f"is a TIFF file, which is not read; {CURE}"),
        (encoded(drawn(), "BMP"), f"is a BMP file, which is not read; {CURE}"),
        (b"\0\0\0\x18ftypheic" + bytes(100), f"is a HEIC file, which is not read; {CURE}"),
        (b"\xff\xd8\xff\xe0" + bytes(50), DAMAGED),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), DAMAGED),
        (b"RIFF\x20\0\0\0WEBPVP8 " + bytes(20), DAMAGED),
        *((encoded(drawn(900, 500), kind)[:-600], DAMAGED) for kind in ("JPEG", "PNG", "WEBP", "AVIF", "GIF")),
    ],
)
def test_what_is_no_whole_picture_is_a_problem_that_says_what_it_is(desk, raw, said):
    assert desk.problem(raw) == said


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "GIF"])
def test_damage_anywhere_is_a_problem_or_a_picture_and_never_an_exception(desk, kind):
    raw = encoded(drawn(300, 200), kind)
    for number in range(60):
        at = number * len(raw) // 60
        desk.put(f"content/{number}.jpg", raw[:at] + bytes(b ^ 0x5A for b in raw[at : at + 3]) + raw[at + 3 :])
    names = [f"content/{number}.jpg" for number in range(60)]
    made, problems = desk.prepare(*names, settings=ImageSettings((100,), (), 70))
    assert len(made) + len(problems) == 60
    assert problems


def png_bomb(width: int, height: int) -> bytes:
    """A small PNG that would unpack to width × height pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(bytes(2**20)))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("width", "height", "said", "limit"),
    [
        (8001, 4000, "has 8001×4000 pixels", 32),
        (10_000, 10_000, "has 10000×10000 pixels", 32),
        (65_000, 65_000, "has far too many pixels", 32),
    ],
)
def test_a_decompression_bomb_is_refused_unexpanded(desk, monkeypatch, width, height, said, limit):
    monkeypatch.setattr(Image.Image, "load", lambda _: pytest.fail("pixels were asked for"))
    monkeypatch.setattr("PIL.PngImagePlugin.PngImageFile.load", lambda _: pytest.fail("pixels were asked for"))
    expected = f"{said}, over the limit of {limit} megapixels; save a smaller copy of it"
    assert desk.problem(png_bomb(width, height)) == expected


@pytest.mark.parametrize(
    ("kind", "mode", "limit"),
    [
        ("JPEG", "RGB", 32),
        ("progressive", "RGB", 25),
        ("JPEG", "CMYK", 16),
        ("PNG", "L", 32),
        ("PNG", "RGBA", 16),
        ("WEBP", "RGB", 12),
        ("GIF", "P", 16),
    ],
)
def test_the_limit_of_pixels_is_what_their_reader_can_hold(kind, mode, limit):
    """tests/test_bounded.py measures the memory."""
    assert pixel_limit(kind, mode) == limit * 1_000_000


def test_a_file_over_the_limit_of_bytes_is_refused(desk):
    raw = encoded(drawn()) + bytes(BYTE_LIMIT)
    assert desk.problem(raw) == "is larger than the limit of 30 MiB; save a smaller copy of it"


def test_a_strip_no_format_can_hold_is_refused(desk):
    raw = encoded(Image.new("RGB", (100, 20_000)), "PNG")
    assert desk.problem(raw) == "would be 20000 pixels high at 100 wide, over the limit of 16383; cut it into parts"


def test_files_that_cannot_be_read_are_problems(desk):
    (desk.root / "content").mkdir()
    (desk.root / "content" / "folder.jpg").mkdir()
    made, problems = desk.prepare("content/none.jpg", "content/folder.jpg")
    assert made == {}
    assert [str(problem) for problem in problems] == [
        (
            "content/sport/a.md:1:3: the picture 'content/none.jpg' cannot be read: No such file or directory; "
            "check the file and its permissions"
        ),
        "content/sport/a.md:2:3: the picture 'content/folder.jpg' is not a regular file; put the picture itself there",
    ]


def test_a_memory_that_cannot_be_written_is_a_problem(desk):
    desk.cache.parent.mkdir(parents=True)
    desk.cache.write_text("in the way")
    assert desk.problem(encoded(drawn())) == (
        "was made but cannot be kept: Not a directory; make room, or check the permissions of the folder .digest"
    )


def test_a_broken_picture_stops_no_other_and_is_said_once_at_its_first_place(desk):
    desk.put("content/good.jpg", encoded(drawn()))
    desk.put("content/bad.jpg", b"bad")
    made, problems = desk.prepare("content/good.jpg", "content/bad.jpg", "content/bad.jpg")
    assert list(made) == ["content/good.jpg"]
    assert [(problem.path, problem.line, problem.column) for problem in problems] == [("content/sport/a.md", 2, 3)]


RENDITION = Rendition("/media/a-1-200.jpg", 200, 100, (("image/webp", "/media/a-1-200.webp 200w"),), ())


def test_a_picture_element_offers_each_source_and_reserves_its_place():
    made = picture_html(Picture(RENDITION, "لاعبون في الملعب"), sizes="50vw", eager=False, css_class="lead")
    assert made == (
        '<picture class="lead"><source type="image/webp" srcset="/media/a-1-200.webp 200w" sizes="50vw">'
        '<img src="/media/a-1-200.jpg" width="200" height="100" alt="لاعبون في الملعب" loading="lazy" decoding="async">'
        "</picture>"
    )


def test_the_picture_above_the_fold_is_fetched_first():
    made = picture_html(Picture(RENDITION, ""), sizes="100vw", eager=True)
    assert 'fetchpriority="high"' in made
    assert "loading" not in made
    assert 'alt=""' in made


def test_templates_get_the_same_element():
    picture = Picture(RENDITION, "x")
    assert template_picture(picture, "50vw", eager=True) == picture_html(picture, sizes="50vw", eager=True)


def test_nothing_an_editor_writes_leaves_its_attribute():
    evil = "\"><script>x</script>'"
    made = picture_html(Picture(RENDITION, evil), sizes=evil, eager=False, css_class=evil)
    assert "<script" not in made
    assert made.count('"') == 2 * made.count('="')


def test_a_figure_has_caption_and_credit_in_their_own_directions():
    caption = Text("النهائي", "النهائي", "rtl", "rtl")
    credit = Text("Photo: A. Writer", "Photo: A. Writer", "ltr", "rtl", "en")
    picture = Picture(RENDITION, "", caption, credit)
    image = picture_html(picture, sizes="(min-width: 64rem) 38rem, 100vw", eager=False)
    credit = Markup("الصورة: ") + picture.credit.bdi
    assert figure_html(picture, credit) == (
        f'<figure>{image}<figcaption><span class="caption">النهائي</span> '
        '<small class="credit">الصورة: <bdi lang=en dir=ltr>Photo: A. Writer</bdi></small></figcaption></figure>'
    )


def test_a_figure_without_words_has_no_caption_element():
    assert "figcaption" not in figure_html(Picture(RENDITION, "", Text("", "", "rtl", "rtl"), None), Markup(""))
