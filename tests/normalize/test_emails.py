from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    assert {provider["same_as"] for provider in lists["providers"].values() if "same_as" in provider} <= set(
        lists["providers"]
    )
