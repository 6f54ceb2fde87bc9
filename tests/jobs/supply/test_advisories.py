from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner

from jobs.supply import advisories
from jobs.supply.advisories import SILENT, Accepted, NotAudited, audit, from_index, main, read_accepted, told
from jobs.supply.locks import Locked
from skiptrace.errors import ConfigError

TODAY = dt.date(2026, 11, 29)
CLICK = Locked("click", "8.5.1", ("a" * 64,))
WEAK = {"id": "PYSEC-2026-1", "aliases": ["CVE-2026-1"], "fixed_in": ["8.5.2"]}


def answer(**more: object) -> dict[str, object]:
    return {"info": {"version": "8.5.1"}, "vulnerabilities": [], **more}


@pytest.fixture
def index() -> Iterator[tuple[str, dict[str, bytes | int]]]:
    """A package index on loopback: what it answers to a path, or the status that it ends with; 404 for all else."""
    answers: dict[str, bytes | int] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            said = answers.get(self.path, 404)
            self.send_response(said if isinstance(said, int) else 200)
            self.end_headers()
            if isinstance(said, bytes):
                self.wfile.write(said)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/pypi", answers
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    file = tmp_path / "a.lock"
    file.write_text("".join(f"{name}==8.5.1 \\\n    --hash=sha256:{'a' * 64}\n" for name in ("click", "dask")), encoding="utf-8")
    return file


def run(lock: Path, index: str, *more: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, [str(lock), "--index", index, *more])
    return result.exit_code, result.output


def test_an_audit_of_known_packages_without_advisories_ends_well(index: tuple[str, dict[str, bytes | int]], lock: Path) -> None:
    address, answers = index
    answers |= {f"/pypi/{name}/8.5.1/json": json.dumps(answer()).encode() for name in ("click", "dask")}
    code, text = run(lock, address)
    assert (code, text) == (0, "2 of 2 packages audited, 0 advisories against them\n")


def test_an_advisory_fails_it(index: tuple[str, dict[str, bytes | int]], lock: Path) -> None:
    address, answers = index
    answers |= {f"/pypi/{name}/8.5.1/json": json.dumps(answer(vulnerabilities=[WEAK])).encode() for name in ("click", "dask")}
    code, text = run(lock, address)
    assert code == 4
    assert "click 8.5.1: PYSEC-2026-1, CVE-2026-1; mended in 8.5.2" in text


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (404, "the index does not know this version"), (500, "the index answered 500"),
        (b"<html>", "what is no JSON"), (b"", "what is no JSON"),
        (json.dumps({"info": {"version": "8.5.1"}}).encode(), "says nothing about advisories"),
        (json.dumps(answer(vulnerabilities=None)).encode(), "says nothing about advisories"),
        (json.dumps(answer(vulnerabilities=[{}])).encode(), "says nothing about advisories"),
        (json.dumps(answer(info={"version": "1.0"})).encode(), "about something else"), (b"[]", "about something else"),
    ],
)  # fmt: skip
def test_one_package_that_could_not_be_audited_fails_it(
    index: tuple[str, dict[str, bytes | int]], lock: Path, said: bytes | int, why: str
) -> None:
    address, answers = index
    answers |= {"/pypi/click/8.5.1/json": json.dumps(answer()).encode(), "/pypi/dask/8.5.1/json": said}
    code, text = run(lock, address)
    assert code == 69
    assert "dask 8.5.1: not audited: " in text
    assert why in text
    assert "1 of 2 packages audited" in text


def test_an_index_that_cannot_be_reached_fails_it(lock: Path) -> None:
    code, text = run(lock, "http://127.0.0.1:1/pypi")
    assert code == 69
    assert "0 of 2 packages audited" in text


def test_a_dead_index_is_not_asked_on_and_on() -> None:
    asked = list[str]()

    def dead(package: Locked) -> list[advisories.Advisory]:
        asked.append(package.name)
        raise NotAudited("the index cannot be reached", reachable=False)

    found = audit([Locked(f"p{n}", "1", ("a" * 64,)) for n in range(9)], dead, (), TODAY)
    assert (len(asked), len(found.unaudited), found.exit_code) == (SILENT, 9, 69)


def test_a_package_in_two_locks_is_asked_about_once() -> None:
    found = audit([CLICK, CLICK], lambda package: [], (), TODAY)
    assert (found.asked, found.exit_code) == (1, 0)


def test_nothing_asked_is_no_good_news() -> None:
    assert audit([], lambda package: [], (), TODAY).exit_code == 69


@pytest.mark.parametrize(("until", "code"), [(TODAY, 0), (TODAY - dt.timedelta(days=1), 4)])
def test_an_accepted_advisory_counts_again_when_its_day_is_over(until: dt.date, code: int) -> None:
    accepted = (Accepted("CVE-2026-1", "click", "never called here", until),)
    found = audit([CLICK], lambda package: told(package, answer(vulnerabilities=[WEAK])), accepted, TODAY)
    assert found.exit_code == code


def test_one_that_is_accepted_for_another_package_counts() -> None:
    accepted = (Accepted("CVE-2026-1", "dask", "never called here", TODAY),)
    assert audit([CLICK], lambda package: told(package, answer(vulnerabilities=[WEAK])), accepted, TODAY).exit_code == 4


def test_an_advisory_that_was_withdrawn_does_not_count() -> None:
    assert told(CLICK, answer(vulnerabilities=[{**WEAK, "withdrawn": "2026-01-01T00:00:00Z"}])) == []


def test_an_index_without_https_is_refused_unless_it_is_this_machine(lock: Path) -> None:
    with pytest.raises(ConfigError, match="no https address"):
        from_index("http://example.com/pypi")
    assert run(lock, "ftp://example.com")[0] == 2


def test_accepting_needs_an_argument_and_a_day(tmp_path: Path) -> None:
    file = tmp_path / "advisories.toml"
    file.write_text('[[accepted]]\nid = "PYSEC-1"\npackage = "click"\nwhy = "no"\nuntil = 2027-01-01\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="accepted 1"):
        read_accepted(file)
    file.write_text('[[accepted]]\nid = "PYSEC-1"\npackage = "click"\nwhy = "never called here"\nuntil = 2027-01-01\n', encoding="utf-8")
    assert read_accepted(file) == (Accepted("PYSEC-1", "click", "never called here", dt.date(2027, 1, 1)),)
    assert all(one.until for one in read_accepted())
