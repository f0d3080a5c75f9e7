"""Pages that are no story: robots' walls, logins, missing pages that answer 200, lists and home pages.

In: a page, its metadata, the address. Out: what is wrong and the cure, or None. A page that says of itself that it is
an article and has its text is believed, whatever scripts of a wall's maker it carries.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import urlsplit

from digest.curating import addresses, jsonld, metadata, pages
from digest.curating.fetching import CHECK_ADDRESS, LOG_IN, SAVE_IT
from digest.problems import N_, Message
from digest.text.folding import fold

if TYPE_CHECKING:
    from digest.curating.metadata import Metadata
    from digest.curating.pages import Page


class Refusal(NamedTuple):
    """Why a page gives no entry, and what to do."""

    what: Message
    remedy: Message


SHORT: Final = 700
"""Characters of text below which a page may be a notice only."""
ENOUGH: Final = 280
"""Characters of unlinked text that make a page without metadata a story."""

WALL_TITLES: Final = re.compile(
    r"^(?:just a moment|attention required|access (?:to this page has been )?denied|pardon our interruption"
    r"|one moment,? please"
    r"|please wait|checking your browser|security check|are you (?:a )?(?:robot|human)|robot or human"
    r"|human verification|verify(?:ing)? you are"
    r"|you have been blocked|request (?:blocked|rejected)|ddos-guard|bot verification|captcha"
    r"|challenge validation|client challenge"
    r"|un instant|nur einen moment|un momento|انتظر لحظه|لحظه من فضلك|لحظه|التحقق من المتصفح|تحقق من انك لست روبوت)"
)  # fmt: skip
WALL_TEXT: Final = re.compile(
    r"enable javascript and cookies to continue|checking if the site connection is secure"
    r"|verify(?:ing)? you are (?:a )?human|unusual traffic"
    r"|needs to review the security of your connection|press (?:&|and) hold|complete the (?:security check"
    r"|captcha)|i'?m not a robot|you are not a (?:ro)?bot"
    r"|request unsuccessful\. incapsula|reference #[\da-f.]{8}|error 1020|ray id|access denied"
    r"|انك لست (?:برنامج )?روبوت|التحقق من انك انسان|اثبت انك لست"
)  # fmt: skip
MISSING: Final = re.compile(
    r"(?<!\d)404(?!\d)|\bnot found\b|page (?:you|is|was|does|could|can)[^.]{0,40}(?:n[o']t|longer)"
    r"|page introuvable|seite nicht gefunden|no longer available"
    r"|pagina no encontrada|الصفحه (?:غير موجوده|المطلوبه غير|التي (?:تبحث|طلبت|تحاول)|لم تعد|لا توجد)"
    r"|لم يتم العثور|لا توجد نتاءج|غير متوفره|غير متاحه|تعذر العثور"
    r"|الخبر غير موجود|المقال غير موجود|هذه الصفحه غير|عذرا.{0,30}(?:غير موجود|لم نجد|لم نعثر)|تم حذف"
)  # fmt: skip
LOGIN_TITLES: Final = re.compile(
    r"^(?:log ?in|sign ?in|sign ?up|login|register|anmelden|connexion|se connecter|iniciar sesion|subscribe"
    r"|members? only"
    r"|تسجيل الدخول|تسجيل دخول|دخول|انشاء حساب|اشترك|تسجيل)(?!\w)"
)
LOGIN_PATH: Final = re.compile(
    r"/(?:log-?in|sign-?in|wp-login\.php|sso|auth(?:enticate)?|register|account/login|users/sign_in|oauth\d?"
    r"|session)(?:[/.?]|$)"
)
CONSENT: Final = re.compile(r"^(?:consent|guce|accounts|login|auth|sso|id|myaccount|secure\.login)\.")
LISTING_TYPES: Final = frozenset(
    {"collectionpage", "searchresultspage", "itemlist", "profilepage", "contactpage", "aboutpage"}
)


def refusal(page: Page, found: Metadata, address: str, asked: str = "") -> Refusal | None:
    """Why a page is no story, and what to do; None for a story. `asked` is the address before redirects."""
    text = text_of(page)
    heading = fold(found.title or page.title)
    notice = fold(" ".join([page.title, *(one.text for one in page.elements if one.tag == "h1"), text[:1500]]))
    host = addresses.host(address) or N_("the page")
    if leads_to_login(address, asked):
        return Refusal(N_("{host} wants a login", host=host), LOG_IN)
    told = found.is_article and bool(found.dated) and len(text) >= ENOUGH
    if not told:
        if is_wall(page, heading, notice, text):
            return Refusal(N_("{host} asks visitors to prove that they are no robots", host=host), SAVE_IT)
        if is_login(page, heading, text):
            return Refusal(N_("{host} wants a login", host=host), LOG_IN)
        if len(text) < SHORT and MISSING.search(heading if found.is_article else notice[:900]):
            return Refusal(N_("{host} has no such page, although it answers as if it had", host=host), CHECK_ADDRESS)
    if not is_story(page, found, address, text):
        return Refusal(
            N_("the page is no article"),
            N_("give the address of a single story, or save the page of one and clip the file"),
        )
    return None


def is_wall(page: Page, heading: str, notice: str, text: str) -> bool:
    if WALL_TITLES.search(heading) and len(text) < SHORT * 2:
        return True
    if len(text) >= SHORT:
        return False
    return bool(WALL_TEXT.search(notice)) or (page.has_wall_mark and len(text) < ENOUGH)


def leads_to_login(address: str, asked: str) -> bool:
    """Whether a request for a page ended at a login or a form of consent."""
    path, before = urlsplit(address).path.lower(), urlsplit(asked).path.lower()
    if LOGIN_PATH.search(path) and not LOGIN_PATH.search(before):
        return True
    host = addresses.host(address)
    return bool(asked) and addresses.host(asked) != host and bool(CONSENT.search(host))


def is_login(page: Page, heading: str, text: str) -> bool:
    """Whether a page is little more than a form to log in."""
    return len(text) < SHORT and (bool(LOGIN_TITLES.search(heading)) or (page.has_password and len(text) < ENOUGH))


def is_story(page: Page, found: Metadata, address: str, text: str) -> bool:  # noqa: PLR0911 - one for each kind
    """Whether the page holds one story: it says so and is no home page, or has the text of one."""
    if not found.title:
        return False
    graph_types = (
        set().union(*(jsonld.types(node) for node in jsonld.nodes(page.json_ld[:20]))) if page.json_ld else set()
    )
    home = bool(found.url or address) and metadata.is_home(found.url or address)
    if home and not (graph_types & jsonld.ARTICLES and found.dated and page.meta("og:type") == "article"):
        return False
    if found.is_article and (found.dated or len(text) >= ENOUGH):
        return True
    longest = max((len(line.text) for line in story_lines(page)), default=0)
    if graph_types & LISTING_TYPES and not graph_types & jsonld.ARTICLES and longest < ENOUGH:
        return False
    if page.meta("og:type").lower() in ("website", "profile") and not found.dated and longest < ENOUGH:
        return False
    links = sum(line.linked for line in page.lines if not line.where & pages.ASIDE)
    if len(text) < ENOUGH:
        # a short piece of news is one if the page gives it a date and a heading
        return bool(
            found.dated
            and found.dated.text == ""
            and any(one.tag == "h1" for one in page.elements)
            and len(text) >= 60
            and links < 2000
        )
    return longest >= 120 or (len(text) > SHORT and links < len(text) * 3)


def story_lines(page: Page) -> list[pages.Line]:
    """Lines that are text: outside other parts of the page, not mostly links, of some length."""
    return [
        line
        for line in page.lines
        if not line.where & pages.OTHERS and len(line.text) >= 40 and line.linked * 2 < len(line.text)
    ]


def text_of(page: Page) -> str:
    """The running text of a page, as far as its marks tell."""
    return "\n".join(line.text for line in story_lines(page))


def leads_home(asked: str, final: str) -> bool:
    """Whether a redirect went from a story's address to a home page."""
    return bool(asked) and not metadata.is_home(asked) and metadata.is_home(final)


def reservation(page: Page, headers: dict[str, str]) -> str:
    """What a page asks of those who copy: `noarchive`, a reservation against mining; empty for nothing."""
    robots = ",".join([page.meta("robots"), page.meta("googlebot"), headers.get("x-robots-tag", "")]).lower()
    if "noarchive" in robots:
        return "noarchive"
    if page.meta("tdm-reservation") == "1" or headers.get("tdm-reservation") == "1":
        return "tdm-reservation"
    return "noai" if "noai" in robots else ""
