from __future__ import annotations

import json

import pytest

from skiptrace.errors import DataRefused
from skiptrace.exchange.control import control_bytes, is_safe, paired, read, refuse_differing

SHA = "ab" * 32


def test_what_we_write_we_read() -> None:
    content = control_bytes("dialer-2026-06-30.csv", 12, 340, SHA)
    assert json.loads(content) == {"file": "dialer-2026-06-30.csv", "rows": 12, "bytes": 340, "sha256": SHA}
    said = read("dialer-2026-06-30.csv.control.json", content, "dialer-2026-06-30.csv", 340)
    assert (said.name, said.bytes, said.sha256, said.rows) == ("dialer-2026-06-30.csv", 340, SHA, 12)


@pytest.mark.parametrize("text", [SHA, f"{SHA.upper()}\n", f"{SHA}  a.csv\n", f"{SHA} *a.csv\n", f"{SHA}  /out/a.csv\n"])
def test_a_checksum_as_sha256sum_writes_it_is_understood(text: str) -> None:
    said = read("a.csv.sha256", text.encode(), "a.csv", 7)
    assert (said.sha256, said.bytes, said.rows) == (SHA, 7, None)


@pytest.mark.parametrize(
    ("control", "content", "said"),
    [
        ("a.csv.sha256", b"hello", "holds no SHA-256"),
        ("a.csv.sha256", f"{SHA}  b.csv".encode(), "renamed"),
        ("a.csv.control.json", control_bytes("b.csv", 1, 7, SHA), "renamed"),
        ("a.csv.control.json", control_bytes("../a.csv", 1, 7, SHA), "renamed"),
        ("a.csv.control.json", control_bytes("a.csv", 1, 8, SHA), "has 7 bytes; its control file says 8"),
        ("a.csv.control.json", b"{", "is no control file"),
        ("a.csv.control.json", b"[]", "is no control file"),
        ("a.csv.control.json", b'{"file": "a.csv"}', "is no control file"),
        ("a.csv.control.json", b'{"sha256": "zz"}', "is no control file"),
        ("a.csv.control.json", b"[" * 60_000, "is no control file"),
        ("a.csv.control.json", json.dumps({"sha256": SHA, "bytes": "7"}).encode(), "of the wrong kind"),
    ],
)  # fmt: skip
def test_a_control_file_that_does_not_fit_is_refused(control: str, content: bytes, said: str) -> None:
    with pytest.raises(DataRefused, match=said) as refused:
        read(control, content, "a.csv", 7)
    assert refused.value.exit_code == 3


def test_files_are_paired_with_their_control_files_and_what_is_odd_is_named() -> None:
    sizes = dict.fromkeys(
        ["b.csv", "b.csv.control.json", "a.csv", "a.csv.sha256", "lonely.csv", "gone.csv.control.json", "note.txt", "gone.txt.sha256",
         ".hidden.csv", "_part.csv", "up.csv.part"],
        1,
    )  # fmt: skip
    pairs, odd = paired(sizes, "*.csv")
    assert pairs == [("a.csv", "a.csv.sha256"), ("b.csv", "b.csv.control.json")]
    assert [(one.file, one.what.split(",")[0]) for one in odd] == [
        ("gone.csv.control.json", "is a control file whose file is not there"),
        ("lonely.csv", "has no control file"),
    ]
    assert paired(sizes, "*.csv*")[0] == pairs


@pytest.mark.parametrize(
    "name", ["../a.csv", "x/../../a.csv", "a\n.csv", "a\x1b[2J.csv", "-rf.csv", "a..csv", "é.csv", "a.csv ", "a" * 300 + ".csv"]
)
def test_a_name_that_is_not_safe_is_never_touched(name: str) -> None:
    assert not is_safe(name)
    pairs, odd = paired({name: 1, f"{name}.sha256": 1}, "*.csv*")
    assert pairs == []
    assert all("not safe" in one.what for one in odd)
    assert odd
    assert all(text.isprintable() for text in (one.file for one in odd))


def test_plain_names_are_safe() -> None:
    assert all(map(is_safe, ["a.csv", "Results 2026-06-30 (2).csv.pgp", "x"]))


def test_content_that_differs_is_refused() -> None:
    refuse_differing("a.csv", SHA, SHA)
    with pytest.raises(DataRefused, match="SHA-256 differs"):
        refuse_differing("a.csv", SHA, "cd" * 32)
