"""Source files as they are written: what is called where, and which texts an expression may stand for.

A text is followed through names, parameters of functions of the same module, and constants of others; what is only known when the program
runs is an ellipsis.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import product
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
OPEN: Final = "…"
DEEPEST: Final = 8
"""Steps that a text is followed."""
MOST_TEXTS: Final = 24
"""Texts of one expression; of more only that they differ is told."""
_FIELD: Final = re.compile(r"\{[^}]*\}")
Function = ast.FunctionDef | ast.AsyncFunctionDef
Bound = Mapping[str, "tuple[ast.expr, Scope]"]


@dataclass(frozen=True)
class Scope:
    """Where an expression stands: its module, the function, what the function's names are bound to, and the node it is read at."""

    module: Module
    function: Function | None
    bound: Bound
    site: ast.AST | None = None


class Module:
    """A source file: functions by name, its constants, and who calls what."""

    def __init__(self, path: Path) -> None:
        self.path, self.name = path, path.relative_to(ROOT).as_posix()
        self.tree = ast.parse(path.read_text(encoding="utf-8"))
        self.functions: dict[str, Function] = {}
        self.inside: dict[ast.AST, Function] = {}
        self.above: dict[ast.AST, ast.AST] = {}
        self.calls: list[ast.Call] = []
        self._visit(self.tree, None)

    def _visit(self, node: ast.AST, function: Function | None) -> None:
        if isinstance(node, Function):
            self.functions[node.name] = node
            function = node
        if function is not None:
            self.inside[node] = function
        if isinstance(node, ast.Call):
            self.calls.append(node)
        for inner in ast.iter_child_nodes(node):
            self.above[inner] = node
            self._visit(inner, function)

    @cached_property
    def constants(self) -> dict[str, ast.expr]:
        """What is assigned at the top of the module, by name."""
        found = dict[str, ast.expr]()
        for node in self.tree.body:
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
                for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                    found |= dict(pairs(target, node.value))
        return found

    @cached_property
    def imported(self) -> dict[str, tuple[str, str]]:
        """What is imported from modules of ours: (file, name there) by name."""
        found = dict[str, tuple[str, str]]()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in ("jobs", "skiptrace"):
                for one in node.names:
                    found[one.asname or one.name] = (node.module.replace(".", "/"), one.name)
        return found

    def called_in(self, function: Function | None) -> set[str]:
        """Names of what is called in a function, or anywhere in the module."""
        return {named(call.func) for call in self.calls if function is None or self.inside.get(call) is function}

    def callers(self, function: Function) -> list[ast.Call]:
        """Calls of a function within its module."""
        return [call for call in self.calls if named(call.func) == function.name and self.inside.get(call) is not function]


@cache
def modules() -> tuple[Module, ...]:
    """Every source file of the program."""
    return tuple(Module(path) for package in ("skiptrace", "jobs") for path in sorted((ROOT / package).rglob("*.py")))


def pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """What an assignment gives to each name."""
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
        for one, part in zip(target.elts, value.elts, strict=True):
            yield from pairs(one, part)


def written_down(value: ast.expr, scope: Scope) -> ast.expr:
    """What a name was given last, where that is written in its function; anything else as it is."""
    found = _before(value.id, scope) if isinstance(value, ast.Name) else []
    return found[0] if found else value


def given_to(function: Function, call: ast.Call) -> dict[str, ast.expr]:
    """What a call gives to each parameter of a function."""
    names = [one.arg for one in function.args.args]
    names = names[1:] if names[:1] in (["self"], ["cls"]) else names
    given = dict(zip(names, call.args, strict=False))
    return {name: part for name, part in given.items() if not isinstance(part, ast.Starred)} | {
        one.arg: one.value for one in call.keywords if one.arg
    }


def named(function: ast.expr) -> str:
    """The name of what is called."""
    return function.id if isinstance(function, ast.Name) else function.attr if isinstance(function, ast.Attribute) else ""


@cache
def module_of(file: str) -> Module | None:
    """A module by its file, without the ending; a package is its `__init__`."""
    wanted = (f"{file}.py", f"{file}/__init__.py")
    return next((module for module in modules() if module.name in wanted), None)


def texts(value: ast.expr, scope: Scope, depth: int = 0) -> list[str]:
    """What an expression may say, each text once; OPEN for what is only known when it is said."""
    if depth > DEEPEST:
        return [OPEN]
    found = dict.fromkeys(_texts(value, scope, depth + 1))
    if len(found) > 1 and OPEN in found:
        del found[OPEN]
    return list(found) if 0 < len(found) <= MOST_TEXTS else [OPEN]


def _texts(value: ast.expr, scope: Scope, depth: int) -> list[str]:
    match value:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.JoinedStr(values=parts):
            return _joined([texts(part, scope, depth) for part in parts])
        case ast.FormattedValue(value=inner):
            return [text for text in texts(inner, scope, depth) if isinstance(inner, ast.Name | ast.IfExp)] or [OPEN]
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _joined([texts(left, scope, depth), texts(right, scope, depth)])
        case ast.IfExp(body=body, orelse=other):
            return [*texts(body, scope, depth), *texts(other, scope, depth)]
        case ast.BoolOp(op=ast.Or(), values=parts):
            return [text for part in parts for text in texts(part, scope, depth) if text or part is parts[-1]]
        case ast.Name(id=name):
            return _of_name(name, scope, depth)
        case ast.Call(func=ast.Attribute(value=inner, attr="format")):
            return [_FIELD.sub(OPEN, text) for text in texts(inner, scope, depth)]
        case ast.Call(func=ast.Name(id=name)) if (found := _function(name, scope.module)) is not None:
            return _of_call(value, *found, scope, depth)
        case _:
            return [OPEN]


def _function(name: str, module: Module) -> tuple[Function, Module] | None:
    """A function of ours by the name that a module calls it by, and the module that it is in."""
    if name in module.functions:
        return module.functions[name], module
    file, there = module.imported.get(name, ("", ""))
    other = module_of(file)
    return None if other is None or there not in other.functions else (other.functions[there], other)


def _joined(parts: list[list[str]]) -> list[str]:
    return ["".join(one) for one in product(*parts)]


def _of_name(name: str, scope: Scope, depth: int) -> list[str]:
    if name in scope.bound:
        given, theirs = scope.bound[name]
        return texts(given, theirs, depth)
    assigned = _before(name, scope) if scope.site is not None else []
    assigned = assigned or [part for node in (ast.walk(scope.function) if scope.function else ()) for part in _assigned(node, name)]
    if assigned:
        return [text for part in assigned for text in texts(part, scope, depth)]
    if name in scope.module.constants:
        return texts(scope.module.constants[name], Scope(scope.module, None, {}), depth)
    if name in scope.module.imported:
        file, there = scope.module.imported[name]
        other = module_of(file)
        if other is not None and there in other.constants:
            return texts(other.constants[there], Scope(other, None, {}), depth)
    return [OPEN]


def _before(name: str, scope: Scope) -> list[ast.expr]:
    """What a name was given last before the site is reached: the nearest line above, and those of branches between."""
    found, node = list[ast.expr](), scope.site
    while node is not None and node is not scope.function:
        parent = scope.module.above[node]
        for block in (getattr(parent, part, None) for part in ("body", "orelse", "finalbody")):
            for earlier in reversed(block[: block.index(node)] if isinstance(block, list) and node in block else []):
                found += [part for inner in ast.walk(earlier) for part in _assigned(inner, name)]
                if found and isinstance(earlier, ast.Assign | ast.AnnAssign):
                    return found
        node = parent
    return found


def _assigned(node: ast.AST, name: str) -> Iterator[ast.expr]:
    """What a line gives to a name: what is added to it later only makes it longer, and is left out."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign | ast.NamedExpr) else []
    for target in targets:
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr) and node.value is not None:
            yield from (part for found, part in pairs(target, node.value) if found == name)


def _of_call(call: ast.Call, function: Function, module: Module, scope: Scope, depth: int) -> list[str]:
    inner = Scope(module, function, {name: (part, scope) for name, part in given_to(function, call).items()})
    said = [node for node in ast.walk(function) if isinstance(node, ast.Return) and node.value is not None]
    return [text for one in said if one.value for text in texts(one.value, replace(inner, site=one), depth)] or [OPEN]
