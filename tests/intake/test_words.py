from __future__ import annotations

from skiptrace.intake.words import folded, outcome, outcome_codes, spellings
from skiptrace.normalize.words import read_lists
from skiptrace.vocabulary import CHANNELS, CONSENT_STATES, LINE_TYPES, POINT_STATUSES, SUPPRESSION_SCOPES


def test_word_lists_are_folded_and_belong_to_the_vocabulary() -> None:
    for name, words in (
        ("status", POINT_STATUSES), ("line_type", LINE_TYPES), ("consent", CONSENT_STATES),
        ("scope", SUPPRESSION_SCOPES), ("channel", CHANNELS),
    ):  # fmt: skip
        assert set(spellings(name).values()) == set(words)
        assert all(folded(spelling) == spelling for spelling in spellings(name))
    assert [word for word, meant in spellings("status").items() if meant == "deceased"] == ["deceased"]


def test_outcome_codes_are_unambiguous() -> None:
    lists = read_lists("dispositions")
    assert all(entry["sentence"].endswith(".") for entry in lists.values())
    words = [word for name, entry in lists.items() for word in (name, *entry["words"])]
    assert len(words) == len(set(words))
    for system in {name for entry in lists.values() for name in entry.get("systems", {})}:
        codes = [code for entry in lists.values() for code in entry.get("systems", {}).get(system, [])]
        assert len(codes) == len(set(codes))
    assert set(outcome_codes()[""].values()) == set(lists)
    assert outcome("Right Party", "") == "right_party"
    assert outcome("", "") is None
