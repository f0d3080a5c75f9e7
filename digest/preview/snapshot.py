"""A site at one moment, and the pages of it that were rendered: each once, by templates that may be broken.

A page of which a template fails is rendered by the templates of before, which worked; the fault is told beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from digest.pages.blocks import MARGINS
from digest.rendering.faults import TemplateFaultError
from digest.site.project import readable
from digest.site.site import Site, images_of

if TYPE_CHECKING:
    from digest.pages.page import Page
    from digest.pages.views import View
    from digest.problems import Problem
    from digest.rendering.renderer import Renderer
    from digest.rendering.template_set import TemplateText
    from digest.site.images import LazyImagePipeline


class Fault(NamedTuple):
    """A template that failed, and the view it was given."""

    problem: Problem
    view: View | None
    """None if no page was rendered with it."""


@dataclass(frozen=True, slots=True)
class Made:
    """A page as it was rendered."""

    page: Page
    html: str
    fault: Fault | None = None
    """Why it was rendered by the templates of before; `html` is empty if these failed too."""


class Snapshot:
    """A site at one moment, and its pages rendered so far. Used by several threads."""

    def __init__(self, site: Site, images: LazyImagePipeline, before: Snapshot | None = None) -> None:
        self.site = site
        self.images = images
        self.made: dict[str, Made] = {}
        """Pages that were rendered, by address."""
        self.faults: dict[str, Fault] = {}
        """Path of a page, or name of a template → its fault."""
        self.checked: Mapping[str, TemplateText] | None = None
        """The templates that were all checked for faults."""
        self.sound: Renderer | None = None
        """The renderer of the last templates without a fault."""
        if before is None:
            return
        if site.renderer is before.site.renderer:
            self.faults = dict(before.faults)
            self.checked = before.checked
            self.sound = before.sound
        else:
            self.sound = before.site.renderer if not before.faults else before.sound

    def make(self, page: Page) -> Made:
        """A page, rendered once. Raises `SourceChangedError`."""
        made = self.made.get(page.path)
        if made is None:
            made = self.made[page.path] = self.rendered(page)
        return made

    def rendered(self, page: Page) -> Made:
        """With the templates as they are, or, if they fail, as they last worked."""
        site = self.site
        if MARGINS in page.embeds:
            self.set_margins()
        view = page.view(site.view_context)
        values = {page.variable: view}
        try:
            html = site.renderer.render(page.template, **values)
        except TemplateFaultError as error:
            fault = Fault(error.problem, view)
        else:
            self.faults.pop(page.path, None)
            return Made(page, html)
        self.faults[page.path] = fault
        return Made(page, self.by_sound_templates(page.template, values), fault)

    def set_margins(self) -> None:
        """Render the margins that articles carry."""
        site = self.site
        with site.lock:
            if MARGINS not in site.fragments:
                site.fragments[MARGINS] = Markup(self.rendered(site.margins_in_articles).html)  # noqa: S704 - finished

    def by_sound_templates(self, template: str, values: Mapping[str, View]) -> str:
        """Rendered as before the templates broke; empty if that cannot be done."""
        if self.sound is None:
            return ""
        try:
            return self.sound.render(template, **values)
        except TemplateFaultError:
            return ""

    def check_templates(self) -> None:
        """Find the faults of templates that nobody looks at just now, and those that are gone. Raises
        `SourceChangedError`.
        """
        for path in [path for path in self.faults if path.startswith("/")]:
            page = self.site.page(path)
            if page is None:
                self.faults.pop(path, None)
            else:
                self.make(page)
        texts = self.site.project.templates.texts
        if texts is self.checked:
            return
        self.checked = texts
        for name in [name for name, text in texts.items() if not readable(text)]:
            try:
                self.site.renderer.render(name)
            except TemplateFaultError as error:
                self.faults[name] = Fault(error.problem, None)

    def file(self, path: str) -> bytes | None:
        """The file at an address that is no page. Raises `SourceChangedError`."""
        site = self.site
        made = site.generated.get(path) or site.assets.get(path) or site.static.get(path)
        if made is not None:
            content = made.content(site.view_context)
            return content if isinstance(content, bytes) else static_content(content, site.root)
        return self.image_file(path.removeprefix("/"))

    def image_file(self, name: str) -> bytes | None:
        """A file of an image, made if it is not there yet."""
        content = self.images.file(name)
        if content is None and name.startswith("media/"):
            for ref in images_of(self.site.index):  # a browser may know it from before this server was started
                self.site.context.renditions.get(ref.file)
            content = self.images.file(name)
        return content


def static_content(file: Path, root: Path) -> bytes | None:
    """A file of static/, if it still is a regular one inside the site."""
    try:
        if file.is_symlink() or not file.is_file() or not file.resolve().is_relative_to((root / "static").resolve()):
            return None
        return file.read_bytes()
    except OSError:
        return None
