from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.project.checks import findings

JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=4)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)),
    max_leaves=8,
)
SECTIONS = st.sampled_from(["portfolio", "source", "export", "encryption", "project"])
DELIVERY = st.dictionaries(st.sampled_from(["name", "kind", "where", "columns", "formats"]), JSON, max_size=5)


@given(st.dictionaries(SECTIONS, st.one_of(JSON, DELIVERY, st.lists(DELIVERY, max_size=2)), max_size=5))
def test_no_shape_of_a_file_stops_the_checks(raw: dict[str, Any]) -> None:
    assert all(finding.what and finding.path for finding in findings(raw))


@pytest.mark.parametrize(
    ("formats", "paths"),
    [
        ({"dob": "%m/%d/%Y"}, []),
        ({"dob": "%-m/%-d/%Y"}, []),
        ({"dob": "%Q"}, ["dob"]),
        ({"dob": "no form"}, ["dob"]),
        ({"city": "%Y"}, ["city"]),
        ({"open_date": "%Y"}, ["open_date"]),
    ],
)
def test_forms_of_dates(formats: dict[str, str], paths: list[str]) -> None:
    raw = {"portfolio": {"columns": {"account_id": "a", "dob": "d", "city": "c"}, "formats": formats}}
    assert [finding.path[-1] for finding in findings(raw)] == paths


def test_a_reference_to_a_secret_is_found_at_any_depth() -> None:
    raw = {
        "source": [{"columns": {"record_id": "a"}}, {"path": ["x", "${file:/k}"]}],
        "security": {"token_key": "${env:K}"},
    }
    assert [finding.path for finding in findings(raw)] == [("source", 1, "path", 1)]
