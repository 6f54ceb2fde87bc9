from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from skiptrace.kernels.email_scan import PLAIN, Emails, Providers, match_keys, scan_column
from skiptrace.kernels.interning import content_of, intern_spans, new_table
from skiptrace.normalize.text_buffers import arrow_text, text_of

MAILBOXES = [b"info", b"none"]


def scan(texts: list[str]) -> Emails:
    bounds = np.cumsum([0, *map(len, MAILBOXES)], dtype=np.int64)
    table, _ = intern_spans(np.frombuffer(b"".join(MAILBOXES), np.uint8), bounds, new_table(np.uint8))
    return scan_column(*arrow_text(pa.array(texts, pa.string())), table, np.array([2, 4], np.uint8))


def value(text: str) -> str | None:
    found = scan(["a@b.c", text, "a@b.c"])
    got = text_of(found.offsets, found.values)[1].as_py()
    assert (found.code[1] > 0) == bool(got)
    return got or None


@pytest.mark.parametrize(
    "text",
    [
        "John.Smith+shop@GMAIL.com", "  a@b.c  ", "o'brien@x-y.org", "a!#$%&*+-/=?^_{}~z@x.co", "1@2.3.x", "a@x-1.y-2.com",
        "x" * 64 + "@b.com", "a@" + "b" * 63 + ".com", "a@x.test", "a@B.C0m",
    ],
)  # fmt: skip
def test_plain_addresses_become_lower_case(text: str) -> None:
    assert value(text) == text.strip().lower()


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "@", "a", "a@", "@b.com", "a@b", "a@b.", "a@.b", "a@b..com", ".a@b.com", "a.@b.com", "a..b@c.com", "a@-b.com",
        "a@b-.com", "a@b.com-", "a@b--c.com", "a@xn--mnchen-3ya.de", "a@b.c0", "a@b.1", "a b@c.com", "a@b c.com", "a@b@c.com",
        "'a@b.com", "`a@b.com", "|a@b.com", '"a"@b.com', "a@b.com.", "a@b.com,", "a@b_c.com", "é@b.com", "a@é.com", "a\t@b.com",
        "a@b.com\n", "a\0@b.com", "a@[1.2.3.4]", "x" * 65 + "@b.com", "a@" + "b" * 64 + ".com", "<a@b.com>", "mailto:a@b.com",
        "a@" + "b.c." * 62 + "com", "a;b@c.com", "a(b)@c.com",
    ],
)  # fmt: skip
def test_anything_else_is_not_plain(text: str) -> None:
    assert value(text) is None


def test_mailboxes_and_domains_are_told() -> None:
    found = scan(["Info+x@A.com", "none@b.com", "x@a.com", "bad"])
    assert found.code.tolist() == [PLAIN | 2, PLAIN | 4, PLAIN, 0]
    assert found.local.tolist() == [6, 4, 1, 0]
    assert found.domain.tolist() == [0, 1, 0, -1]
    assert [bytes(content_of(found.domains, at)) for at in range(int(found.domains.count[0]))] == [b"a.com", b"b.com"]


def test_the_table_of_domains_grows() -> None:
    texts = [f"x@{'d' * (at % 40)}{at}.com" for at in range(3_000)]
    found = scan(texts)
    assert text_of(found.offsets, found.values).to_pylist() == texts
    assert int(found.domains.count[0]) == 3_000


def test_keys_follow_the_rules_of_the_domain() -> None:
    found = scan(["J.Smith+a@gmail.com", "+a@gmail.com", "a.+x@gmail.com", "j.s+a@me.com", "j.s+a@x.com"])
    domains = [bytes(content_of(found.domains, at)).decode() for at in range(3)]
    assert domains == ["gmail.com", "me.com", "x.com"]
    names = b"gmail.comicloud.comx.com"
    rules = Providers(
        np.array([True, False, False]), np.array([43, 43, 0], np.uint8), np.frombuffer(names, np.uint8), np.array([0, 9, 19, 24])
    )
    keys = match_keys(found, np.array([0, 1, 2, 3, 4]), rules)
    assert text_of(*keys).to_pylist() == ["jsmith@gmail.com", "+a@gmail.com", "a@gmail.com", "j.s@icloud.com", "j.s+a@x.com"]
    assert text_of(*match_keys(found, np.array([3]), rules)).to_pylist() == ["j.s@icloud.com"]
    assert text_of(*match_keys(found, np.empty(0, np.int64), rules)).to_pylist() == []
