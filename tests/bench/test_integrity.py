from __future__ import annotations

from pathlib import Path

import pytest

from skiptrace.errors import DamagedFile
from tests.bench.integrity import EQUAL, REFUSED, SILENT, Stored, counted, flipped, judged, kinds, made


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory, own_settings: Path, private_session: None) -> list[Stored]:
    return list(kinds(made(tmp_path_factory.mktemp("integrity"))))


def test_no_flip_of_any_kind_of_file_is_silent(stored: list[Stored]) -> None:
    found = {one.kind: counted(one, 12, seed=7) for one in stored}
    assert {"index", "match model", "receipts", "plan", "table links", "persons of the index"} <= found.keys()
    assert {kind: outcomes for kind, outcomes in found.items() if outcomes[SILENT]} == {}
    assert sum(outcomes[REFUSED] for outcomes in found.values()) > 11 * len(found)


def test_a_reader_that_believes_everything_would_be_seen(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"abc")

    def refusing(place: Path) -> bytes:
        if place.read_bytes() != b"abc":
            raise DamagedFile("damaged")
        return b"abc"

    assert judged(Stored("x", (file,), lambda place: place.read_bytes()), file, 3, b"abc") == SILENT
    assert judged(Stored("x", (file,), lambda place: place.name), file, 3, "a") == EQUAL
    assert judged(Stored("x", (file,), refusing), file, 3, b"abc") == REFUSED
    assert file.read_bytes() == b"abc"
    assert flipped(b"\x00\x00", 9) == b"\x00\x02"
