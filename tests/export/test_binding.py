from __future__ import annotations

from skiptrace.export.binding import findings


def test_expressions_that_fill_a_column_have_no_findings() -> None:
    good = {"a": "account_id", "b": "coalesce(phone, 'now()')", "c": "p_reach::DECIMAL(6, 4)", "d": "'constant'"}
    assert findings(good) == {}
    assert findings({}) == {}


def test_each_wrong_expression_is_named_and_no_right_one() -> None:
    mixed = {
        "good": "channel",
        "unbound": "no_such_column",
        "list": "[phone, email]",
        "clock": "TODAY()",
        "sum": "max(rank)",
    }
    assert sorted(findings(mixed)) == ["clock", "list", "sum", "unbound"]


def test_no_file_and_no_setting_can_be_reached() -> None:
    for expression in ("read_text('/etc/hostname')", "getvariable('x')", "current_setting('threads')", "glob('/*')"):
        assert "x" in findings({"x": expression}), expression


def test_a_literal_of_an_expression_is_not_repeated_in_its_finding() -> None:
    what, _ = findings({"x": "no_such_function('secret words')"})["x"]
    assert "no_such_function" in what
    assert "secret words" not in what
