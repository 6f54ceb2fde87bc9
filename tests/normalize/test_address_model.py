from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import usaddress
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.normalize import address_model
from skiptrace.normalize.address_model import AddressMemory, label_lines
from tests.bench.normalize_addresses import _ODD, differences, generated_lines


def parse(line: str) -> list[tuple[str, str]]:
    return list(usaddress.parse(line))


def test_generated_lines_have_the_library_s_tokens_and_labels() -> None:
    lines = generated_lines(3_000, seed=11, odd=0.3)
    memory = AddressMemory()
    cold = label_lines(pa.array(lines, pa.string()), memory)
    assert differences(lines, cold) == 0
    warm = label_lines(pa.array(lines, pa.string()), memory)
    assert warm.tokens.equals(cold.tokens)
    assert np.array_equal(warm.labels, cold.labels)
    assert np.array_equal(warm.offsets, cold.offsets)


def test_odd_lines_have_the_library_s_tokens_and_labels() -> None:
    found = label_lines(pa.array(_ODD, pa.string()))
    assert [found.parsed(at) for at in range(len(_ODD))] == [parse(line) for line in _ODD]


@given(st.lists(st.text(st.characters(max_codepoint=127), max_size=60), max_size=8))
def test_any_ascii_text_has_the_library_s_labels(lines: list[str]) -> None:
    found = label_lines(pa.array(lines, pa.string()))
    assert [found.parsed(at) for at in range(len(lines))] == [parse(line) for line in lines]


WORDS = ["123", "Main", "St", "St.", "N", "Apt", "#", "4B", "&", "Dallas,", "TX", "75201-1234", "(rear)"]


@given(st.lists(st.lists(st.sampled_from(WORDS), max_size=9)))
def test_any_order_of_address_words_has_the_library_s_labels(lines: list[list[str]]) -> None:
    texts = [" ".join(words) for words in lines]
    found = label_lines(pa.array(texts, pa.string()))
    assert [found.parsed(at) for at in range(len(texts))] == [parse(text) for text in texts]


def test_every_labelled_line_of_the_library_s_own_data(shared_data: Path) -> None:
    path = shared_data / "parsing" / "usaddress_labelled_train.parquet"
    lines = pq.read_table(path, columns=["raw"]).column("raw").to_pylist()
    assert len(lines) > 10_000
    assert differences(lines, label_lines(pa.array(lines, pa.string()))) == 0


def test_rows_keep_their_places_in_slices_and_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = ["5 Oak St", None, "", "é 5", "PO Box 12", "7 Elm Ave Apt 3"]
    monkeypatch.setattr(address_model, "_BATCH_ROWS", 2)
    column = pa.array(["skipped", *lines, "skipped"], pa.string()).slice(1, len(lines))
    found = label_lines(column, AddressMemory())
    assert [found.parsed(at) for at in range(len(lines))] == [parse(line or "") for line in lines]


def test_no_lines_have_no_tokens() -> None:
    found = label_lines(pa.array([], pa.string()))
    assert (found.offsets.tolist(), len(found.tokens), len(found.labels)) == ([0], 0, 0)


def test_where_two_labellings_are_nearly_equal_the_library_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(address_model, "SAFE_MARGIN", 1e9)
    asked = []
    settle = AddressMemory._settle
    monkeypatch.setattr(AddressMemory, "_settle", lambda self, sequence, *row: asked.append(sequence) or settle(self, sequence, *row))
    lines = generated_lines(50, seed=5)
    assert differences(lines, label_lines(pa.array(lines, pa.string()), AddressMemory())) == 0
    assert asked == list(range(len(asked)))
    assert asked


def test_another_library_is_asked_for_every_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(address_model, "is_proven", lambda: False)
    memory = AddressMemory()
    lines = ["5 Oak St", "7 Elm Ave Apt 3", "é"]
    assert differences(lines, label_lines(pa.array(lines, pa.string()), memory)) == 0
    assert int(memory.sequences.count[0]) == 0


def test_a_full_memory_is_emptied_and_the_answers_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(address_model, "MOST_ENTRIES", 10)
    memory = AddressMemory()
    lines = generated_lines(300, seed=6)
    for _ in range(3):
        assert differences(lines, label_lines(pa.array(lines, pa.string()), memory)) == 0
    assert memory.age == 3


def test_no_text_raises(strange: str) -> None:
    if len(strange) > 100_000:
        strange = strange[:100_000]
    assert label_lines(pa.array([strange], pa.string())).parsed(0) == parse(strange)


def test_a_text_of_ten_million_letters_is_one_token() -> None:
    assert label_lines(pa.array(["x" * 10_000_000], pa.string())).labels.tolist() != []


def test_reading_few_addresses_loads_no_compiler() -> None:
    code = (
        "import sys, pyarrow as pa; from skiptrace.normalize.addresses import normalize_addresses as n;"
        "n(pa.chunked_array([['5 Oak St']]), None, None, None, None, None); print('numba' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
