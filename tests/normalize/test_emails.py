from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skiptrace.columns import lift
from skiptrace.normalize import emails
from skiptrace.normalize.emails import EMAIL_FIELDS, Email, normalize_emails, parse
from skiptrace.normalize.words import read_lists


@pytest.mark.parametrize(
    ("text", "value", "match_key"),
    [
        ("John.Smith+shop@GMAIL.com", "john.smith+shop@gmail.com", "johnsmith@gmail.com"),
        ("j.smith@googlemail.com", "j.smith@googlemail.com", "jsmith@gmail.com"),
        ("J.Smith+a@outlook.com", "j.smith+a@outlook.com", "j.smith@outlook.com"),
        ("ann@me.com", "ann@me.com", "ann@icloud.com"),
        ("a.b+c@example.com", "a.b+c@example.com", "a.b+c@example.com"),
        ("mailto:Ann@aol.com", "ann@aol.com", "ann@aol.com"),
        ("Ann Smith <ann@aol.com>", "ann@aol.com", "ann@aol.com"),
        (" 'ann@aol.com'; ", "ann@aol.com", "ann@aol.com"),
        ("ann@demo.test", "ann@demo.test", "ann@demo.test"),
        ("ann@münchen.de", "ann@xn--mnchen-3ya.de", "ann@xn--mnchen-3ya.de"),
    ],
)
def test_addresses(text: str, value: str, match_key: str) -> None:
    email = parse(text)
    assert (email.value, email.match_key, email.domain) == (value, match_key, value.split("@")[1])
    assert email.reason is None


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("info@acme.com", ("role",)),
        ("Sales+x@acme.com", ("role",)),
        ("ann@gmail.com", ("free",)),
        ("ann@mailinator.com", ("disposable",)),
        ("ann@sub.mailinator.com", ("disposable",)),
        ("ann@hotmial.com", ("typo_domain",)),
        ("ann@acme.con", ("typo_domain",)),
        ("2065550134@vtext.com", ("text_gateway",)),
        ("ann@acme.com", ()),
    ],
)
def test_flags(text: str, flags: tuple[str, ...]) -> None:
    assert set(flags) <= set(parse(text).flags)
    assert parse(text).flags == tuple(sorted(parse(text).flags))
    assert flags or parse(text).flags == ()


def test_a_misspelled_domain_is_never_mended() -> None:
    assert parse("ann@gmial.com").value == "ann@gmial.com"
    assert parse("ann@gmial.com").match_key == "ann@gmial.com"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a@x.com;b@y.com", "two_values"),
        ("a@x.com b@y.com", "two_values"),
        ("206-555-0134", "wrong_kind_phone"),
        ("none", "not_an_email"),
        ("john smith@gmail.com", "invalid_syntax"),
        ("a..b@x.com", "invalid_syntax"),
        ("a@x", "invalid_syntax"),
        ("@x.com", "invalid_syntax"),
        ("a@", "invalid_syntax"),
        ("a@b@c.com", "invalid_syntax"),
        ("none@none.com", "placeholder"),
        ("ann@noemail.com", "placeholder"),
        ("", None),
        ("  ", None),
    ],
)
def test_what_is_no_address_has_a_reason(text: str, reason: str | None) -> None:
    assert parse(text) == Email(None, None, None, (), reason)


def test_columns_keep_rows_and_nulls() -> None:
    table = normalize_emails(pa.chunked_array([["A@example.com", None], ["x"]]))
    assert table.schema == EMAIL_FIELDS
    assert table["value"].to_pylist() == ["a@example.com", None, None]
    assert table["flags"].to_pylist() == [[], None, []]
    assert table["reason"].to_pylist() == [None, None, "not_an_email"]


@pytest.fixture(scope="module")
def by_machine() -> Iterator[None]:
    """Columns of any length are read by the byte machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(emails, "COLUMNS_FROM", 0)
        patch.setattr(emails, "COLUMNS_FROM_UNCOMPILED", 0)
        yield


LOCALS = (
    "john.smith", "Info", "sales+x", "none", "noemail", "o'brien", ".x", "x.", "a..b", "'q", "+x", "a.+x", "é", "a b", "x" * 64, "x" * 65,
)  # fmt: skip
DOMAINS = (
    "gmail.com", "GMAIL.com", "googlemail.com", "me.com", "hotmial.com", "x.test", "x.arpa", "arpa", "local", "x.localhost",
    "mailinator.com", "a.mailinator.com", "xn--mnchen-3ya.de", "münchen.de", "a--b.com", "ab--c.com", "x", "x.c0", "x.com.",
    "none.com", "noemail.com", "test.com",
)  # fmt: skip
addresses = st.builds(
    lambda before, local, domain, after: f"{before}{local}@{domain}{after}",
    st.sampled_from(["", " ", "<", "mailto:"]),
    st.sampled_from(LOCALS) | st.text("abYZ09._+-'", max_size=8),
    st.sampled_from(DOMAINS) | st.text("abXY09.-", max_size=8).map(lambda text: text + ".com"),
    st.sampled_from(["", " ", ">", ".", ";"]),
)
cells = st.none() | addresses | st.sampled_from(["", " ", "none", "206-555-0134", "a@b.com;c@d.com", "a\ufffd@b.com", "a\0@b.com"])


@given(st.lists(cells, max_size=30))
def test_the_machine_equals_the_library(by_machine: None, values: list[str | None]) -> None:
    column = pa.chunked_array([values[:5], values[5:]], pa.string())
    table = normalize_emails(column)
    table.validate(full=True)
    assert table.to_pylist() == lift(column, parse, EMAIL_FIELDS).to_pylist()


def test_a_name_that_the_library_may_refuse_is_asked_for(by_machine: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emails, "SPECIAL_USE_DOMAIN_NAMES", ["acme.com"])
    monkeypatch.setattr(emails, "parse", lambda text: Email(None, None, None, (), text))
    assert normalize_emails(pa.array(["ann@mail.acme.com", "ann@other.com"]))["reason"].to_pylist() == ["ann@mail.acme.com", None]


def test_strange_texts_in_a_column(by_machine: None, strange: str) -> None:
    assert normalize_emails(pa.array([strange, "ann@acme.com", None]))["value"].to_pylist() == [None, "ann@acme.com", None]


@pytest.mark.parametrize("text", ["a\0@acme.com", "\0ann@acme.com", "a\ufffd@acme.com", "ann@ac\ufffdme.com"])
def test_a_broken_character_is_no_address(text: str) -> None:
    assert parse(text).reason == "invalid_syntax"


def test_no_text_raises(strange: str) -> None:
    assert parse(strange).value is None


@given(st.text("abcAB.+-_@ ,;<>é1", max_size=30))
def test_a_value_reads_back(text: str) -> None:
    email = parse(text)
    if email.value is not None:
        assert parse(email.value) == email
    else:
        assert email.reason is not None or not text.strip(" '\",;|")


def test_the_word_file_is_lower_case_and_its_providers_refer_to_each_other() -> None:
    lists = read_lists("emails")
    for key, words in lists.items():
        assert all(word == word.lower() for word in words), key
    assert {provider["same_as"] for provider in lists["providers"].values() if "same_as" in provider} <= set(lists["providers"])
