"""Keys of site.yaml whose values belong to a package above this one, as `deploy:` does.

A section is a plug-in: this package knows its name and asks it two questions, and its module is loaded only for a site
that has the key. So every build checks all of site.yaml, and content imports nothing that is built on it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from digest.content.fields import Found, Shape
    from digest.content.nodes import Notes

SECTIONS = {"deploy": "digest.deploy.destinations"}
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
