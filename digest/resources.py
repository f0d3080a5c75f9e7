"""Files that come with the package: the example site and the built-in templates.

In a checkout they are the repository's own top level; in a wheel they lie inside the package.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def example_root() -> Path:
    """The folder that holds `content/`, `data/`, `templates/` and `site.yaml`."""
    package = Path(__file__).resolve().parent
    inside = package / "_scaffold"
    return inside if inside.is_dir() else package.parent


def builtin_templates() -> Path:
    """The folder of the templates that every site starts from."""
    return example_root() / "templates"
