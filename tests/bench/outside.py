"""A running cluster seen from outside: `make bench-outside`. Network namespaces of its own, joined by a pair of devices: in one a cluster
runs, in the other somebody looks at it. Skipped with the reason where namespaces are not allowed (it takes root).

A cluster with certificates (a scheduler, two workers) must show TLS ports alone, and hear nobody but its members; one without an address
must show nothing.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jobs.roles import HANDSHAKE_SECONDS
from tests.bench.outside_callers import forge
from tests.bench.report import Figure, print_bench
from tests.chaos.faults import NotHere
from tests.jobs.clusters import make_papers, papers_for

ROOT = Path(__file__).resolve().parents[2]
INSIDE, OUTSIDE, INSIDE_6, OUTSIDE_6 = "10.78.0.1", "10.78.0.2", "fd78::1", "fd78::2"
PORT = 8786
REFUSALS = ("TLS handshake failed", "is refused: its certificate names", "no TLS handshake with")
"""What a member's own log says when it does not hear somebody."""


class Yard:
    """Two namespaces and the line between them. Nothing else is connected to it. Raises NotHere where that is not allowed."""

    def __init__(self) -> None:
        self._names = {side: f"outside-{os.getpid()}-{side}" for side in ("in", "out")}
        try:
            for name in self._names.values():
                _ip("netns", "add", name)
                _ip("-n", name, "link", "set", "lo", "up")
            _ip("-n", self._names["in"], "link", "add", "line", "type", "veth", "peer", "name", "line", "netns", self._names["out"])
            for side, addresses in (("in", (INSIDE, INSIDE_6)), ("out", (OUTSIDE, OUTSIDE_6))):
                _ip("-n", self._names[side], "addr", "add", f"{addresses[0]}/24", "dev", "line")
                _ip("-n", self._names[side], "addr", "add", f"{addresses[1]}/64", "dev", "line", "nodad")
                _ip("-n", self._names[side], "link", "set", "line", "up")
        except BaseException:
            self.close()
            raise

    def within(self, side: str) -> list[str]:
        """What a command begins with to run on a side, "in" or "out"."""
        return ["ip", "netns", "exec", self._names[side]]

    def call(self, host: str, folder: Path, wanted: dict[str, Any]) -> Any:
        """What a caller on the other side finds."""
        command = [*self.within("out"), sys.executable, "-m", "tests.bench.outside_callers", host, str(folder), json.dumps(wanted)]
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, timeout=900, check=True)
        return json.loads(done.stdout.splitlines()[-1])

    @contextlib.contextmanager
    def started(self, log: Path, *options: str) -> Iterator[str]:
        """`skiptrace cluster start` on the inside, until the context ends: the scheduler's address."""
        command = [*self.within("in"), sys.executable, "-m", "jobs.cli", "--json", "cluster", "start", *options]
        with log.open("ab") as err:
            process = subprocess.Popen(
                command, cwd=ROOT, stdout=subprocess.PIPE, stderr=err, text=True, env={**os.environ, "PYTHONWARNINGS": "ignore"}
            )
        try:
            assert process.stdout is not None
            told = "".join(process.stdout.readline() for _ in range(4))
            yield str(json.loads(told)["scheduler"])
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stdout is not None:
                process.stdout.close()

    def sockets(self, kind: str) -> set[tuple[str, int]]:
        """Addresses and ports that somebody on the inside holds: listening ones of "tcp", all of "udp"."""
        command = [*self.within("in"), "cat", f"/proc/net/{kind}", f"/proc/net/{kind}6"]
        lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
        found = set()
        for line in lines:
            parts = line.split()
            if ":" not in parts[1] or (kind == "tcp" and parts[3] != "0A"):
                continue
            address, port = parts[1].split(":")
            found.add((address, int(port, 16)))
        return found

    def close(self) -> None:
        for name in self._names.values():
            subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)


def _ip(*arguments: str) -> None:
    try:
        done = subprocess.run(["ip", *arguments], capture_output=True, check=False)
    except FileNotFoundError:
        raise NotHere("the program ip is not installed") from None
    if done.returncode:
        raise NotHere("network namespaces cannot be made here: it takes root")


def looked_at(yard: Yard, scratch: Path) -> list[Figure]:
    """Figures of a cluster with certificates."""
    papers, log = scratch / "papers", scratch / "log"
    make_papers(papers)
    forge(papers)
    address = f"tls://{INSIDE}:{PORT}"
    with (
        yard.started(log, "--listen", address, *papers_for(papers, "scheduler")),
        yard.started(log, "--join", address, "--workers", "2", *papers_for(papers, "worker")),
    ):
        time.sleep(3)  # both workers have joined
        seen, seen_6 = (yard.call(host, papers, {"what": "scan"}) for host in (INSIDE, INSIDE_6))
        inside, datagrams = yard.sockets("tcp"), yard.sockets("udp")
        kinds = {str(port): "scheduler" if port == PORT else "worker" for port in seen["open"]}
        told = yard.call(INSIDE, papers, {"what": "callers", "ports": kinds})
        asked = yard.call(INSIDE, papers, {"what": "worker", "port": PORT, "planted": str(scratch / "planted")})
        slow = [yard.call(INSIDE, papers, {"what": "stalled", "port": port, "kind": kind, "count": 50}) for port, kind in kinds.items()]
        alive = yard.call(INSIDE, papers, {"what": "work", "port": PORT})
    said = log.read_text(errors="replace")
    others = [(port, name, heard) for port, one in told.items() for name, heard in one["others"].items()]
    for port, one in told.items():
        print(f"port {port}, a {one['kind']}'s: heard {', '.join(name for name, yes in one['members'].items() if yes)}; refused "
              f"{sum(not heard for heard in one['others'].values())} of {len(one['others'])} others")  # fmt: skip
    for port, name, heard in others:
        if heard:
            print(f"    HEARD at {port}: {name}")
    words = {word: said.count(word) for word in REFUSALS}
    print(f"their own words: {words}; scans of 65,535 ports took {seen['seconds']} and {seen_6['seconds']} s")
    cut = sum(one["cut"] for one in slow)
    return [
        Figure("TCP ports seen from outside", len(seen["open"]), "ports"),
        Figure("of them TLS that hears members alone", sum(alone(one) for one in told.values()), "ports", len(seen["open"])),
        Figure("ports inside that a scan did not see", len({port for _, port in inside} - set(seen["open"])), "ports", 0, at_most=True),
        Figure("IPv6 ports seen from outside", len(seen_6["open"]), "ports", 0, at_most=True),
        Figure("UDP sockets inside", len(datagrams), "sockets", 0, at_most=True),
        Figure("kinds of callers who must not be heard", len({name for _, name, _ in others}), "kinds"),
        Figure("such calls", len(others), "calls"),
        Figure("of them heard", sum(heard for _, _, heard in others), "calls", 0, at_most=True),
        Figure("refusals by the members' own word", sum(words.values()) - cut, "lines", len(others)),
        Figure("a worker's calls for what clients ask, answered", sum(asked["answered"].values()), "calls", 0, at_most=True),
        Figure("pickled objects of a worker that the scheduler ran", int(asked["ran"]), "objects", 0, at_most=True),
        Figure("slowest handshake beside 50 that stall", max(one["took"] for one in slow), "s", 2.0, at_most=True),
        Figure("stalled callers who were hung up on", cut, "calls", sum(one["of"] for one in slow)),
        Figure("longest of them", max(one["after"] for one in slow), "s", 2 * HANDSHAKE_SECONDS, at_most=True),
        Figure("the cluster works after it all", int(alive["answer"] == 3), "yes", 1),
    ]


def alone(one: dict[str, Any]) -> bool:
    """Whether a port hears each of its members, and nobody else."""
    return all(one["members"].values()) and not any(one["others"].values())


def by_default(yard: Yard, scratch: Path) -> list[Figure]:
    """Figures of a scheduler with a worker that was given no address."""
    with yard.started(scratch / "log", "--workers", "1") as address:
        time.sleep(2)
        inside = yard.sockets("tcp")
        seen = [port for host in (INSIDE, INSIDE_6) for port in yard.call(host, scratch, {"what": "scan"})["open"]]
    assert address.startswith("tcp://127.0.0.1:")
    assert inside
    return [
        Figure("ports of a cluster without an address, inside", len(inside), "ports"),
        Figure("of them not on 127.0.0.1", sum(host != "0100007F" for host, _ in inside), "ports", 0, at_most=True),
        Figure("of them seen from outside", len(seen), "ports", 0, at_most=True),
    ]


def main() -> None:
    figures, reason = list[Figure](), None
    try:
        yard = Yard()
    except NotHere as error:
        reason = str(error)
    else:
        try:
            with tempfile.TemporaryDirectory(prefix="skiptrace-outside-") as scratch:
                for name, look in (("certificates", looked_at), ("default", by_default)):
                    (Path(scratch) / name).mkdir()
                    figures += look(yard, Path(scratch) / name)
        finally:
            yard.close()
    print_bench("outside", figures or [Figure("TCP ports seen from outside", None, "ports", reason=reason)])


if __name__ == "__main__":
    main()
