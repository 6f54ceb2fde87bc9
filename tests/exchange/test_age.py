from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from skiptrace.errors import ConfigError, DataRefused, StoreUnavailable
from skiptrace.exchange import age

pyrage: Any = pytest.importorskip("pyrage", reason="needs pyrage: `make .venv/.dev-installed` brings it")
CANARY = b"CANARY-4411-JOCASTA\n"
CONTENT = CANARY * 20_000


@pytest.fixture
def identity() -> Any:
    return pyrage.x25519.Identity.generate()


@pytest.fixture
def sealed(identity: Any, tmp_path: Path) -> Path:
    plain, target = tmp_path / "plain", tmp_path / "a.csv.age"
    plain.write_bytes(CONTENT)
    target.touch(0o600)
    age.seal(plain, target, age.recipients_of([str(identity.to_public())], "outbox[1].age"))
    plain.unlink()
    return target


def identities(identity: Any) -> list[Any]:
    return age.identities_of(f"# created: today\n# public key: {identity.to_public()}\n{identity}\n".encode(), "inbox[1].age")


def refused(file: Path, identity: Any) -> None:
    with pytest.raises(DataRefused, match="changed, it was cut, or it is not encrypted") as told:
        age.unseal(file, file.parent / "opened", identities(identity), file.name)
    assert told.value.exit_code == 3
    for path in file.parent.iterdir():
        assert CANARY[:10] not in path.read_bytes(), path


def test_what_was_sealed_is_opened_into_a_private_file(sealed: Path, identity: Any, tmp_path: Path) -> None:
    assert CANARY[:10] not in sealed.read_bytes()
    age.unseal(sealed, tmp_path / "opened", identities(identity), "a.csv.age")
    assert (tmp_path / "opened").read_bytes() == CONTENT
    assert (tmp_path / "opened").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("at", [30, 300, 70_000, -1])
def test_a_tampered_file_is_refused_and_nothing_of_it_is_left(sealed: Path, identity: Any, at: int) -> None:
    content = bytearray(sealed.read_bytes())
    content[at] ^= 1
    sealed.write_bytes(content)
    refused(sealed, identity)


@pytest.mark.parametrize("cut", [0, 100, 65_536 + 16, 70_000, -1])
def test_a_truncated_file_is_refused_and_nothing_of_it_is_left(sealed: Path, identity: Any, cut: int) -> None:
    sealed.write_bytes(sealed.read_bytes()[:cut])
    refused(sealed, identity)


def test_a_file_for_somebody_else_is_refused(sealed: Path) -> None:
    refused(sealed, pyrage.x25519.Identity.generate())


def test_words_that_are_no_keys_are_told(identity: Any) -> None:
    with pytest.raises(ConfigError, match="no age identity"):
        age.identities_of(b"hello", "inbox[1].age")
    with pytest.raises(ConfigError, match="no age identity") as told:
        age.identities_of((str(identity)[:-1] + "Q").encode(), "inbox[1].age")
    assert str(identity)[20:40] not in str(told.value)
    with pytest.raises(ConfigError, match="no age recipient"):
        age.recipients_of(["age1" + "q" * 58], "outbox[1].age")


def test_a_full_disk_is_no_tampering(identity: Any, tmp_path: Path, small_disk: Path) -> None:
    plain, target = tmp_path / "plain", tmp_path / "a.age"
    plain.write_bytes(os.urandom(5_000_000))
    target.touch()
    recipients = age.recipients_of([str(identity.to_public())], "outbox[1].age")
    age.seal(plain, target, recipients)
    with pytest.raises(StoreUnavailable, match="No space left"):
        age.unseal(target, small_disk / "opened", identities(identity), "a.age")
    assert list(small_disk.iterdir()) == []
    with pytest.raises(StoreUnavailable, match="No space left"):
        age.seal(plain, small_disk / "b.age", recipients)
