"""Whether our template compiler and plain Jinja make the same page of one small set of templates.

The compiler overrides methods that Jinja does not promise to keep. An error in its code falls back to plain Jinja page
by page; a page that is merely wrong would not. So the first run with a new compiler or a new Jinja renders the probe
both ways, and the answer is kept in the folder of compiled templates.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import jinja2
from markupsafe import Markup

from digest.files import replace
from digest.model import Link, Text
from digest.problems import N_, Problem, mistake
from digest.rendering import compiled
from digest.rendering.compiler import ViewEnvironment
from digest.rendering.environment import environment
from digest.rendering.template_set import TemplateSet, TemplateText

TEMPLATES = {
    "base.html": """\
<h1 title="{{ page.title|marked }}">{% block head %}{% endblock %}</h1>
{% block body %}{% endblock %}
""",
    "macros.html": """\
{% macro link(to, mark="<") %}<a href="{{ to.url }}">{{ mark }}{{ to.title }}</a>{% endmacro %}
""",
    "row.html": """\
{% import "macros.html" as macros %}
{% for link in links %}{{ loop.index }}{{ macros.link(link) }}{% if not loop.last %}, {% endif %}{% endfor %}
""",
    "probe.html": """\
{% extends "base.html" %}
{% import "macros.html" as macros %}
{% block head %}{{ page.title }} &amp; {{ plain }}{% endblock %}
{% block body %}
{% set links = (page, page) %}
{% for link in links %}
<li>{{ loop.index }} {{ macros.link(link, mark=plain) }} {{ link.count or 7 }}</li>
{% else %}none{% endfor %}
{{ missing|default("<none>") }}{% if missing is defined %}!{% endif %}
{% filter upper %}{{ plain }}{% endfilter %}{% include "row.html" ignore missing %}
{% call(name) wrapped() %}{{ name }}{% endcall %}
{{ html }}{{ number }}{{ none }}{{ plain ~ html }}
{% endblock %}
{% macro wrapped() %}[{{ caller(plain) }}]{% endmacro %}
""",
}
"""Every construct that the compiler treats in its own way, once or more."""
SAME, OTHER = b"same\n", b"other\n"


def compiler_is_sound() -> bool:
    """Whether pages may be rendered with our compiler: asked once for each version of it and of Jinja."""
    return answer(compiled.compiled_folder())


@cache
def answer(folder: Path | None) -> bool:
    """The answer kept in the folder; where there is none, the probe is rendered and its answer kept."""
    kept = folder / "probe" if folder else None
    if kept:
        with contextlib.suppress(OSError):
            return kept.read_bytes() == SAME
    sound = rendered(ViewEnvironment) == rendered(jinja2.Environment)
    if kept:
        with contextlib.suppress(OSError):
            replace(kept, SAME if sound else OTHER)
    return sound


def rendered(kind: type[jinja2.Environment]) -> str:
    """The probe as this kind of environment renders it; the name of the error where it cannot."""
    texts = {name: TemplateText(name, text.encode(), Path(name)) for name, text in TEMPLATES.items()}
    made = environment(TemplateSet(((Path(), "probe"),), texts), kind)
    title = Text("خبر <1>", "خبر &lt;<bdi>1</bdi>&gt;", "rtl", "rtl")
    values = {"page": Link(title, "/a/?b=1&c"), "plain": "\"<'&", "html": Markup("<b>"), "number": 3, "none": None}
    try:
        return made.get_template("probe.html").render(values)
    except Exception as error:  # noqa: BLE001 - whatever it is, this environment is not the other one
        return type(error).__name__


def compiler_advice() -> Iterator[Problem]:
    """A note where pages are rendered with plain Jinja because our compiler made other bytes."""
    if not compiler_is_sound():
        said = mistake(
            "template-compiler",
            "digest's template compiler does not fit Jinja {version}, so pages are made with plain Jinja",
            version=jinja2.__version__,
        )
        yield Problem("templates", 0, 0, said, N_("builds are slower; install jinja2 3.1"), "note")
