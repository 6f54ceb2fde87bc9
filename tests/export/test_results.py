from __future__ import annotations

import tomllib

from skiptrace.export.results import read_result, source_text

RESULT = {
    "sentence": "A log.", "system": "five9", "columns": ["CALL ID", "number", "code", "called_at", "account_ids"],
    "where": "split_part(account_ids, '|', {k}) <> ''", "codes": {"Busy": "busy"},
    "map": {"event_id": "concat(\"CALL ID\", '-', {k})", "account_id": "split_part(account_ids, '|', {k})", "channel": "'voice'",
            "value": "number", "outcome_code": "code", "occurred_at": "called_at"},
}  # fmt: skip


def test_a_result_file_is_delivered_once_per_account_of_a_row() -> None:
    result, wrong = read_result(RESULT)
    assert (result is not None, wrong) == (True, [])
    assert result is not None
    sources = tomllib.loads(source_text(result, "dialer", "results.csv", 2, ("fcra.collection",)))["source"]
    assert [source["name"] for source in sources] == ["dialer_results", "dialer_results_2"]
    assert [source["where"] for source in sources] == [f"split_part(account_ids, '|', {k}) <> ''" for k in (1, 2)]
    assert all(source["kind"] == "dispositions" and source["path"] == "results.csv" for source in sources)
    assert sources[1]["columns"]["event_id"] == "concat(\"CALL ID\", '-', 2)"
    assert sources[0]["columns"]["system"] == "'five9'"


def test_what_is_wrong_with_a_result_file_is_named() -> None:
    assert [key for key, _, _ in read_result({**RESULT, "colums": []})[1]] == ["colums"]
    assert [key for key, _, _ in read_result({key: value for key, value in RESULT.items() if key != "codes"})[1]] == ["codes"]
    assert [key for key, _, _ in read_result({**RESULT, "map": {"event": "x"}})[1]] == ["map"]
    unbound = {**RESULT, "map": {**RESULT["map"], "value": "no_such_column"}}  # type: ignore[dict-item]
    assert [key for key, _, _ in read_result(unbound)[1]] == ["map.value"]
    query = {**RESULT, "where": "(SELECT true)"}
    assert [key for key, _, _ in read_result(query)[1]] == ["map.where"]
