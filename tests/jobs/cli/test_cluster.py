from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from jobs import serving
from jobs.cli import main
from tests.jobs.clusters import make_papers, papers_for


def ended(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str]:
    code = main(["cluster", "start", *options])
    return code, capsys.readouterr().err


def test_it_is_a_scheduler_or_joins_one(capsys: pytest.CaptureFixture[str]) -> None:
    code, told = ended(capsys, "--listen", "tcp://127.0.0.1:1", "--join", "tcp://127.0.0.1:1")
    assert code == 2
    assert "one of --listen and --join" in told


@pytest.mark.parametrize(
    ("options", "code", "word"),
    [
        (("--listen", "tcp://0.0.0.0:8786"), 2, "this machine only"),
        (("--listen", "8786"), 2, "no scheduler's address"),
        (("--listen", "tls://127.0.0.1:8786"), 2, "--ca: is needed"),
        (("--listen", "tcp://127.0.0.1:8786", "--memory", "much"), 2, "not an amount of memory"),
        (("--listen", "tcp://127.0.0.1:8786", "--memory", "2"), 2, "not an amount of memory"),
    ],
)
def test_what_cannot_be_started_says_why(options: tuple[str, ...], code: int, word: str, capsys: pytest.CaptureFixture[str]) -> None:
    found, told = ended(capsys, *options)
    assert found == code
    assert word in told


def test_a_folder_that_others_may_write_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    loose = tmp_path / "loose"
    loose.mkdir()
    loose.chmod(0o777)
    code, told = ended(capsys, "--listen", "tcp://127.0.0.1:8786", "--folder", str(loose))
    assert code == 78
    assert "chmod" in told


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("papers")
    make_papers(found)
    return found


@pytest.mark.parametrize("member", [None, "scheduler"])
def test_without_an_address_it_is_this_machine_s_alone(
    member: str | None, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[Any] = []

    async def serve(*given: Any) -> bool:
        asked.append(given)
        await asyncio.sleep(0)
        return True

    monkeypatch.setattr(serving, "serve", serve)
    assert main(["cluster", "start", *(papers_for(folder, member) if member else ())]) == 0
    assert asked[0][0] == f"{'tls' if member else 'tcp'}://127.0.0.1:8786"
    assert asked[0][1:3] == (None, 0)
    assert ("the certificate ends in 1 days" in capsys.readouterr().err) == (member is not None)


@pytest.mark.parametrize(
    ("options", "member", "word"),
    [
        (("--listen", "tls://127.0.0.1:1"), "worker", "scheduler is wanted"),
        (("--listen", "tls://127.0.0.1:1", "--workers", "1"), "scheduler", "worker is wanted"),
        (("--join", "tls://127.0.0.1:1"), "client", "worker is wanted"),
        (("--join", "tls://127.0.0.1:1"), "expired", "expired"),
        (("--join", "tls://127.0.0.1:1"), "unnamed", "of no role"),
    ],
)
def test_a_member_starts_with_a_certificate_of_its_role(
    options: tuple[str, ...], member: str, word: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, told = ended(capsys, *options, *papers_for(folder, member))
    assert code == 2
    assert word in told
    assert "cluster certs" in told


def test_certificates_are_made_once_and_then_when_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def certs(*options: str) -> tuple[int, dict[str, Any]]:
        code = main(["--json", "cluster", "certs", "--folder", str(tmp_path / "papers"), *options])
        return code, json.loads(capsys.readouterr().out or "{}")

    code, told = certs("--days", "30")
    assert code == 0
    assert told["made_authority"]
    assert {one["member"]: one["roles"] for one in told["members"]} == {name: [name] for name in ("scheduler", "worker", "client")}
    assert certs()[0] == 2
    code, told = certs("--name", "head", "--role", "scheduler", "--role", "worker")
    assert (code, told["made_authority"], told["members"][0]["roles"]) == (0, False, ["scheduler", "worker"])
    assert certs("--renew")[0] == 0


@pytest.mark.parametrize("options", [("--name", "x"), ("--role", "client"), ("--name", "../x", "--role", "client"),
                                     ("--name", "x", "--role", "owner"), ("--days", "0")])  # fmt: skip
def test_what_no_certificate_can_be_made_of(options: tuple[str, ...], tmp_path: Path) -> None:
    assert main(["cluster", "certs", "--folder", str(tmp_path / "papers"), *options]) == 2
    assert not (tmp_path / "papers").exists()
