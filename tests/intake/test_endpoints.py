from __future__ import annotations

import pyarrow as pa

from skiptrace.intake.endpoints import endpoints, first_reason, where_nobody_could_write


def read(*texts: str | None, channel: str | None = None) -> list[tuple[str | None, str | None, str | None]]:
    kind, value, reason = endpoints(pa.array(texts, pa.string()), pa.array([channel] * len(texts), pa.string()))
    return list(zip(kind.to_pylist(), value.to_pylist(), reason.to_pylist(), strict=True))


def test_a_text_without_a_channel_is_what_it_looks_like() -> None:
    found = read("(253) 555-1000", "Alma.Q@Example.com", "100 Maple St, Tacoma, WA 98402", None)
    assert [(kind, value) for kind, value, _ in found] == [
        ("phone", "+12535551000"), ("email", "alma.q@example.com"), ("address", "100 MAPLE ST, TACOMA, WA 98402"), (None, None),
    ]  # fmt: skip


def test_a_channel_says_what_a_text_is_and_one_that_is_not_has_a_reason() -> None:
    ((kind, value, reason),) = read("alma.q@example.com", channel="voice")
    assert (kind, value) == (None, None)
    assert reason


def test_an_address_to_which_nobody_could_write() -> None:
    kind, value, _ = endpoints(
        pa.array(["100 Maple St, Tacoma, WA 98402", "somewhere", "2535551000"], pa.string()), pa.nulls(3, pa.string())
    )
    assert where_nobody_could_write(kind, value).to_pylist() == [False, True, False]


def test_the_first_reason_is_told() -> None:
    found = first_reason({"one": pa.array([False, True, False]), "two": pa.array([True, True, False])})
    assert found.to_pylist() == ["two", "one", None]
