"""E-mails beside the library that decides what one is: differences, and the ratio of CPU times on the same values.

    python -m tests.bench.normalize_emails [EMAILS=500000]

"Differences" are between the column and the library, asked once for each distinct text: whether it is an address, and
which one. What surrounds an address (spaces, quotes, brackets, a display name) is taken off by our own rules before the
library is asked. Addresses that only fill the field are refused by our lists.
Accuracy is measured on made-up values whose makers know what they are: a good address in some wrapping, a role, a free or
disposable domain, a misspelt domain (which must come out as it was), two values in a cell, another kind of value.
Sources of these rules: RFC 5321 and 5322 through email-validator, RFC 2142 (roles), rules/words/emails.toml (domains).
"""

from __future__ import annotations

import os
import random
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import pyarrow as pa
from email_validator import EmailNotValidError, validate_email

from skiptrace.normalize import emails
from skiptrace.normalize.words import read_lists, read_rows
from tests.bench.report import Figure, print_bench

_SIGNS = "abcXYZ019._+-@!#$%&'*/=?^`{|}~ \"(),:;<>[]\\\t\u200bé\u00a0İ"
_DOMAINS = ("gmail.com", "yahoo.com", "hotmail.com", "aol.com", "comcast.net", "example.org", "acme.co.uk", "mail.acme.com")
_ODD_DOMAINS = (
    "x", "x.c0m", "a--b.com", "xn--mnchen-3ya.de", "münchen.de", "-a.com", "a-.com", "a..com", "x.test", "x.localhost", "1.2.3.4",
    "[1.2.3.4]", "x.com.", ".x.com", "a" * 64 + ".com", "a_b.com", "x.arpa", "xn--a.com", "EXAMPLE.COM", "x.onion", "mailinator.com",
)  # fmt: skip
_WRAPS = (" {}", "{} ", "<{}>", "mailto:{}", "Ann Roe <{}>", "{};", "'{}'", "{}, {}", "{}/206-555-0134", "{} (home)")


def common_values(count: int, seed: int) -> list[str]:
    """Plain addresses as files hold them."""
    draw = random.Random(seed)
    given = [row["name"].lower() for row in read_rows("demo_names")]
    made = []
    for _ in range(count):
        text = f"{draw.choice(given)}{draw.choice(['.', '_', ''])}{draw.choice(given)}{draw.choice(['', str(draw.randint(1, 9999))])}"
        text += "@" + draw.choice(_DOMAINS)
        made.append(text.upper() if draw.random() < 0.2 else text)
    return made


def messy_values(count: int, seed: int) -> list[str]:
    """Addresses with every kind of mistake, half of them plain at heart."""
    draw = random.Random(seed)
    plain = common_values(count, seed + 1)
    return [_messy(draw, text) for text in plain]


def _messy(draw: random.Random, text: str) -> str:
    kind = draw.random()
    if kind < 0.4:
        return text
    if kind < 0.6:
        local, _, domain = text.partition("@")
        return f"{local}@{draw.choice(_ODD_DOMAINS)}" if draw.random() < 0.5 else f"{_noise(draw, 12)}@{domain}"
    for _ in range(draw.choice([1, 1, 2, 3])):
        place = draw.randint(0, len(text))
        text = text[:place] + (draw.choice(_SIGNS) if draw.random() < 0.7 else "") + text[place + draw.randint(0, 1) :]
    if kind > 0.9:
        text = draw.choice(_WRAPS).replace("{}", text)
    return text if kind < 0.99 else _noise(draw, 30)


def _noise(draw: random.Random, most: int) -> str:
    return "".join(draw.choice(_SIGNS) for _ in range(draw.randint(0, most)))


# --- differences ------------------------------------------------------------------------------------------------------


def _library(address: str) -> str | None:
    try:
        found = validate_email(address, check_deliverability=False)
    except (EmailNotValidError, ValueError):  # ValueError: labels that the library's own idna cannot encode
        return None
    return f"{found.local_part}@{found.ascii_domain}".lower()


def _is_ours_to_refuse(value: str) -> bool:
    lists = read_lists("emails")
    return value in lists["placeholders"] or value.rpartition("@")[2] in lists["placeholder_domains"]


def differences(texts: Sequence[str]) -> tuple[int, int, float]:
    """(texts whose column answer is not the library's; texts that it holds valid; share that were read without it)."""
    table = emails._read(pa.array(texts, pa.string()))
    asked = {text: _expected(text) for text in dict.fromkeys(texts)}
    wrong = sum(asked[text] != value for text, value in zip(texts, table.column("value").to_pylist(), strict=True))
    from skiptrace.kernels.email_scan import scan_column
    from skiptrace.normalize.text_buffers import arrow_text

    code = scan_column(*arrow_text(pa.array(texts, pa.string())), *emails._mailboxes()).code
    return wrong, sum(value is not None for value in asked.values()), float((code > 0).mean())


def _expected(text: str) -> str | None:
    """The library's answer to a text without what surrounds the address. Domains kept for tests are asked for under .com."""
    bare = emails.unwrap(text)
    reserved = emails._is_reserved(bare.rpartition("@")[2].lower())
    found = _library(f"{bare}.com" if reserved else bare)
    found = found.removesuffix(".com") if found and reserved else found
    return None if found is None or _is_ours_to_refuse(found) or "\ufffd" in text else found


# --- accuracy ---------------------------------------------------------------------------------------------------------

Expected = tuple[str | None, str | None, frozenset[str]]
"""Value, reason, flags that must be there."""


def known_values(count: int, seed: int) -> list[tuple[str, Expected]]:
    """Values whose maker knows what they are."""
    draw = random.Random(seed)
    lists = read_lists("emails")
    wraps = ("{}", " {} ", "<{}>", "mailto:{}", "Ann Roe <{}>", "'{}'", "{};", "{},", "({})", '"{}"')
    made: list[tuple[str, Expected]] = []
    for plain in common_values(count, seed + 1):
        local = plain.lower().partition("@")[0]
        kind = draw.randrange(8)
        domain = plain.lower().partition("@")[2]
        flags = {"free"} if domain in lists["free"] else set()
        if kind == 1:
            local, flags = draw.choice(sorted(lists["roles"])), flags | {"role"}
        elif kind == 2:
            domain, flags = draw.choice(lists["typo_domains"]), {"typo_domain"}
        elif kind == 3:
            domain, flags = draw.choice(["mailinator.com", "guerrillamail.com", "yopmail.com"]), {"disposable"}
        elif kind == 4:
            made.append((f"{local}@{domain}{draw.choice([';', ', ', ' / ', ' & '])}other@{domain}", (None, "two_values", frozenset())))
            continue
        elif kind == 5:
            number = f"{draw.randint(200, 999)}-{draw.randint(200, 999)}-{draw.randint(0, 9999):04}"
            made.append((number, (None, "wrong_kind_phone", frozenset())))
            continue
        elif kind == 6:
            bad = draw.choice([f"{local}@", f"@{domain}", f"{local} x@{domain}", f"{local}..a@{domain}", f"{local}@{domain}@x.com"])
            made.append((bad, (None, "invalid_syntax", frozenset())))
            continue
        value = f"{local}@{domain}"
        shown = value.upper() if draw.random() < 0.3 else value
        made.append((draw.choice(wraps).format(shown), (value, None, frozenset(flags))))
    return made


def _right(expected: Expected, row: Mapping[str, object]) -> bool:
    value, reason, flags = expected
    found = row["flags"]
    return row["value"] == value and row["reason"] == reason and isinstance(found, list) and flags <= set(found)


def _seconds(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


def figures(environ: Mapping[str, str] = os.environ) -> list[Figure]:
    """Differences over EMAILS messy texts (500,000), rates on plain ones, accuracy on made-up ones."""
    count = int(environ.get("EMAILS", "500000"))
    texts = messy_values(count, seed=7)
    wrong, valid, share = differences(texts)
    plain = common_values(1_000_000, seed=8)
    column, sample = pa.array(plain, pa.string()), plain[:5_000]
    ours, theirs = [], []
    emails.normalize_emails(column)
    for _ in range(5):
        ours.append(_seconds(partial(emails.normalize_emails, column)) / len(plain))
        theirs.append(_seconds(lambda: [_library(text) for text in sample]) / len(sample))
    ratio = statistics.median(their / own for own, their in zip(ours, theirs, strict=True))
    known = known_values(100_000, seed=9)
    read = emails.normalize_emails(pa.array([text for text, _ in known], pa.string())).to_pylist()
    right = sum(_right(expected, row) for (_, expected), row in zip(known, read, strict=True))
    return [
        Figure("strings", len(texts), "messy strings", 500_000),
        Figure("differences", wrong, "strings", 0, at_most=True),
        Figure("valid", valid, "distinct strings that the library takes"),
        Figure("read_without_library", round(share, 3), "share of the messy strings"),
        Figure("rate", round(1 / statistics.median(ours) / 1e6, 2), "M addresses/s, plain, all different"),
        Figure("rate_library", round(1 / statistics.median(theirs)), "addresses/s"),
        Figure("ratio", round(ratio, 1), "x email-validator"),
        Figure("accuracy", round(right / len(known), 5), f"share of {len(known):,} made-up values: value, reason and flags"),
    ]


if __name__ == "__main__":
    print_bench("normalize_emails", figures())
