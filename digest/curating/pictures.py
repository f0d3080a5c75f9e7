"""One picture of the web → a file beside an entry: fetched within bounds, opened, verified, written anew.

What is written is what Pillow made of the pixels: no script, no metadata, no place where it was taken. The credit that
its IPTC or EXIF data hold is read first.
"""

from __future__ import annotations

from io import BytesIO
from typing import Final, NamedTuple

from digest.content import images
from digest.curating import fetching
from digest.problems import N_, Message
from digest.text import cleaning

LARGEST: Final = 12 << 20
WIDEST: Final = 2400
"""Pixels: what a page shows at most, twice over."""
QUALITY: Final = 90
LIMITS: Final = fetching.Limits(received=LARGEST, inflated=LARGEST)
ACCEPT: Final = "image/avif,image/webp,image/png,image/jpeg;q=0.9,image/gif;q=0.5"
IPTC_FIELDS: Final = ((2, 110), (2, 80), (2, 116), (2, 115))
"""Credit, by-line, copyright, source."""
EXIF_FIELDS: Final = (315, 33432)
"""Artist, copyright."""


class Taken(NamedTuple):
    """A picture's file, or why there is none."""

    content: bytes = b""
    ending: str = ""
    credit: str = ""
    problem: Message | None = None
    cure: Message | None = None


def take(address: str, network: fetching.Network = fetching.NETWORK) -> Taken:
    """Fetch a picture and write it anew."""
    answer = fetching.fetch(address, accept=ACCEPT, limits=LIMITS, network=network)
    if isinstance(answer, fetching.Failure):
        return Taken(problem=N_("the picture: {reason}", reason=answer.what), cure=answer.remedy)
    return made(answer.body)


def made(raw: bytes) -> Taken:
    """The file of a picture's bytes."""
    if len(raw) > LARGEST:
        return Taken(problem=N_("the picture is larger than 12 MB"), cure=N_("save a smaller copy of it"))
    try:
        image, _, _ = images.decode(raw, (WIDEST,))
        credit = credit_in(raw)
        to = BytesIO()
        if image.mode in ("RGBA", "LA"):
            image.save(to, "PNG", optimize=False)
            return Taken(to.getvalue(), ".png", credit)
        image.convert("RGB").save(to, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    except images.PictureFaultError as fault:
        return Taken(problem=N_("the page's picture {fault}", fault=fault.message), cure=fault.cure)
    return Taken(to.getvalue(), ".jpg", credit)


def credit_in(raw: bytes) -> str:
    """Who took it, as its IPTC or EXIF data say; empty where they do not."""
    from PIL import Image, IptcImagePlugin  # noqa: PLC0415 - only for --image

    found: list[str] = []
    try:
        with Image.open(BytesIO(raw), formats=images.READ_FORMATS) as image:
            iptc = IptcImagePlugin.getiptcinfo(image) or {} if image.format == "JPEG" else {}
            for field in IPTC_FIELDS:
                value = iptc.get(field, b"")
                found.append(decoded(value[0] if isinstance(value, list) else value))
            exif = image.getexif()
            found += [str(exif.get(field, "")) for field in EXIF_FIELDS]
    except Exception:  # noqa: BLE001 - metadata alone is no reason to refuse a picture, and Pillow raises anything on it
        return ""
    return next((text for one in found if (text := cleaning.clean(one)[:200])), "")


def decoded(value: bytes) -> str:
    """IPTC text: UTF-8, or failing that Latin."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("cp1252", "replace")
