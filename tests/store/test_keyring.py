from __future__ import annotations

import json
from pathlib import Path

import pytest

from skiptrace.errors import DamagedFile, KeyDestroyed, KeyRefused
from skiptrace.store import keyring
from skiptrace.store.keyring import of_portfolio, ring_of
from tests.encrypted_home import give_masters, make_home, without_identity


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    give_masters(monkeypatch)
    return make_home(tmp_path / "home", "spring.csv")


def test_a_place_of_a_project_finds_its_keyring(home: Path) -> None:
    ring = ring_of(home / "runs" / "r1" / "accounts" / "part.parquet")
    assert ring is not None
    assert ring is ring_of(home / ".skiptrace" / "work" / "w" / "x.parquet")
    assert set(ring.labels) == {"project", "portfolio:spring.csv"}


def test_other_places_have_none(home: Path, tmp_path: Path) -> None:
    assert ring_of(tmp_path / "runs" / "x") is None
    assert ring_of(home / "portfolio.csv") is None


def test_what_a_portfolio_writes_has_its_own_key(home: Path) -> None:
    ring = ring_of(home / ".skiptrace")
    assert ring is not None
    shared = ring.current()
    with of_portfolio("portfolio:spring.csv"):
        own = ring.current()
    assert (shared, own) == (ring.labels["project"], ring.labels["portfolio:spring.csv"])
    secrets = {ring.key(key, role) for key in (shared, own) for role in keyring.ROLES}
    assert len(secrets) == 4
    assert {len(one) for one in secrets} == {32}


def test_a_portfolio_that_has_no_key_is_never_written_by_the_shared_one(home: Path) -> None:
    ring = ring_of(home / ".skiptrace")
    assert ring is not None
    with of_portfolio("portfolio:other.csv"), pytest.raises(KeyRefused, match="has no key"):
        ring.current()


def test_without_its_master_a_role_is_closed_and_the_other_is_not(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_identity(monkeypatch)
    ring = ring_of(home / ".skiptrace")
    assert ring is not None
    assert ring.key(ring.labels["project"], "facts")
    with pytest.raises(KeyRefused, match="the identity key of the project cannot be had"):
        ring.key(ring.labels["project"], "identity")


def test_the_environment_may_name_another_place_of_a_master(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_identity(monkeypatch)
    file = tmp_path / "identity.key"
    file.write_text("cd" * 16)
    file.chmod(0o600)
    monkeypatch.setenv("SKIPTRACE__ENCRYPTION__IDENTITY", f"file:{file}")
    ring = ring_of(home / ".skiptrace")
    assert ring is not None
    assert ring.key(ring.labels["project"], "identity")


def test_no_key_is_in_the_keyring(home: Path) -> None:
    ring = ring_of(home / ".skiptrace")
    assert ring is not None
    text = b"".join(path.read_bytes() for path in (home / ".skiptrace" / "keys").iterdir())
    for key in ring.labels.values():
        for role in keyring.ROLES:
            secret = ring.key(key, role)
            assert secret not in text
            assert secret.hex().encode() not in text


def test_a_key_that_was_destroyed_is_told_as_such(home: Path) -> None:
    ring = ring_of(home / ".skiptrace")
    assert ring is not None
    gone = ring.labels["portfolio:spring.csv"]
    file = next((home / ".skiptrace" / "keys").iterdir())
    state = json.loads(file.read_bytes())
    del state["keys"]["portfolio:spring.csv"]
    state["destroyed"]["portfolio:spring.csv"] = {"ids": [gone], "at": "2026-06-30"}
    (file.parent / "state-000002.json").write_text(json.dumps(state))
    keyring.refresh()
    ring = ring_of(home / ".skiptrace")
    assert ring is not None
    with pytest.raises(KeyDestroyed, match=r"portfolio spring\.csv: was destroyed"):
        ring.key(gone, "facts")
    with of_portfolio("portfolio:spring.csv"), pytest.raises(KeyDestroyed):
        ring.current()
    with pytest.raises(KeyRefused, match="is not in the keyring"):
        ring.key("k-0000000000000000", "facts")


@pytest.mark.parametrize("damage", [b"", b"{}", b"[1]", b'{"project": 1'])
def test_a_damaged_keyring_is_never_taken_for_none(home: Path, damage: bytes) -> None:
    keyring.refresh()
    next((home / ".skiptrace" / "keys").iterdir()).write_bytes(damage)
    with pytest.raises(DamagedFile, match="keyring is damaged"):
        ring_of(home / "runs" / "r1")


def test_an_exchanged_key_does_not_open(home: Path) -> None:
    file = next((home / ".skiptrace" / "keys").iterdir())
    state = json.loads(file.read_bytes())
    first, second = state["keys"].values()
    first["wrapped"], second["wrapped"] = second["wrapped"], first["wrapped"]
    file.write_text(json.dumps(state))
    keyring.refresh()
    ring = ring_of(home / ".skiptrace")
    assert ring is not None
    with pytest.raises(KeyRefused, match="another key, or the keyring was changed"):
        ring.key(ring.labels["project"], "facts")
