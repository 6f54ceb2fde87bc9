from __future__ import annotations

from skiptrace.project.suggestions import did_you_mean, nearest


def test_the_nearest_word_in_any_capitals() -> None:
    assert nearest("SCHEDULAR", ["scheduler", "workers"]) == ["scheduler"]
    assert nearest("zzz", ["scheduler"]) == []
    assert nearest(17, ["scheduler"]) == []


def test_without_a_near_word_all_are_listed() -> None:
    assert did_you_mean("kinds", ["kind", "path"]) == 'did you mean "kind"?'
    assert did_you_mean("zzz", ["kind", "path"]) == "one of: kind, path"
    assert did_you_mean("zzz", ["kind"], "see there") == "see there"
    assert did_you_mean("zzz", []) == ""
