from __future__ import annotations

from pathlib import Path

import pytest

from skiptrace.intake.gate import Gate
from tests.bench import fuzz
from tests.bench.fuzz_kinds import KINDS
from tests.bench.fuzz_own import OWN
from tests.bench.fuzz_own import judged as judged_own


def test_a_mutant_follows_from_its_seed_alone() -> None:
    assert fuzz.mutant(b"abcdef" * 10, 7) == fuzz.mutant(b"abcdef" * 10, 7)
    assert len({fuzz.mutant(b"abcdef" * 10, seed) for seed in range(50)}) > 40


@pytest.mark.parametrize("name", KINDS)
def test_a_valid_file_is_read_as_the_strict_reader_reads_it(tmp_path: Path, name: str) -> None:
    kind = KINDS[name]
    with Gate(fuzz.LIMITS) as gate:
        assert fuzz.judged(kind, kind.content, tmp_path, gate) == "equal"
    (tmp_path / kind.name).write_bytes(kind.content)
    assert len(kind.strict(kind.content, tmp_path / kind.name)[1]) == 40


@pytest.mark.parametrize("name", KINDS)
def test_a_fixed_slice_of_mutants_shows_no_silent_difference(tmp_path: Path, name: str) -> None:
    kind = KINDS[name]
    with Gate(fuzz.LIMITS) as gate:
        found = [fuzz.judged(kind, fuzz.mutant(kind.content, seed), tmp_path, gate) for seed in range(10**6, 10**6 + 60)]
    assert set(found) <= {"equal", "refused"}
    assert "refused" in found or name in ("fixed", "jsonl")


def test_a_reader_that_shifts_rows_would_be_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = KINDS["csv"]
    read = fuzz.read_rows

    def shifted(*given: object) -> object:
        rows = read(*given)  # type: ignore[arg-type]
        return rows._replace(table=rows.table.slice(1))

    monkeypatch.setattr(fuzz, "read_rows", shifted)
    with Gate(fuzz.LIMITS) as gate:
        assert fuzz.judged(kind, kind.content, tmp_path, gate) == "different"


@pytest.mark.slow
@pytest.mark.parametrize("name", OWN)
def test_what_people_write_and_what_the_program_keeps_is_read_as_it_stands_or_refused(tmp_path: Path, name: str) -> None:
    own = OWN[name]
    assert judged_own(own, own.content(), tmp_path) == "equal"
    found = [judged_own(own, fuzz.mutant(own.content(), seed), tmp_path) for seed in range(10**6, 10**6 + 25)]
    assert set(found) <= {"equal", "refused"}
    assert "refused" in found
