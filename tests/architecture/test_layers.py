"""The two laws of the house, read from the source itself: imports go down only, and rooms never import each other.

Only the standard library is used, and nothing is imported: every module is parsed. An arrow counts wherever it stands:
at the top, inside a function, under TYPE_CHECKING, or as `importlib.import_module("literal")`. The second half of the
file plants violations and sees each one caught, so that a green first half means something.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Bottom to top. Names on one floor do not import each other; `jobs` stands above them all.
FLOORS: tuple[tuple[str, ...], ...] = (
    ("errors", "vocabulary"),
    ("schema",),
    ("columns", "grouping", "ids", "plugins", "sql"),
    ("kernels",),
    ("store",),
    ("normalize",),
    ("rulebook", "project"),
    ("onboard", "intake", "linkage", "contacts", "reach", "compliance", "export", "exchange", "alerts", "report", "waterfall"),
    ("check", "results"),
)
ROOMS = frozenset(FLOORS[7])
FLOOR_OF = {name: floor for floor, names in enumerate(FLOORS) for name in names}
FENCED = frozenset({"dask", "distributed", "click", "rich"})
CLOCKS = frozenset(
    {
        "date.today", "datetime.now", "datetime.today", "datetime.utcnow",
        "time.time", "time.time_ns", "time.localtime", "time.gmtime", "time.ctime", "time.strftime",
    }
)  # fmt: skip


@dataclass(frozen=True, order=True)
class Arrow:
    """One import: the module it stands in, its line, and the dotted name it asks for."""

    module: str
    line: int
    target: str


def module_name(path: Path, root: Path) -> str:
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def dotted(node: ast.expr) -> str:
    """`a.b.c` of a name or attribute chain; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        start = dotted(node.value)
        return f"{start}.{node.attr}" if start else ""
    return ""


def arrows(source: str, module: str, is_package: bool = False) -> Iterator[Arrow]:
    """Every import of a module's source, at any depth. A relative import is resolved to its full name."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Arrow(module, node.lineno, alias.name)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = module.split(".")
                kept = parts[: len(parts) - node.level + (1 if is_package else 0)]
                base = ".".join([*kept, *([node.module] if node.module else [])])
            for alias in node.names:
                yield Arrow(module, node.lineno, f"{base}.{alias.name}")
        elif isinstance(node, ast.Call) and dotted(node.func).split(".")[-1] in {"import_module", "__import__"}:
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield Arrow(module, node.lineno, first.value)


def complaint(arrow: Arrow) -> str | None:
    """Why an arrow breaks the house, or None. Only arrows out of `skiptrace` can."""
    source, target = arrow.module.split("."), arrow.target.split(".")
    where = f"{arrow.module}, line {arrow.line}"
    if source[0] != "skiptrace":
        return None
    if target[0] == "jobs":
        return f"{where}: skiptrace imports {arrow.target}, which stands above it"
    if target[0] in FENCED:
        return f"{where}: {target[0]} is known to jobs alone"
    if len(source) == 1:  # skiptrace/__init__.py is under every floor: importing any module would tie a knot
        if arrow.target == "skiptrace.results.opened.Opened":  # `skiptrace.open`, called by nobody inside
            return None
        return f"{where}: skiptrace itself imports {arrow.target}" if target[0] == "skiptrace" else None
    if target[0] != "skiptrace" or len(target) == 1 or target[1] not in FLOOR_OF:
        return None  # outside, or a name of skiptrace/__init__.py such as __version__
    here, there = source[1], target[1]
    if here not in FLOOR_OF:
        return f"{where}: skiptrace.{here} has no floor; place it in FLOORS and in pyproject.toml"
    if here == there or FLOOR_OF[there] < FLOOR_OF[here]:
        return None
    if here in ROOMS and there in ROOMS:
        return f"{where}: room {here} imports room {there}; let them meet in skiptrace.schema"
    if FLOOR_OF[there] == FLOOR_OF[here]:
        return f"{where}: skiptrace.{here} imports its neighbour skiptrace.{there}"
    return f"{where}: skiptrace.{here} imports skiptrace.{there}, which stands above it"


def clock_readings(source: str, module: str) -> list[str]:
    """Each place where a module asks what time it is. Measuring a duration (perf_counter) is no such place."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ".".join(dotted(node.func).split(".")[-2:]) in CLOCKS:
            found.append(f"{module}, line {node.lineno}: reads the clock with {dotted(node.func)}; take as_of instead")
    return found


def sources(package: str) -> list[tuple[str, str, bool]]:
    """(module name, text, is a package) of each module under a top-level package, sorted."""
    paths = sorted((ROOT / package).rglob("*.py"))
    return [(module_name(path, ROOT), path.read_text(encoding="utf-8"), path.name == "__init__.py") for path in paths]


def test_imports_go_down_only_and_rooms_keep_apart() -> None:
    modules = sources("skiptrace")
    assert len(modules) > len(FLOOR_OF), "the tree was not found, so nothing was checked"
    found = [arrow for name, text, is_package in modules for arrow in arrows(text, name, is_package)]
    assert [complaint(arrow) for arrow in sorted(found) if complaint(arrow)] == []


def test_every_module_has_a_floor() -> None:
    present = {name.split(".")[1] for name, _, _ in sources("skiptrace") if "." in name}
    assert present == set(FLOOR_OF), "FLOORS and the tree differ"


def test_the_clock_is_read_in_jobs_only() -> None:
    assert [reading for name, text, _ in sources("skiptrace") for reading in clock_readings(text, name)] == []


def test_imports_are_absolute() -> None:
    relative = [
        f"{name}, line {node.lineno}"
        for package in ("skiptrace", "jobs")
        for name, text, _ in sources(package)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert relative == []


# --- the checker is checked: each planted violation must be seen ----------------------------------------------------


@pytest.mark.parametrize(
    ("module", "source", "expected"),
    [
        ("skiptrace.schema.table", "from skiptrace.store import commit", "stands above it"),
        ("skiptrace.schema.table", "import skiptrace.linkage.em", "stands above it"),
        ("skiptrace.linkage.em", "from skiptrace.contacts import points", "room linkage imports room contacts"),
        ("skiptrace.linkage.em", "from skiptrace import contacts", "room linkage imports room contacts"),
        ("skiptrace.linkage.em", "from ..contacts import points", "room linkage imports room contacts"),
        ("skiptrace.reach", "from skiptrace import check", "stands above it"),
        ("skiptrace.columns", "import skiptrace.ids", "imports its neighbour"),
        ("skiptrace.store.commit", "def f():\n    from skiptrace.report import page", "stands above it"),
        (
            "skiptrace.store.commit",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from skiptrace.intake import tape",
            "stands above it",
        ),
        ("skiptrace.intake.tape", 'importlib.import_module("skiptrace.export")', "imports room export"),
        ("skiptrace.intake.tape", 'def f():\n    return __import__("skiptrace.export.formats")', "imports room export"),
        ("skiptrace.results", "from jobs.ledger import read", "stands above it"),
        ("skiptrace.results", "import jobs", "stands above it"),
        ("skiptrace.reach.score", "import dask", "known to jobs alone"),
        ("skiptrace.reach.score", "def f():\n    from distributed import Client", "known to jobs alone"),
        ("skiptrace.report.page", "from rich.table import Table", "known to jobs alone"),
        ("skiptrace.report.page", "import click.testing as t", "known to jobs alone"),
        ("skiptrace.unplaced", "from skiptrace import errors", "has no floor"),
        ("skiptrace", "from skiptrace.results import open", "skiptrace itself imports"),
    ],
)
def test_a_planted_violation_is_caught(module: str, source: str, expected: str) -> None:
    complaints = [text for arrow in arrows(source, module) if (text := complaint(arrow))]
    assert len(complaints) == 1
    assert expected in complaints[0]


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("skiptrace.linkage.em", "from skiptrace.schema import conform\nfrom skiptrace.linkage.rules import weights"),
        ("skiptrace.linkage", "from .rules import weights"),
        ("skiptrace.results", "from skiptrace import __version__, linkage\nimport pyarrow.parquet as pq"),
        ("skiptrace.errors", "from __future__ import annotations\nimport json"),
        ("jobs.runner", "import dask, distributed, click, rich\nfrom skiptrace import check, intake"),
    ],
)
def test_a_lawful_import_is_left_alone(module: str, source: str) -> None:
    is_package = module.count(".") == 1
    assert [complaint(arrow) for arrow in arrows(source, module, is_package) if complaint(arrow)] == []


@pytest.mark.parametrize("call", ["datetime.date.today()", "datetime.now(tz)", "dt.datetime.utcnow()", "time.time()"])
def test_a_planted_clock_is_caught(call: str) -> None:
    assert len(clock_readings(f"def f():\n    return {call}", "skiptrace.reach.score")) == 1


def test_a_stopwatch_is_no_clock() -> None:
    assert clock_readings("start = time.perf_counter()\nday = datetime.date(2026, 1, 1)", "skiptrace.reach.score") == []
