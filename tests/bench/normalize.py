"""`make bench-normalize`: normalisation beside the libraries it must equal.

Each `tests/bench/normalize_<kind>.py` is found by being there and gives its figures. DATA= names a folder of data sets
outside the project; what is absent gives null and the reason.
"""

from __future__ import annotations

import importlib
import inspect
import os
import pkgutil

import tests.bench
from tests.bench.report import Figure, print_bench

PREFIX = "normalize_"


def kinds() -> list[str]:
    """Names of the bench modules, sorted."""
    return sorted(found.name for found in pkgutil.iter_modules(tests.bench.__path__) if found.name.startswith(PREFIX))


def main() -> list[Figure]:
    """Take every figure and print them; returns them."""
    figures: list[Figure] = []
    for name in kinds():
        take = importlib.import_module(f"tests.bench.{name}").figures
        found = take(os.environ) if inspect.signature(take).parameters else take()
        figures += [Figure(f"{name.removeprefix(PREFIX)}.{f.name}", f.value, f.unit, f.target, f.reason, f.at_most) for f in found]
    print_bench("normalize", figures)
    return figures


if __name__ == "__main__":
    main()
