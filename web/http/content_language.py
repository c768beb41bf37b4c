"""Marks what people of the programme wrote as Polish on pages in another language (WCAG 3.1.2).

Templates of such a language are compiled so that the fields of content pass the filter `content` wherever they stand in
running text; a template names the filter itself for texts under other names. Pages in Polish are compiled as they are.
"""

import re
from typing import Any

from jinja2 import nodes
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from web.http import identity
from workflow.base.i18n import DEFAULT

# Fields that hold what somebody wrote, whatever they belong to.
FIELDS = frozenset(
    {"title", "purpose", "summary", "wording", "question", "theme", "edition_title", "organisation", "came_with"}
)
# Values with such a field that the product says itself, in the reader's language.
OWN_WORDS = frozenset({"asked", "errors", "event", "job", "self", "values", "kind"})
# Macros that put what they are given into running text, and where among their arguments it stands.
PLACES = {"crumbs": 0, "card": 0, "facts": 0, "td": 1}
# Elements whose content is text alone.
PLAIN = re.compile(r"<(option|title|textarea|script|style)\b[^>]*>[^<]*$", re.IGNORECASE)


class OwnWords(str):
    """A text in the reader's language that stands where others are content, such as the title of a meeting."""

    __slots__ = ()


def content(text: Any) -> Any:
    """A text of the programme, marked as Polish where the page is not."""
    if not text or isinstance(text, OwnWords) or identity.language() == DEFAULT:
        return text
    return Markup('<span lang="{}">{}</span>').format(DEFAULT, text)


def plain(text: str) -> Markup:
    """Text without elements, for the title of a page; what was escaped stays escaped."""
    return Markup(re.sub(r"<[^<>]*>", "", text))  # noqa: S704 - a block that the template has escaped


class MarkContent(NodeTransformer):
    """Puts the filter around fields of content that stand in running text."""

    def __init__(self) -> None:
        # What was written since the last element began.
        self.before = ""

    def visit_Output(self, node: nodes.Output) -> nodes.Node:  # noqa: N802 - the visitor's own way of naming
        children: list[nodes.Expr] = []
        for child in node.nodes:
            if isinstance(child, nodes.TemplateData):
                self.before = (self.before + child.data)[-2000:]
                children.append(child)
            else:
                child = self.visit(child)
                children.append(_marked_sentence(child) if self._is_running_text() else child)
        node.nodes = children
        return node

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - as above
        self.generic_visit(node)
        name = node.node.attr if isinstance(node.node, nodes.Getattr) else None
        place = PLACES.get(name or "", len(node.args))
        if place < len(node.args):
            node.args[place] = _marked_within(node.args[place])
        return node

    def _is_running_text(self) -> bool:
        """Whether no tag is open, nor an element that holds text alone."""
        return self.before.rfind("<") <= self.before.rfind(">") and not PLAIN.search(self.before)


def _is_content(node: nodes.Expr) -> bool:
    if isinstance(node, nodes.Filter) and node.node is not None:
        return node.name != "content" and _is_content(node.node)
    if isinstance(node, nodes.Or):
        return _is_content(node.left)
    if not isinstance(node, nodes.Getattr) or node.attr not in FIELDS:
        return False
    owner = node.node.attr if isinstance(node.node, nodes.Getattr) else getattr(node.node, "name", "")
    return owner not in OWN_WORDS


def _marked(node: nodes.Expr) -> nodes.Expr:
    """The expression through the filter, where it is content; the words of the product beside it stay out."""
    if not _is_content(node):
        return node
    if isinstance(node, nodes.Or) and not _is_content(node.right):
        return nodes.Or(_marked(node.left), node.right, lineno=node.lineno)
    return nodes.Filter(node, "content", [], [], None, None, lineno=node.lineno)


def _marked_sentence(node: nodes.Expr) -> nodes.Expr:
    """Content that stands alone or as a value of a translated sentence."""
    if isinstance(node, nodes.CondExpr):
        node.expr1 = _marked_sentence(node.expr1)
        node.expr2 = _marked_sentence(node.expr2) if node.expr2 is not None else None
    elif isinstance(node, nodes.Mod) and isinstance(node.right, nodes.Dict):
        for pair in node.right.items:
            pair.value = _marked(pair.value)
    return _marked(node)


def _marked_within(node: nodes.Expr) -> nodes.Expr:
    """The content among what a macro is given: lists of labels and of pairs are looked into, addresses are not."""
    if isinstance(node, nodes.List | nodes.Tuple):
        node.items = [_marked_within(item) for item in node.items]
    elif isinstance(node, nodes.Add):
        node.left, node.right = _marked_within(node.left), _marked_within(node.right)
    elif isinstance(node, nodes.Dict):
        for pair in node.items:
            if isinstance(pair.key, nodes.Const) and pair.key.value == "label":
                pair.value = _marked(pair.value)
    return _marked(node)
