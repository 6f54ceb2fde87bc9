from __future__ import annotations

from pathlib import Path

import pytest

from jobs.cli import main


def ended(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str]:
    code = main(["cluster", "start", *options])
    return code, capsys.readouterr().err


@pytest.mark.parametrize("options", [(), ("--listen", "tcp://127.0.0.1:1", "--join", "tcp://127.0.0.1:1")])
def test_it_is_a_scheduler_or_joins_one(options: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    code, told = ended(capsys, *options)
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
