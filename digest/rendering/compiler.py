"""How templates become Python: Jinja's own compiler, told that templates see frozen views and nothing else.

Jinja compiles for any object: each `a.b` is a call that tries attributes, items and undefined values in turn, each
output a call that asks the value how it wants to be escaped. Views are structs, so an attribute can be read and
a `Text` written directly; a page then takes less than half the time. What the result cannot do (an attribute that is
missing, a `default` filter on one) raises, and `Renderer` makes that page again with plain Jinja: either it comes out
after all, or the fault is reported in Jinja's words.

`Environment.code_generator_class` is the place Jinja provides for this.
"""

from __future__ import annotations

import keyword
from collections.abc import MutableMapping
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame, MacroRef
from markupsafe import Markup, escape

from digest.model import Text

try:
    from markupsafe._speedups import _escape_inner as escaped
except ImportError:  # pragma: no cover - a MarkupSafe without its C part, or one that renamed it

    def escaped(value: str, /) -> str:
        """A plain text with its special characters as entities."""
        return str(escape(value))


UNDEFINED_TESTS = frozenset({"defined", "undefined"})
UNDEFINED_FILTERS = frozenset({"default", "d"})


def html(value: object) -> str:
    """What a value writes into a page: `Text` and `Markup` as they are, everything else escaped."""
    kind = type(value)
    if kind is str:
        return escaped(value)  # type: ignore[arg-type]
    if kind is Text:
        return value.markup or value.plain  # type: ignore[attr-defined, no-any-return]
    if kind is Markup:
        return value  # type: ignore[return-value]
    if kind is int:
        return str(value)
    return escape(value)


def finished(text: str) -> Markup:
    """Finished HTML, without the questions that `Markup` asks of other things."""
    return str.__new__(Markup, text)


class ViewCodeGenerator(CodeGenerator):
    """Direct attributes, direct calls, direct output."""

    careful = 0
    """How many constructs round the present node ask whether a value is there at all."""

    def write_commons(self) -> None:
        super().write_commons()
        self.writeline("html = environment.html")

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:
        owner = node.node
        block = isinstance(owner, nodes.Name) and owner.name == "self"  # `self.title()` is looked up as an item
        if self.careful or block or keyword.iskeyword(node.attr) or not node.attr.isidentifier():
            super().visit_Getattr(node, frame)
            return
        self.write("(")
        self.visit(owner, frame)
        self.write(f").{node.attr}")

    def visit_Test(self, node: nodes.Test, frame: Frame) -> None:
        self.carefully(super().visit_Test, node, frame, node.name in UNDEFINED_TESTS)

    def visit_Filter(self, node: nodes.Filter, frame: Frame) -> None:
        self.carefully(super().visit_Filter, node, frame, node.name in UNDEFINED_FILTERS)

    def carefully(self, visit: Any, node: nodes.Node, frame: Frame, asks: bool) -> None:  # noqa: ANN401
        """Visit a node, reading attributes as plain Jinja does where it asks whether one is there."""
        self.careful += asks
        try:
            visit(node, frame)
        finally:
            self.careful -= asks

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:
        unusual = forward_caller or node.dyn_args is not None or node.dyn_kwargs is not None
        if unusual or not frame.eval_ctx.autoescape or frame.eval_ctx.volatile:
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for argument in (*node.args, *node.kwargs):
            self.visit(argument, frame)
            self.write(", ")
        self.write(")")

    def visit_Output(self, node: nodes.Output, frame: Frame) -> None:
        if frame.buffer is not None or len(node.nodes) < 2:
            super().visit_Output(node, frame)
            return
        # one piece at a time is handed through every level of blocks: several are joined first
        frame.buffer = self.temporary_identifier()
        self.writeline(f"{frame.buffer} = []")
        super().visit_Output(node, frame)
        self.writeline(f"yield concat({frame.buffer})")
        frame.buffer = None

    def macro_def(self, macro_ref: MacroRef, frame: Frame) -> None:
        names = [argument.name for argument in macro_ref.node.args]
        special = macro_ref.accesses_caller or macro_ref.accesses_kwargs or macro_ref.accesses_varargs
        if special or not frame.eval_ctx.autoescape or frame.eval_ctx.volatile or any(map(keyword.iskeyword, names)):
            super().macro_def(macro_ref, frame)
            return
        # Jinja's own `Macro` sorts its arguments anew at each call; Python does that by itself
        given = "".join(f"{name}=missing, " for name in names)
        # bound at once: the next macro of the template takes the same name
        self.write(f"lambda {given}*, _macro=macro: environment.finished(_macro({', '.join(names)}))")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
            return
        self.write("html(")

    def _import_common(self, node: nodes.Import | nodes.FromImport, frame: Frame) -> None:
        if node.with_context or not isinstance(node.template, nodes.Const):
            super()._import_common(node, frame)
            return
        self.write(f"environment.module({node.template.value!r})")


class ViewEnvironment(jinja2.Environment):
    """An environment whose templates are compiled for views, and found and imported once."""

    code_generator_class = ViewCodeGenerator
    html = staticmethod(html)
    finished = staticmethod(finished)

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - jinja2's own options
        super().__init__(**options)
        self.templates: dict[str, jinja2.Template] = {}
        self.modules: dict[str, Any] = {}

    def get_template(
        self,
        name: str | jinja2.Template,
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002 - jinja2's name
    ) -> jinja2.Template:
        if isinstance(name, jinja2.Template) or globals is not None:
            return super().get_template(name, parent, globals)
        if name not in self.templates:
            self.templates[name] = super().get_template(name, parent)
        return self.templates[name]

    def module(self, name: str) -> Any:  # noqa: ANN401 - whatever macros it holds
        """The macros of a template, as `import` without context sees them."""
        if name not in self.modules:
            self.modules[name] = self.get_template(name).module
        return self.modules[name]
