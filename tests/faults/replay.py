"""Runs whose rooms are computed once and replayed after: every file is written anew through the protocol, byte by byte the same.

What is tried in `crash_points` is the protocol, not the arithmetic, and a run that is killed thousands of times must be fast. Each task's
function runs once; what it wrote and its receipt are kept, with the place of the project taken out. Afterwards the same writes are
made by the same functions of `skiptrace.store`, and the driver, receipts, reconciliation, manifest and exports are the real ones.
"""

from __future__ import annotations

import functools
import importlib
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from jobs import again, cluster, exports, ledger, linked, models, prepare, publish, verified
from jobs.prepare import Options, Prepared
from jobs.runner import Receipt, Task, perform
from skiptrace.linkage import layer
from skiptrace.store import commit, disk, folders
from skiptrace.store.permissions import private_folder
from skiptrace.store.places import Place, place_of

_known: dict[str, tuple[list[tuple[str, str, Any]], str]] = {}
_kept: dict[tuple[str, str], Any] = {}
_HOME = "{home}"


def body(function: str, home: str, arguments: dict[str, Any]) -> Receipt:
    """The body of a task, computed the first time and replayed after."""
    key = json.dumps([function, arguments], sort_keys=True).replace(home, _HOME)
    if key not in _known:
        module, _, name = function.partition(":")
        with _recorded(home) as writes:
            receipt = getattr(importlib.import_module(module), name)(**arguments)
        _known[key] = (writes, json.dumps(receipt).replace(home, _HOME))
        found: Receipt = receipt
        return found
    writes, text = _known[key]
    for kind, folder, content in writes:
        place = place_of(folder.replace(_HOME, home))
        if kind == "folder":
            there = folders.local(place)  # the folders of tasks are layers: as `jobs.index.build` does
            if there.is_dir():
                layer.verify(there, trust=True)
            else:
                layer.mark_verified(folders.publish(place, functools.partial(_fill, content)))
        else:
            commit.put(private_folder(place), functools.partial(_write, content), lambda _, name=kind: name)
    receipt = json.loads(text.replace(_HOME, home))
    return receipt


def _fill(files: dict[str, bytes], scratch: Path) -> None:
    for name, content in files.items():
        (scratch / name).write_bytes(content)


def _write(content: bytes, path: Path) -> None:
    path.write_bytes(content)


@contextmanager
def _recorded(home: str) -> Iterator[list[tuple[str, str, Any]]]:
    """What is put in a project's home meanwhile: ("folder", place, files) or (name, folder, content)."""
    writes: list[tuple[str, str, Any]] = []

    def noting(real: Callable[..., Any]) -> Callable[..., Any]:
        def put(folder: Place, write: Callable[[Path], None], name: Callable[[Path], str]) -> Any:
            content: list[bytes] = []

            def also_kept(path: Path) -> None:
                write(path)
                content.append(path.read_bytes())

            done = real(folder, also_kept, name)
            if str(folder).startswith(home) and ".partial-" not in str(folder):
                writes.append((done[0].name, str(folder).replace(home, _HOME), content[0]))
            return done

        return put

    def published(place: Place, fill: Callable[[Path], None]) -> Path:
        def also_kept(scratch: Path) -> None:
            fill(scratch)  # not what lies there later: the mark that a layer was checked holds times
            content = {file.name: file.read_bytes() for file in scratch.iterdir()}
            writes.append(("folder", str(place).replace(home, _HOME), content))

        return real_publish(place, also_kept)

    real_publish = folders.publish
    with patch.object(disk, "put", noting(disk.put)), patch.object(commit, "_upload", noting(commit._upload)), \
            patch.object(folders, "publish", published):  # fmt: skip
        yield writes


@contextmanager
def replayed(home_of: Callable[[], Place]) -> Iterator[None]:
    """Pipelines of this process replay; `home_of` gives the home of the project that runs."""

    @contextmanager
    def spread_for(prepared: Prepared, options: Options, private: Place) -> Iterator[cluster.Compute]:
        def compute(tasks: list[Task]) -> Iterator[tuple[str, Receipt]]:
            for task in tasks:
                given = {"function": task.function, "home": str(home_of()), "arguments": task.arguments}
                yield task.key, perform("tests.faults.replay:body", str(task.receipt), given)

        yield compute

    def once(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            key = (f"{real.__module__}.{real.__qualname__}", str(home_of()))
            if key not in _kept:
                _kept[key] = real(*arguments, **named)
            return _kept[key]

        return call

    with ExitStack() as stack:
        stack.enter_context(patch.object(cluster, "spread_for", spread_for))
        for module, name in (
            (prepare, "find_deliveries"), (publish, "render"), (publish, "summarise"), (linked, "told"),
            (exports, "lists_now"), (exports, "screen_again"), (again, "rulebook_of"), (verified, "rulebook_of"),
            (models, "_records"),
        ):  # fmt: skip
            stack.enter_context(patch.object(module, name, once(getattr(module, name))))
        for module, name in (
            (prepare, "_content"), (prepare, "load_profile"), (exports, "load_profile"), (prepare, "versions"), (ledger, "versions"),
        ):  # fmt: skip
            stack.enter_context(patch.object(module, name, functools.cache(getattr(module, name))))
        yield


