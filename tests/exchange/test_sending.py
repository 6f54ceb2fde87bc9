from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from skiptrace.exchange.sending import Parcel, named, send
from skiptrace.exchange.store import PlaceBox
from skiptrace.store import points

CONTENT = b"row\n" * 1000
SHA = hashlib.sha256(CONTENT).hexdigest()


class Cut(BaseException):
    """The process ends here."""


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    folder = tmp_path / "theirs"
    folder.mkdir()
    return folder


@pytest.fixture
def parcel(tmp_path: Path) -> Parcel:
    file = tmp_path / "ours.csv"
    file.write_bytes(CONTENT)
    return Parcel(file, "out.csv", 1000, len(CONTENT), SHA)


@pytest.mark.parametrize(
    ("file", "day", "suffix", "name"),
    [
        ("dialer.csv", "2026-06-30", "", "dialer-2026-06-30.csv"),
        ("dialer-001.csv.gz", "2026-06-30", ".pgp", "dialer-001-2026-06-30.csv.gz.pgp"),
        ("dialer.csv", None, ".age", "dialer.csv.age"),
        ("plain", "2026-06-30", "", "plain-2026-06-30"),
    ],
)
def test_names_hold_the_day_and_what_seals_the_file(file: str, day: str | None, suffix: str, name: str) -> None:
    assert named(file, day, suffix) == name


def test_the_control_file_comes_last_and_says_what_was_sent(theirs: Path, parcel: Parcel, tmp_path: Path) -> None:
    assert send(PlaceBox(theirs), parcel, tmp_path)
    assert (theirs / "out.csv").read_bytes() == CONTENT
    assert json.loads((theirs / "out.csv.control.json").read_bytes()) == {"file": "out.csv", "rows": 1000, "bytes": 4000, "sha256": SHA}
    assert not send(PlaceBox(theirs), parcel, tmp_path)  # what is there whole is not sent again
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ours.csv", "theirs"]


def test_at_every_point_a_control_file_stands_beside_its_own_file_only(
    theirs: Path, parcel: Parcel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def passed(point: str) -> None:
        seen.append(point)
        control = theirs / "out.csv.control.json"
        if control.exists():
            assert json.loads(control.read_bytes())["sha256"] == hashlib.sha256((theirs / "out.csv").read_bytes()).hexdigest()

    monkeypatch.setattr(points, "passed", passed)
    (theirs / "out.csv").write_bytes(b"old")
    (theirs / "out.csv.control.json").write_text(json.dumps({"sha256": hashlib.sha256(b"old").hexdigest()}))
    send(PlaceBox(theirs), parcel, tmp_path)
    assert seen == ["before-send", "part-written", "sent", "part-written", "controlled"]


@pytest.mark.parametrize("stop", range(5))
def test_an_attempt_that_died_anywhere_is_completed_by_the_next(
    theirs: Path, parcel: Parcel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop: int
) -> None:
    left = [stop]

    def passed(point: str) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise Cut

    with monkeypatch.context() as patch:
        patch.setattr(points, "passed", passed)
        with pytest.raises(Cut):
            send(PlaceBox(theirs), parcel, tmp_path)
    send(PlaceBox(theirs), parcel, tmp_path)
    assert (theirs / "out.csv").read_bytes() == CONTENT
    assert sorted(path.name for path in theirs.iterdir()) == ["out.csv", "out.csv.control.json"]
