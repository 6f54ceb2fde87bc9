"""Every error that the program raises and every finding in one, read from its source: the texts, with an ellipsis for what differs."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from typing import Final

from jobs.reference.reading import OPEN, Function, Module, Scope, given_to, modules, named, pairs, texts, written_down
from skiptrace import errors
from skiptrace.errors import Problem, SkiptraceError

USAGE: Final = "UsageError"
"""What click calls a command line that cannot be understood; exit code 2."""
KINDS: Final[Mapping[str, type[SkiptraceError]]] = {
    name: kind for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, SkiptraceError)
}
DEEPEST: Final = 4
"""Callers of callers that are asked what they give."""
@dataclass(frozen=True, order=True)
class Finding:
    """A problem or an error as it is told: file, place in it, what is wrong, the mend. Of an error that is told `alone`, without findings,
    `what` is its message, and `mend` what stands in it behind the dash. `module` and `line` say where it is written."""

    what: str
    mend: str
    file: str
    place: str
    kinds: tuple[str, ...]
    module: str
    line: int
    alone: bool = False

    @property
    def codes(self) -> tuple[int, ...]:
        """Exit codes of the errors in which it is told."""
        return tuple(sorted({2 if kind == USAGE else KINDS[kind].exit_code for kind in self.kinds}))


@cache
def findings() -> tuple[Finding, ...]:
    """Everything that may be told, sorted; what is told alike at several places of a module is there once."""
    found = dict[tuple[str, ...], Finding]()
    for module in modules():
        for call in module.calls:
            name = named(call.func)
            for one in _problems(module, call) if name == Problem.__name__ else _bare(module, call) if name in {*KINDS, USAGE} else ():
                found.setdefault((one.module, one.what, one.mend, one.file, one.place, *one.kinds), one)
    return tuple(sorted(found.values()))


@cache
def headings() -> dict[int, tuple[str, ...]]:
    """By exit code, what is told above findings: messages of errors that carry some."""
    found = dict[int, set[str]]()
    for module in modules():
        for call in module.calls:
            if (name := named(call.func)) in KINDS and len(call.args) > 1:
                for scope, _ in _scopes(module, call, {node.id for node in ast.walk(call.args[0]) if isinstance(node, ast.Name)}, (name,)):
                    found.setdefault(KINDS[name].exit_code, set()).update(texts(call.args[0], scope))
    return {code: tuple(sorted(told - {OPEN})) for code, told in found.items()}


def _problems(module: Module, call: ast.Call) -> Iterator[Finding]:
    if any(isinstance(argument, ast.Starred) for argument in call.args):
        return
    fields = dict(zip(("file", "place", "what", "mend"), call.args, strict=False))
    fields |= {word.arg: word.value for word in call.keywords if word.arg}
    names = {node.id for argument in fields.values() for node in ast.walk(argument) if isinstance(node, ast.Name)}
    for scope, kinds in _scopes(module, call, names, _around(module, call)):
        told = [texts(fields[name], scope) if name in fields else [""] for name in ("what", "mend", "file", "place")]
        for what, mend in product(told[0], told[1]):
            yield Finding(what, mend, _one(told[2]), _one(told[3]), kinds, module.name, call.lineno)


def _bare(module: Module, call: ast.Call) -> Iterator[Finding]:
    """An error that has no findings: its message says all."""
    if len(call.args) + len(call.keywords) != 1 or not call.args:
        return
    names = {node.id for node in ast.walk(call.args[0]) if isinstance(node, ast.Name)}
    kind = named(call.func)
    for scope, _ in _scopes(module, call, names, (kind,)):
        for text in texts(call.args[0], scope):
            what, _, mend = text.partition(" — ")
            mend = mend or ("see `COMMAND --help`" if kind == USAGE else "")
            yield Finding(what, mend, "", "", (kind,), module.name, call.lineno, alone=True)


def _made(module: Module, function: Function | None) -> tuple[str, ...]:
    """Kinds of errors that are made in a function, or anywhere in a module."""
    return tuple(sorted(module.called_in(function) & set(KINDS)))


def _around(module: Module, call: ast.Call) -> tuple[str, ...]:
    """The kind of error in whose making a call stands."""
    outer = [one for one in module.calls if named(one.func) in KINDS and call in ast.walk(one)]
    return (named(outer[0].func),) if outer else ()


def _scopes(
    module: Module, site: ast.Call, names: set[str], kinds: tuple[str, ...], depth: int = 0
) -> Iterator[tuple[Scope, tuple[str, ...]]]:
    """What the names of a place may be bound to, and the errors that are made there: one per caller, where they are parameters, and one
    per line that assigns several of them together."""
    function = module.inside.get(site)
    kinds = kinds or (_made(module, function) if function is not None else ())
    parameters = {one.arg for one in (*function.args.args, *function.args.kwonlyargs)} & names if function else set[str]()
    callers = module.callers(function) if function is not None and depth < DEEPEST else []
    if function is not None and callers and (parameters or not kinds):
        for call in callers:
            given = given_to(function, call)
            inner = {node.id for value in given.values() for node in ast.walk(value) if isinstance(node, ast.Name)}
            for scope, theirs in _scopes(module, call, inner, kinds or _around(module, call), depth + 1):
                bound = {name: (value, scope) for name, value in given.items()}
                mine = Scope(module, function, bound, site)
                for together in _together(mine, names):
                    yield replace(mine, bound={**bound, **{name: (value, mine) for name, value in together.items()}}), theirs
        return
    kinds = kinds or _made(module, None)
    mine = Scope(module, function, {}, site)
    for together in _together(mine, names):
        yield replace(mine, bound={name: (value, mine) for name, value in together.items()}), kinds


def _together(scope: Scope, names: set[str]) -> list[dict[str, ast.expr]]:
    """Names that one line assigns together, or a loop over written-down rows, a row each: the nearest such line above the site, and those
    in branches between. Nothing where there is none."""
    found, node = list[dict[str, ast.expr]](), scope.site
    while node is not None and node is not scope.function and node in scope.module.above:
        parent = scope.module.above[node]
        loops = [parent] if isinstance(parent, ast.For) else getattr(parent, "generators", [])
        found += [given for loop in loops for given in _given(loop, names, scope)]
        for block in (getattr(parent, part, None) for part in ("body", "orelse", "finalbody")):
            for earlier in reversed(block[: block.index(node)] if isinstance(block, list) and node in block else []):
                found += [given for inner in ast.walk(earlier) if isinstance(inner, ast.Assign) for given in _given(inner, names, scope)]
                if found and isinstance(earlier, ast.Assign):
                    return found
        node = parent
    return found or [{}]


def _given(line: ast.AST, names: set[str], scope: Scope) -> list[dict[str, ast.expr]]:
    """What a line gives to several of the names at once, for each of its branches or rows."""
    target, values = None, list[ast.expr]()
    if isinstance(line, ast.Assign):
        target, values = line.targets[0], [*_branches(line.value)]
    elif isinstance(line, ast.For | ast.comprehension):
        rows = written_down(line.iter, scope)
        target, values = line.target, rows.elts if isinstance(rows, ast.Tuple | ast.List) else []
    every = [{name: part for name, part in pairs(target, value) if name in names} for value in values if target is not None]
    return [given for given in every if len(given) > 1]


def _branches(value: ast.expr) -> Iterator[ast.expr]:
    if isinstance(value, ast.IfExp):
        yield from _branches(value.body)
        yield from _branches(value.orelse)
    else:
        yield value


def _one(found: list[str]) -> str:
    return found[0] if len(found) == 1 else OPEN


