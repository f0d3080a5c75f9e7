"""A place in a file → the address that opens it in an editor."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

from digest.content.settings import EDITORS, Settings, is_editor


def chosen(settings: Settings | None) -> str:
    """The editor as the environment says, since it is an affair of the person; else as the site does."""
    own = os.environ.get("DIGEST_EDITOR", "")
    if own and is_editor(own):
        return own
    return settings.preview.editor if settings else "vscode"


def link(editor: str, file: Path, line: int, column: int) -> str:
    """The address, or empty where none is wanted. Lines and columns count from 1; 0 stands for the first."""
    pattern = EDITORS.get(editor, editor)
    path = quote(file.as_posix().lstrip("/"), safe="/:")
    # not str.format: the pattern is somebody's setting
    parts = {"{path}": path, "{line}": str(max(line, 1)), "{column}": str(max(column, 1))}
    for name, value in parts.items():
        pattern = pattern.replace(name, value)
    return pattern
