"""SQL is shut in: it reads the tables it is given and nothing else, and its errors hold no values."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from skiptrace.sql import SqlRefused, bounded, check_expression, connect, engine_message, lent, query, quote

TABLE = pa.table({"name": ["B", "A", None], "n": [1, 2, 3]})


def test_a_query_reads_the_tables_it_is_given() -> None:
    found = query("SELECT t.n, u.word FROM t JOIN u USING (n) ORDER BY t.n", {"t": TABLE, "u": pa.table({"n": [3, 1], "word": ["c", "a"]})})
    assert found.to_pylist() == [{"n": 1, "word": "a"}, {"n": 3, "word": "c"}]


def test_rows_keep_their_order() -> None:
    many = pa.table({"n": list(range(200_000, 0, -1))})
    assert query("SELECT n FROM t WHERE n % 1000 = 0", {"t": many})["n"].to_pylist() == list(range(200_000, 0, -1000))


def test_variables_of_python_are_not_tables() -> None:
    secret = TABLE
    assert secret.num_rows == 3
    with pytest.raises(duckdb.CatalogException):
        query("SELECT * FROM secret", {})


@pytest.mark.parametrize("text", [
    "SELECT * FROM read_csv('{file}')", "SELECT * FROM '{file}'", "SELECT * FROM read_text('{file}')",
    "SELECT * FROM glob('{folder}/*')", "COPY (SELECT 1) TO '{folder}/out.csv'", "ATTACH '{folder}/other.db'",
    "EXPORT DATABASE '{folder}/all'", "INSTALL httpfs", "LOAD httpfs", "SET threads = 4", "SET enable_external_access = true",
    "RESET enable_external_access", "PRAGMA memory_limit='9GB'", "SET lock_configuration = false",
])  # fmt: skip
def test_files_extensions_and_settings_are_refused(text: str, tmp_path: Path) -> None:
    file = tmp_path / "secret.csv"
    file.write_text("a,b\n1,2\n")
    connection = connect()
    try:
        with pytest.raises(duckdb.Error):
            connection.execute(text.format(file=file, folder=tmp_path)).fetchall()
    finally:
        connection.close()
    assert [path.name for path in tmp_path.iterdir()] == ["secret.csv"]


def test_one_thread_and_the_memory_asked_for() -> None:
    connection = connect("300MB")
    try:
        threads, limit = connection.execute("SELECT current_setting('threads'), current_setting('memory_limit')").fetchall()[0]
    finally:
        connection.close()
    assert threads == 1
    assert limit.startswith("286")  # mebibytes


@pytest.mark.parametrize(("name", "quoted"), [("a", '"a"'), ('a"b', '"a""b"'), ("a b;--", '"a b;--"'), ("", '""')])
def test_a_quoted_name_is_one_name(name: str, quoted: str) -> None:
    assert quote(name) == quoted


def test_a_quoted_name_is_read_back_by_the_engine() -> None:
    odd = 'x" FROM t; --'
    assert query(f"SELECT {quote(odd)} AS v FROM t", {"t": pa.table({odd: [7]})}).to_pylist() == [{"v": 7}]


@pytest.mark.parametrize("text", [
    "name", "concat_ws(' ', first, last)", "CASE WHEN a = ';' THEN 'b -- c' ELSE '/* d */' END", "a LIKE'x''y'", '"odd; name"',
    "x IN ('select', '(from')", "strptime(dob, '%m/%d/%Y')", "'it''s'", "else'x'", "\"it's\"", "selected", "price || '$'",
])  # fmt: skip
def test_an_expression_is_let_through(text: str) -> None:
    check_expression(text)


@pytest.mark.parametrize(("text", "why"), [
    ("", "empty"), ("  \n", "empty"), ("a; DROP TABLE t", "one expression"), ("a -- b", "one expression"), ("a /* b */", "one expression"),
    ("(SELECT 1)", "query"), ("a IN (FROM t)", "query"), ("x > ( values (1))", "query"), ("(WITH y AS (1) 2)", "query"),
    ("f(a", "brackets"), ("a)", "brackets"), ("'open", "quote"), ('"open', "quote"), ("'a'' b", "quote"),
    ("$$'$$) FROM (SELECT 1) -- '", "plain quotes"), ("$tag$'$tag$ ; x '", "plain quotes"), ("E'\\'' ) FROM t -- '", "plain quotes"),
    ("e'x'", "plain quotes"), ("\"'\" ; DROP TABLE t --'", "one expression"),
])  # fmt: skip
def test_what_is_no_single_expression_is_refused(text: str, why: str) -> None:
    with pytest.raises(SqlRefused, match=why) as caught:
        check_expression(text)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("text", [
    "lpad(zip, 5, '0')", "zip.lpad(5, '0')", "regexp_replace(phone, '[^0-9]', '', 'g')", "replace(full, middle, '')",
    "phone.replace('-', '')",
    "list_transform(string_split(a, ','), lambda x: trim(x))", "hex(hex(a))", "regexp_matches(a, '(a+)+$')", "concat_ws(' ', a, b, c)",
    "\"repeat\"", "'range(9)'", "a ** 2", "range_of + 1",
])  # fmt: skip
def test_an_expression_that_ends_is_let_through(text: str) -> None:
    check_expression(text)


@pytest.mark.parametrize("text", [
    "len(range(1000000000))", "len(RANGE(n))", "\"range\"(9)", "generate_series(1, 1000000000)[1]", "repeat(id, 2000000000)",
    "id.repeat(2000000000)",
    "lpad(id, 2000000000, '0')", "rpad(id, n, '0')", "id.lpad(2000000000, '0')", "format('{:>2000000000}', id)",
    "printf('%2000000000d', n)", "list_resize([1], 2000000000)", "bitstring('1', 2000000000)",
    "list_reduce([1, 2, 3], lambda a, b: a + b)", "replace(id, '0', name)",
    "list_transform([1], lambda x: list_transform([1], lambda y: x))",
    "list_transform(list_transform([id], lambda x: x || x), lambda x: x || x)", "levenshtein(a, b)", "sleep_ms(99999999)", "write_log('x')",
    f"replace(replace(replace(a, '0', '{'0' * 99}'), '0', '{'0' * 99}'), '0', 'x')", "url_encode(" * 9 + "a" + ")" * 9,
    "[x || x for x in [y || y for y in [id]]][1]", "setval('a', 1)", "getvariable('a')",
])  # fmt: skip
def test_an_expression_that_could_take_all_memory_or_never_end_is_refused_unasked(text: str) -> None:
    begun = time.monotonic()
    with pytest.raises(SqlRefused):
        check_expression(text)
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize("text", ["abs(" * 900 + "n" + ")" * 900, "abs(" * 2400 + "n" + ")" * 2400, "NOT " * 2400 + "true"])
def test_an_expression_that_is_nested_very_deep_breaks_nothing(text: str) -> None:
    with suppress(SqlRefused):
        check_expression(text)


def test_what_takes_too_long_is_interrupted_and_its_connection_not_lent_again() -> None:
    text = "SELECT sum(a.n * b.n * c.n) FROM t a, t b, t c"
    table = pa.table({"n": list(range(20_000))})
    begun = time.monotonic()
    with pytest.raises(duckdb.InterruptException), lent({"t": table}, "300MB") as held, bounded(held, 0.3):
        held.sql(text).fetchall()
    assert time.monotonic() - begun < 30
    with lent({"t": table}, "300MB") as other, bounded(other, 60):
        assert other is not held
        assert other.sql("SELECT max(n) FROM t").fetchall() == [(19_999,)]


SECRETS = ["O'BRIEN", "A\nSECRET", 'JO"HN', "SMITH", "O'\nBRIEN's \"x\"", "x' to INT32", "LINE 1: SMITH", "a\nLINE 1: b'c"]


@pytest.mark.parametrize("value", SECRETS)
@pytest.mark.parametrize("text", ["CAST(v AS INT)", "strptime(v, '%Y')", "CAST(v AS DATE)", "CAST(v AS INT[])"])
def test_an_engine_message_holds_no_value(value: str, text: str) -> None:
    with pytest.raises(duckdb.Error) as caught:
        query(f"SELECT {text} FROM t", {"t": pa.table({"v": [value]})})
    told = engine_message(caught.value)
    assert "…" in told
    assert "\n" not in told
    for word in ("BRIEN", "SECRET", "JO", "HN", "SMITH", "b'c"):
        assert word not in told


@pytest.mark.parametrize("text", ["CAST(n AS TINYINT)", "make_date(1990, 13, CAST(n % 100 AS INT))", "n * n * n * n"])
def test_an_engine_message_holds_no_number(text: str) -> None:
    with pytest.raises(duckdb.Error) as caught:
        query(f"SELECT {text} FROM t", {"t": pa.table({"n": [123456789012]})})
    told = engine_message(caught.value)
    assert not any(part in told for part in ("1234", "1990", "13-12"))


def test_an_engine_message_still_names_functions_and_columns() -> None:
    with pytest.raises(duckdb.Error) as caught:
        query("SELECT strptim(name) FROM t", {"t": TABLE})
    assert "strptim" in engine_message(caught.value)
    with pytest.raises(duckdb.Error) as caught:
        query("SELECT nam FROM t", {"t": TABLE})
    assert '"nam"' in engine_message(caught.value)


def test_nothing_of_one_query_is_there_in_the_next() -> None:
    one = {"t": pa.table({"a": [1, 2]})}
    assert query("select sum(a)::bigint as a from t", one).to_pylist() == [{"a": 3}]
    with pytest.raises(duckdb.Error):
        query("select a from t", {})
    assert query("select a from u", {"u": pa.table({"a": [7]})}).to_pylist() == [{"a": 7}]
    assert query("select a from t", {"t": pa.table({"a": ["x"]})}).to_pylist() == [{"a": "x"}]


def test_what_is_borrowed_at_once_is_not_the_same_and_what_failed_is_not_lent_again() -> None:
    with lent({"t": TABLE}, "200MB") as outer:
        with lent({"u": TABLE}, "200MB") as inner:
            assert inner is not outer
            with pytest.raises(duckdb.Error):
                inner.sql("SELECT * FROM t")
        assert outer.sql("SELECT max(n) FROM t").fetchall() == [(3,)]
    with lent({}, "200MB") as again:
        assert again is outer
        with pytest.raises(duckdb.Error):
            again.sql("SELECT * FROM t")
    with pytest.raises(KeyError), lent({"t": TABLE}, "200MB"):
        raise KeyError
    with lent({}, "200MB") as left:
        assert left is inner
        left.sql("SELECT 1").fetchall()
    with pytest.raises(duckdb.Error):
        outer.execute("SELECT 1")
