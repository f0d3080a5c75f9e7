"""`digest inbox`: what the sources publish, each story once, and what the editor makes of it.

In: the site, its sources, what was asked for. Out: an `Inbox`: the sources with their status, the stories with theirs.
A story is taken when an entry names one of its addresses as a source, aside when the editor put it aside
(`data/inbox.txt`), else new. Listing writes into `.digest/` only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple
from urllib.parse import parse_qsl, quote

import msgspec

from digest.curating import clipping, drafts, fetching, messages, stories
from digest.curating.drafts import Draft, Remark, Source
from digest.problems import N_, Message, UsageError, did_you_mean
from digest.translation import _, current

if TYPE_CHECKING:
    from digest.curating.decisions import Decisions
    from digest.curating.following import Followed
    from digest.curating.stories import Report, Story
    from digest.curating.taken import Taken

State = Literal["new", "taken", "aside"]
SECRET: Final = ("key", "token", "auth", "secret", "pass", "sig", "session", "code")
"""Parts of the names of parameters whose values are not shown."""


class Row(msgspec.Struct, frozen=True):
    """A story of the list."""

    story: Story
    state: State
    entry: str = ""
    """Path of the entry that names it, where it is taken."""


class Inbox(NamedTuple):
    """Everything that is listed."""

    followed: tuple[Followed, ...]
    faulty: tuple[tuple[str, str], ...]
    """(name, what is wrong) of lines of site.yaml that cannot be used."""
    rows: tuple[Row, ...]
    """Newest first."""
    handles: dict[str, str]
    """Whole handle → as it is shown."""
    lang: str

    @property
    def has_answered(self) -> bool:
        """Whether any source gave what it publishes."""
        return any(one.has_answered for one in self.followed)

    def find(self, handle: str) -> Row | None:
        """The story with a report of that handle; None for an unknown or ambiguous one."""
        wanted = handle.strip().lower()
        if len(wanted) < stories.SHOWN:
            return None
        whole = [one for one in self.handles if one.startswith(wanted)]
        if len(whole) != 1:
            return None
        return next((row for row in self.rows if any(one.handle == whole[0] for one in row.story.reports)), None)

    def report(self, handle: str) -> Report | None:
        """The report of that handle."""
        row = self.find(handle)
        wanted = handle.strip().lower()
        return next((one for one in row.story.reports if one.handle.startswith(wanted)), None) if row else None


def arrange(
    followed: Sequence[Followed], faulty: Iterable[tuple[str, str]], taken: Taken, decisions: Decisions, lang: str
) -> Inbox:
    """The list of everything that the sources publish."""
    reports = [report for one in followed for report in one.reports()]
    found = stories.gather(reports, lang, decisions.corrections)
    rows = tuple(row_of(story, taken, decisions) for story in found)
    handles = stories.shown_handles(report for story in found for report in story.reports)
    return Inbox(tuple(followed), tuple(faulty), rows, handles, lang)


def row_of(story: Story, taken: Taken, decisions: Decisions) -> Row:
    """A story with its state."""
    entry = next((path for report in story.reports if (path := taken.entry_with(report.item.url))), "")
    if entry:
        return Row(story, "taken", entry)
    aside = any(report.handle in decisions.aside for report in story.reports)
    return Row(story, "aside" if aside else "new")


# ------------------------------------------------------------------ choosing


def chosen(inbox: Inbox, handles: Iterable[str], *, also_aside: bool = True) -> list[Row]:
    """The stories of handles, each once, in the order given. Raises UsageError, naming all that are none."""
    rows: list[Row] = []
    faults: list[str] = []
    for handle in handles:
        row = inbox.find(handle)
        shown = clean(handle)
        if row is None:
            faults.append(_("there is no story '{handle}'", handle=shown))
            if near := did_you_mean(handle, inbox.handles.values()):
                faults.append(near.within(current()))
        elif row.state == "taken":
            faults.append(_("'{handle}' is taken already: {entry}", handle=shown, entry=row.entry))
        elif row.state == "aside" and not also_aside:
            faults.append(_("'{handle}' is aside already", handle=shown))
        elif row not in rows:
            rows.append(row)
    if faults:
        cure = _("run digest inbox to see the list; nothing was written")
        raise UsageError(_("; ").join([*faults, cure]))
    return rows


def clean(text: str) -> str:
    return "".join(c for c in text[:40] if c.isprintable())


# ------------------------------------------------------------------ drafts


class Made(msgspec.Struct, frozen=True):
    """An entry that was made, or would be."""

    row: Row
    path: Path
    draft: Draft
    problem: Message | None = None
    """Why the page was not read, where it was asked for."""

    def as_json(self, root: Path) -> dict[str, Any]:
        """One item of `made`."""
        path = self.path.relative_to(root).as_posix()
        return {
            "handle": self.row.story.first.handle[: stories.SHOWN],
            "id": path.removeprefix("content/").rpartition(".")[0],
            "path": path,
            "title": self.draft.title,
            "theme": self.draft.theme,
            "sources": [{"name": source.name, "url": source.url} for source in self.draft.sources],
            "advice": [
                *([str(self.problem)] if self.problem else []),
                *(remark.said() for remark in self.draft.remarks),
            ],
        }


class Making(NamedTuple):
    """What making drafts needs."""

    site: clipping.Site
    theme: str
    now: datetime
    network: fetching.Network | None
    """None: from the feed alone."""
    is_dry: bool = False


def make(row: Row, making: Making) -> Made:
    """One draft of a story, with all its sources. Raises OSError."""
    draft, problem = from_feed(row.story, making), None
    if making.network is not None:
        page = page_of(row.story.first, making, making.network)
        if isinstance(page, clipping.Refused):
            problem = N_("{reason}; the entry is made of the feed alone", reason=page.what)
        else:
            draft = merged(draft, page)
    site = making.site
    if making.is_dry:
        return Made(row, drafts.planned_path(site.root, draft, site.settings), draft, problem)
    path, draft = drafts.write(site.root, draft, site.settings)
    return Made(row, path, draft, problem)


def from_feed(story: Story, making: Making) -> Draft:
    """What the feeds say of a story."""
    first, settings = story.first, making.site.settings
    known = [theme.id for theme in settings.themes]
    themes = [making.theme, *(report.theme for report in story.reports)]
    day = first.item.moment or (datetime_day(first.item.day) if first.item.day else None)
    remarks = [] if day else [Remark("no-date")]
    summary = next((report.item.summary for report in story.reports if report.item.summary), "")
    if not summary:
        remarks.append(Remark("no-summary"))
    return Draft(
        title=first.item.title,
        date=day or making.now.astimezone(settings.zone).date(),
        theme=next((theme for theme in themes if theme in known), known[0]),
        sources=tuple(Source(report.source, report.item.url) for report in story.reports),
        summary=summary,
        lang=first.item.lang,
        remarks=tuple(remarks),
    )


def datetime_day(day: str) -> Any:  # noqa: ANN401 - a date
    from datetime import date  # noqa: PLC0415 - the name is a value's elsewhere

    return date.fromisoformat(day)


def page_of(report: Report, making: Making, network: fetching.Network) -> Draft | clipping.Refused:
    """The draft that `digest clip` would make of a report's page."""
    options = clipping.ClipOptions(again=True, dry_run=True)
    found = clipping.clip(report.item.url, making.site, options, making.now, network)
    return found if isinstance(found, clipping.Refused) else found.draft


def merged(draft: Draft, page: Draft) -> Draft:
    """What the page says, with the sources and the theme of the story; the feed where the page is silent."""
    undated = any(remark.code in ("no-date", "future-date", "old-date") for remark in page.remarks)
    dropped = {"repeated"}
    date = page.date
    if undated and not any(remark.code == "no-date" for remark in draft.remarks):
        date = draft.date
        dropped |= {"no-date", "future-date", "old-date"}
    if draft.summary:
        dropped.add("no-summary")
    known = {source.name for source in draft.sources}
    agencies = tuple(source for source in page.sources[1:] if source.name not in known)
    return msgspec.structs.replace(
        page,
        date=date,
        theme=draft.theme,
        sources=draft.sources + agencies,
        summary=page.summary or draft.summary,
        lang=page.lang or draft.lang,
        remarks=tuple(remark for remark in page.remarks if remark.code not in dropped),
    )


# ------------------------------------------------------------------ as JSON


def as_json(inbox: Inbox, rows: Iterable[Row]) -> dict[str, Any]:
    """The contract's document."""
    broken = [
        {"name": name, "url": "", "status": "failed", "items": 0, "message": message} for name, message in inbox.faulty
    ]
    return {
        "sources": [*map(source_json, inbox.followed), *broken],
        "stories": [story_json(row, inbox) for row in rows],
    }


def source_json(one: Followed) -> dict[str, Any]:
    return {
        "name": one.source.name,
        "url": without_secrets(one.source.url),
        "status": one.status,
        "items": len(one.items),
        "message": messages.all_said(one.remarks, "en"),
    }


def story_json(row: Row, inbox: Inbox) -> dict[str, Any]:
    first = row.story.first
    return {
        "handle": inbox.handles[first.handle],
        "title": first.item.title,
        "url": first.item.url,
        "date": first.item.date,
        "source": first.source,
        "lang": first.item.lang or inbox.lang.partition("-")[0],
        "summary": next((one.item.summary for one in row.story.reports if one.item.summary), ""),
        "theme": next((one.theme for one in row.story.reports if one.theme), ""),
        "state": row.state,
        "also": [
            {
                "handle": inbox.handles[one.handle],
                "title": one.item.title,
                "url": one.item.url,
                "source": one.source,
                "date": one.item.date,
            }
            for one in row.story.reports[1:]
        ],
        **({"entry": row.entry} if row.entry else {}),
    }


def without_secrets(url: str) -> str:
    """A feed's address without the values of parameters that look like a key."""
    head, mark, query = url.partition("?")
    if not mark:
        return url
    pairs = parse_qsl(query, keep_blank_values=True)
    if not any(word in name.lower() for name, _ in pairs for word in SECRET):
        return url
    shown = (
        f"{quote(name)}={'…' if any(word in name.lower() for word in SECRET) else quote(value)}"
        for name, value in pairs
    )
    return f"{head}?{'&'.join(shown)}"
