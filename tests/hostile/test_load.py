"""Files that are well formed and would cost a machine its memory or its night."""

from __future__ import annotations

import time

import numpy as np

from skiptrace.kernels.interning import code_of, content_of, intern_spans, new_table
from tests.hostile.conftest import Odd
from tests.hostile.odd_people import NAMESAKES, NEIGHBOURS


def pairs_by_key(odd: Odd) -> dict[str, int]:
    return {key: told["pairs"] for key, told in odd.ledger["linkage"]["blocking"].items()}


def test_50_accounts_that_say_john_smith_and_nothing_else_are_capped_flagged_and_found_nowhere(odd: Odd) -> None:
    """A hundred thousand of them are `make bench-linkage`."""
    smiths = [name for name in odd.account if name.startswith("smith-")]
    assert len(smiths) == NAMESAKES
    assert all(odd.rejects[name] == {("full_name", "insufficient_identity")} for name in smiths)
    assert not [link for name in smiths for link in odd.links[name]]
    assert {odd.account[name]["locate_status"] for name in smiths} == {"not_found"}
    assert len({odd.account[name]["consumer_id"] for name in smiths}) == NAMESAKES
    told = odd.ledger["linkage"]["blocking"]["names"]
    assert told["hot_values_dropped"] >= NAMESAKES
    assert told["pairs"] < NAMESAKES


def test_51_one_zip_with_a_third_of_the_file_brings_few_pairs(odd: Odd) -> None:
    """All accounts with an address have the ZIP of a third of the records: every pair of them would be half a million."""
    accounts = sum("address" in points for points in odd.points.values())
    assert accounts * NEIGHBOURS > 450_000
    assert sum(pairs_by_key(odd).values()) < 20_000


def test_52_texts_made_to_collide_do_not_collide_for_every_table_has_a_hash_of_its_own() -> None:
    begin, texts = new_table(np.uint8), list[bytes]()
    number = 0
    while len(texts) < 1_500:  # what an attacker who knew this table's secret would write
        text = f"{number:07d}".encode()
        number += 1
        if int(code_of(begin, np.frombuffer(text, np.uint8), 0, 7)) & 15 == 0:
            texts.append(text)
    other = new_table(np.uint8)
    slots = {int(code_of(other, np.frombuffer(text, np.uint8), 0, 7)) & 15 for text in texts}
    assert len(slots) == 16
    data, bounds = np.frombuffer(b"".join(texts), np.uint8), np.arange(0, 7 * len(texts) + 1, 7)
    began = time.process_time()
    table, entries = intern_spans(data, bounds, other)
    assert time.process_time() - began < 5
    assert entries.tolist() == list(range(len(texts)))
    assert [bytes(content_of(table, entry)) for entry in range(len(texts))] == texts
