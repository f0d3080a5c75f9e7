"""One canonical form for the addresses of stories, and the key under which two of them are the same story.

In: an address as a page, a feed or an editor wrote it. Out: `canonical`, which an entry names as its source, and `key`,
which is only compared: it also ignores the scheme, the last slash, the way letters are percent-encoded and the forms
that show the same story to another device (AMP).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote, urljoin, urlsplit

from digest.content import urls

if TYPE_CHECKING:
    from digest.content.inbox_sources import InboxSource

TRACKING_NAMES: Final = """
gclid gclsrc dclid gbraid wbraid gad_source gad_campaignid srsltid msclkid fbclid mibextid twclid ttclid li_fat_id
yclid ysclid _openstat epik igsh igshid igshuid rdt_cid sccid irclickid
fb_action_ids fb_action_types fb_source fb_ref fb_comment_id action_object_map action_type_map action_ref_map
__twitter_impression ref_src ref_url sh_kit spm share_id feature_share
mc_cid mc_eid mc_tc _hsenc _hsmi __hssc __hstc __hsfp hsctatracking mkt_tok vero_id vero_conv oly_enc_id oly_anon_id
wickedid ml_subscriber ml_subscriber_hash rb_clickid s_cid s_kwcid soc_src soc_trk _bta_tid _bta_c trk_contact trk_msg
trk_module trk_sid _branch_match_id _branch_referrer elqtrack elqtrackid dm_i ck_subscriber_id
cmp cmpid icid ito ncid ocid smid srnd xtor wt_mc wt.mc_id wtrid ns_mchannel ns_source ns_campaign ns_linkname ns_fee
at_medium at_campaign at_campaign_type at_link_id at_link_type at_link_origin at_format at_ptr_name at_bbc_team
traffic_source guccounter guce_referrer guce_referrer_sig __s
"""
"""Line by line: clicks on advertisements; links shared in networks; newsletters; analytics of publishers."""
TRACKING: Final = frozenset(TRACKING_NAMES.split())
"""Names of query parameters, lower-case, that say where a reader came from and nothing about the page."""

TRACKING_FAMILIES: Final = ("utm_", "mtm_", "matomo_", "pk_", "piwik_", "hsa_", "stm_", "ga_", "at_custom")
"""Beginnings of such names."""

AMP_PARAMETER: Final = re.compile(r"(?:amp|outputtype=amp|amp=[\w-]*|view=amp|_amp=[\w-]*)", re.IGNORECASE)
AMP_ENDING: Final = re.compile(r"/amp/?\Z", re.IGNORECASE)
AMP_CACHE: Final = re.compile(
    r"https?://(?:[\w-]+\.)?(?:cdn\.ampproject\.org/[cv]|google\.com/amp)/(s/)?(.+)", re.ASCII
)
"""A copy of a page in a cache of AMP: whether it was https, host and path."""
ESCAPE: Final = re.compile("%([0-9A-F]{2})")
UNRESERVED: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
MARKS: Final = re.compile("[\u061c\u200b-\u200f\u2060\ufeff]")


def canonical(raw: str, base: str = "") -> str:
    """The address in normal form without tracking parameters and fragment; empty for what is no web address.

    `base` resolves a relative one.
    """
    text = raw.strip()
    if base:
        try:
            text = urljoin(base, text)
        except ValueError:
            return ""
    address, _ = urls.gate(MARKS.sub(lambda mark: quote(mark[0]), text.strip("\ufeff\u200b\u200e\u200f\u061c")))
    if not urls.is_external(address):
        return ""
    cached = AMP_CACHE.fullmatch(address)
    if cached:
        return canonical(f"http{'s' if cached[1] else ''}://{cached[2]}")
    address, _, _ = address.partition("#")
    address, _, query = address.partition("?")
    address = without_dots(ESCAPE.sub(plain_escape, address))
    kept = [part for part in query.split("&") if part and not is_tracking(part)]
    return address + ("?" + ESCAPE.sub(plain_escape, "&".join(kept)) if kept else "")


def key(raw: str) -> str:
    """What two addresses of one story have in common; empty for what is no web address."""
    address = canonical(raw)
    if not address:
        return ""
    _, _, rest = address.partition("//")
    path, _, query = rest.partition("?")
    path = AMP_ENDING.sub("", path).rstrip("/")
    kept = "&".join(part for part in query.split("&") if part and not AMP_PARAMETER.fullmatch(part))
    return decoded_key(path) + ("?" + decoded_key(kept) if kept else "")


def same(one: str, other: str) -> bool:
    """Whether two addresses lead to one story."""
    return key(one) == key(other) != ""


def host(address: str) -> str:
    """Host of a web address as names are compared: lower-case punycode, no port, no `www.`; empty for none."""
    try:
        name = urlsplit(canonical(address)).hostname or ""
    except ValueError:
        return ""
    return name.removeprefix("www.") if name.count(".") > 1 else name


SECOND_LEVEL_NAMES: Final = """
com co org net gov gob gouv govt edu ac info press tv media mil nom or ne go int sch asso web gen biz name
"""
SECOND_LEVEL: Final = frozenset(SECOND_LEVEL_NAMES.split())
"""Labels under which countries give names away: `aljarida.com.kw` belongs to one outlet, `com.kw` to none."""


def registered(name: str) -> str:
    """The part of a host that one owner registered: `news.bbc.co.uk` → `bbc.co.uk`.

    A rule of thumb instead of the Public Suffix List: two labels, or three below a country's `com.`, `co.` and such.
    """
    labels = name.split(".")
    if name.startswith("[") or labels[-1].isdigit():
        return name
    deep = len(labels) > 2 and len(labels[-1]) == 2 and (labels[-2] in SECOND_LEVEL or len(labels[-2]) == 2)
    return ".".join(labels[-3 if deep else -2 :])


def is_tracking(parameter: str) -> bool:
    """Whether `name=value` of a query says only where the reader came from."""
    name = unquote(parameter.partition("=")[0]).lower()
    return name in TRACKING or name.startswith(TRACKING_FAMILIES)


def plain_escape(match: re.Match[str]) -> str:
    """`%41` → `A`: RFC 3986 §6.2.2.2, unreserved characters are not encoded."""
    octet = int(match[1], 16)
    return chr(octet) if octet in UNRESERVED else match[0]


def without_dots(address: str) -> str:
    """The path without `.` and `..` segments (RFC 3986 §5.2.4)."""
    head, slashes, rest = address.partition("//")
    name, slash, path = rest.partition("/")
    if "/." not in "/" + path:
        return address
    kept: list[str] = []
    parts = path.split("/")
    for part in parts:
        if part == "..":
            del kept[-1:]
        elif part != ".":
            kept.append(part)
    if parts[-1] in (".", ".."):
        kept.append("")
    return f"{head}{slashes}{name}{slash}{'/'.join(kept)}"


def decoded_key(text: str) -> str:
    """Percent-decoded but for the characters that part an address, NFC."""
    held = re.sub("%(2F|3F|23|25|26|3D|2B)", r"%25\1", text)
    return unicodedata.normalize("NFC", unquote(held, errors="surrogateescape"))


def source_of(sources: Iterable[InboxSource], address: str) -> InboxSource | None:
    """The source of `inbox:` with the host of an address, or else with its registered domain.

    `feeds.x.example` and `www.x.example` share a domain. None if there is no source, or two of a domain differ.
    """
    name = host(address)
    if not name:
        return None
    known = [(host(source.url), source) for source in sources]
    same = [source for other, source in known if other == name]
    if same:
        return same[0]
    domain = registered(name)
    near = [source for other, source in known if other and registered(other) == domain]
    return near[0] if len({(source.theme, source.timezone) for source in near}) == 1 else None
