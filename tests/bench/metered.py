"""The command line with a meter on what only durability needs: flushes, links, receipts and hashes of files.

`METER=folder python -m tests.bench.metered --project ... run`. Each process of the run, worker or driver, adds a line of JSON to a file
of its own in that folder per task: the receipt's name, CPU seconds of the task and its receipt, and those within metered calls. The
driver adds two: what it took to load the program, and all else. A
spawned worker imports the main module of its parent, so the meters are set there too. Metered calls within one another count once."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import skiptrace.ids as ids

_SPENT, _DEPTH = [0.0], [0]


def meter(body: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, whose CPU seconds are added up."""

    def inner(*args: Any, **options: Any) -> Any:
        _DEPTH[0] += 1
        begun = time.process_time()
        try:
            return body(*args, **options)
        finally:
            _DEPTH[0] -= 1
            if not _DEPTH[0]:
                _SPENT[0] += time.process_time() - begun

    return inner


def told(name: str, cpu: float, spent: float) -> None:
    """Add a line to this process's file."""
    with (Path(os.environ["METER"]) / f"{os.getpid()}.jsonl").open("a") as out:
        out.write(json.dumps({"name": name, "cpu": cpu, "durable": spent}) + "\n")


# Before anything else is imported: modules bind these names when they are loaded.
os.fsync, os.link = meter(os.fsync), meter(os.link)
ids.file_digest = meter(ids.file_digest)

import skiptrace.store.disk as disk  # noqa: E402

disk.sync_folder = meter(disk.sync_folder)

import skiptrace.store.commit as commit  # noqa: E402

commit.put_json = meter(commit.put_json)

import jobs.runner as runner  # noqa: E402
import jobs.workers as workers  # noqa: E402

_perform = runner.perform


def perform(function: str, receipt: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """One task, and a line about it."""
    begun, before = time.process_time(), _SPENT[0]
    content = _perform(function, receipt, arguments)
    told(Path(receipt).stem if Path(receipt).parent.name == "receipts" else function, time.process_time() - begun, _SPENT[0] - before)
    return content


workers.perform = perform  # type: ignore[attr-defined]

if __name__ == "__main__":
    import jobs.cli.run
    import jobs.pipeline  # noqa: F401
    from jobs.cli import main

    loading = time.process_time()
    told("loading", loading, 0.0)
    code = main(sys.argv[1:])
    told("driver", time.process_time() - loading, _SPENT[0])
    sys.exit(code)
