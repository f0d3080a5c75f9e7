"""Keys of site.yaml that no build needs the values of: `deploy:`, which belongs to a package above, and `inbox:`.

A section is a plug-in: settings know its name and ask it two questions, and its module is loaded only for a site that
has the key. So every build checks all of site.yaml, and content imports nothing that is built on it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from digest.content.fields import Found, Shape
    from digest.content.nodes import Notes

SECTIONS = {"deploy": "digest.deploy.destinations", "inbox": "digest.content.inbox_sources"}
"""Key → the module that reads its value."""


class Section(Protocol):
    """What such a module offers."""

    def shape(self) -> Shape:
        """The shape of the value, for the JSON Schema."""

    def check(self, site: Found, notes: Notes) -> None:
        """Note every problem of the value. `site`: all keys of site.yaml."""


def section(name: str) -> Section:
    """The module of a key."""
    return cast("Section", import_module(SECTIONS[name]))
