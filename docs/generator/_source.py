"""Public names of a package as its source declares them: signature, docstring, members."""

from __future__ import annotations

import ast
import re
from functools import cache
from textwrap import dedent
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_PROMISES: Final = {"property", "classmethod", "staticmethod", "abstractmethod"}


class Declaration(NamedTuple):
    """One name.

    Attributes:
        name: The name; of a member without that of its class.
        code: What it is, as it would be written without its body.
        docstring: What is said about it, or empty.
        members: Public methods and properties of a class, in their order.
    """

    name: str
    code: str
    docstring: str
    members: tuple[Declaration, ...] = ()


@cache
def declarations(package: Path) -> dict[str, Declaration]:
    """Return what the modules of a folder declare at their top, by name."""
    found: dict[str, Declaration] = {}
    for file in sorted(package.glob("_*.py")):
        text = file.read_text(encoding="utf-8")
        for declared in _declared(_top(ast.parse(text)), text):
            found[declared.name] = declared
    return found


def _top(module: ast.Module) -> Iterator[ast.stmt]:
    """Yield the statements of a module; of a condition what type checkers see."""
    for node in module.body:
        if isinstance(node, ast.If):
            yield from node.body
        else:
            yield node


def _declared(nodes: Iterable[ast.stmt], text: str) -> Iterator[Declaration]:
    """Yield what statements declare; a function with overloads shows these."""
    overloads: list[str] = []
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            signature = _signature(node, text)
            if "overload" in map(ast.unparse, node.decorator_list):
                overloads.append(signature)
                continue
            code = "\n".join(overloads or [signature])
            overloads = []
            yield Declaration(node.name, code, ast.get_docstring(node) or "")
        elif isinstance(node, ast.ClassDef):
            # Fields stand in the class's head.
            members = _declared((n for n in node.body if not isinstance(n, ast.AnnAssign)), text)
            public = tuple(member for member in members if not member.name.startswith("_"))
            yield Declaration(node.name, _head(node, text), ast.get_docstring(node) or "", public)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield Declaration(node.target.id, _code(node, text), _comment(node, text))


def _head(node: ast.ClassDef, text: str) -> str:
    """Return a class as it begins: its bases, its fields, and what makes an instance."""
    bases = ", ".join(map(ast.unparse, node.bases))
    lines = [f"class {node.name}({bases})" if bases else f"class {node.name}"]
    lines += [_code(each, text) for each in node.body if _is_field(each)]
    for each in node.body:
        if isinstance(each, ast.FunctionDef) and each.name == "__init__":
            lines.append(_signature(each, text))
    return "\n    ".join(line.replace("\n", "\n    ") for line in lines)


def _is_field(node: ast.stmt) -> bool:
    target: ast.expr | None = node.target if isinstance(node, ast.AnnAssign) else None
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target = node.targets[0]
    return isinstance(target, ast.Name) and not target.id.startswith("_")


def _signature(node: ast.FunctionDef | ast.AsyncFunctionDef, text: str) -> str:
    """Return a function as it is written, without its body."""
    decorators = [ast.unparse(each) for each in node.decorator_list]
    lines = [f"@{each}" for each in decorators if each in _PROMISES]
    body = node.body[0]
    head = text.splitlines()[node.lineno - 1 : body.lineno]
    head[-1] = head[-1][: body.col_offset]
    # A comment behind the colon concerns whoever reads the code.
    return "\n".join(
        [*lines, dedent("\n".join(head)).partition(":  #")[0].strip().removesuffix(":")]
    )


def _code(node: ast.stmt, text: str) -> str:
    """Return a statement as it is written."""
    found = ast.get_source_segment(text, node, padded=True) or ""
    return dedent(found).strip()


def _comment(node: ast.stmt, text: str) -> str:
    """Return the lines `#: ...` above an assignment."""
    above: list[str] = []
    for line in reversed(text.splitlines()[: node.lineno - 1]):
        found = re.match(r"\s*#: ?(.*)", line)
        if not found:
            break
        above.insert(0, found[1])
    return "\n".join(above)
