"""What a count asks of a site: its settings, its published entries, and the addresses of its other pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from digest.popular.routes import Page

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digest.content.settings import Settings
    from digest.engine.order import Order
    from digest.linking.index import Index
    from digest.model import Entry, Issue, StandingPage
    from digest.rendering.strings import Strings


class CountedSite(msgspec.Struct, frozen=True):
    """A site as far as a count needs it."""

    settings: Settings
    strings: Strings
    index: Index


def read_site(order: Order) -> CountedSite:
    """A site read, as `digest check` reads it. Raises `DigestError` with every problem of it."""
    import tempfile  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    from digest.engine import inventory  # noqa: PLC0415
    from digest.engine.house import read_house  # noqa: PLC0415
    from digest.engine.reading import ReadingRoom, undamaged  # noqa: PLC0415
    from digest.engine.relating import read  # noqa: PLC0415
    from digest.engine.store import Memory  # noqa: PLC0415
    from digest.linking.index import Visibility, link  # noqa: PLC0415
    from digest.problems import DigestError  # noqa: PLC0415
    from digest.scaffold import builtin_templates  # noqa: PLC0415

    house, problems = read_house(order.root)
    if house is None or order.output is None:
        raise DigestError(problems)
    memory = Memory(inventory.memory_folder(order.root, order.output.resolve()))
    scan = inventory.take(order.root, builtin_templates(), order.asked)
    with tempfile.TemporaryDirectory(prefix="digest-") as folder:
        room = ReadingRoom(order.root, house.settings, scan.found.pictures, Path(folder))
        reading, library = undamaged(lambda remembers: read(order, scan, room, memory, remembers=remembers))
    index, unlinked = link(library.entries, library.issues, library.pages, Visibility(order.now))
    faults = [*problems, *scan.found.problems, *reading.problems, *unlinked]
    if any(problem.level == "error" for problem in faults):
        raise DigestError(faults)
    return CountedSite(house.settings, house.strings, index)


def pages_of(site: CountedSite) -> Iterator[Page]:
    """Every page that has an address of its own, stories first: where two claim one, the story has it."""
    for entry in site.index.entries:
        yield Page(addresses(entry), entry.id)
    others: Sequence[Issue | StandingPage] = (*site.index.issues, *site.index.pages)
    for other in others:
        yield Page(addresses(other))
    yield Page(("/", "/404.html", *(f"/{theme.id}/" for theme in site.settings.themes)))


def addresses(item: Entry | Issue | StandingPage) -> tuple[str, ...]:
    """Where an item is, and where it was."""
    return item.path, *(path for path, _ in item.aliases)
