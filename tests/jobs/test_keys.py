from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

import skiptrace
from jobs import keys
from jobs.prepare import Options, prepare
from skiptrace.errors import ConfigError, KeyDestroyed, KeyRefused, UnsafePermissions
from skiptrace.project import load
from skiptrace.results import latest
from skiptrace.store import keyring
from skiptrace.store.tables import label_of
from tests.encrypted_home import MASTER, SECOND, SECRETS, THIRD, give_masters, make_home, project_with, without_identity
from tests.jobs import canary
from tests.jobs.encrypted import personal
from tests.jobs.projects import change, files_below, run_project
from tests.jobs.tiny import make_tiny

NOW = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)
ACCOUNTS = {f"A{number:03d}" for number in range(12)}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    give_masters(monkeypatch)
    return make_home(tmp_path / "home", "spring.csv")


def keys_of(home: Path) -> dict[str, bytes]:
    ring = keyring.ring_of(home / ".skiptrace")
    assert ring is not None
    return {f"{label}/{role}": ring.key(key, role) for label, key in ring.labels.items() for role in keyring.ROLES}


def test_nothing_of_a_person_lies_in_clear_in_an_encrypted_project(encrypted: Path) -> None:
    values = personal(encrypted)
    assert len(values) > 40
    for folder in (".skiptrace", "runs"):
        left = [file.name for file in (encrypted / folder).rglob("exports/*/*")]
        assert canary.found(encrypted / folder, values | ACCOUNTS, left) == {}


def test_its_tables_are_those_of_the_same_project_in_clear(encrypted: Path, tmp_path: Path) -> None:
    clear = tmp_path / "clear"
    make_tiny(clear)
    for name in ("tapes", "skiptrace.toml"):
        source = encrypted / name
        (clear / name).write_text(source.read_text()) if source.is_file() else source.rename(clear / name)
    text = (clear / "skiptrace.toml").read_text()
    (clear / "skiptrace.toml").write_text(text.replace(text[text.index("[encryption]") : text.index("[runtime]")], ""))
    done = run_project(clear)
    assert done.run_id == latest(encrypted).run_id
    for name in latest(clear).names:
        assert latest(encrypted).table(name).equals(latest(clear).table(name)), name


def test_each_file_of_the_portfolio_has_its_key_and_a_rerun_does_nothing(encrypted: Path) -> None:
    run = latest(encrypted)
    for name in ("accounts", "links", "contact_points", "channels", "decisions"):
        assert [label_of(ref) for ref in run.files(name)] == ["portfolio:first.csv", "portfolio:second.csv"], name
    assert not run_project(encrypted).fresh


def test_a_reader_without_the_identity_key_reads_scores_and_decisions(encrypted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_identity(monkeypatch)
    run = skiptrace.open(encrypted).latest
    assert len(run.channels.to_arrow()) == len(run.decisions.to_arrow()) > 0
    assert len(run.links.to_arrow()) > 0
    assert len(run.accounts.to_arrow(["account_id", "p_any_channel", "best_channel", "holds"])) == 12
    assert len(run.contact_points.to_arrow(["point_id", "p_current"])) > 0
    for table in (run.accounts, run.contact_points):
        with pytest.raises(KeyRefused, match="SKIPTRACE_TEST_SECOND"):
            table.to_arrow()
    with pytest.raises(KeyRefused):
        prepare(encrypted, Options())


def test_a_run_needs_keys_before_it_does_anything(tmp_path: Path, encrypted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = files_below(encrypted / ".skiptrace")
    monkeypatch.setenv("SKIPTRACE_TEST_MASTER", "0" * 32)
    with pytest.raises(KeyRefused, match="another key"):
        run_project(encrypted)
    give_masters(monkeypatch)
    key = tmp_path / "master.key"
    key.write_text("ab" * 16)
    key.chmod(0o644)
    change(encrypted, f'kms = "{MASTER}"', f'kms = "file:{key}"')
    with pytest.raises(ConfigError, match="keys rotate"):
        run_project(encrypted)
    with pytest.raises(UnsafePermissions):
        keys.rotate(load(encrypted, {}), encrypted)
    assert files_below(encrypted / ".skiptrace") == before


def test_encryption_does_not_end_in_silence(encrypted: Path) -> None:
    text = (encrypted / "skiptrace.toml").read_text()
    (encrypted / "skiptrace.toml").write_text(text.replace(text[text.index("[encryption]") : text.index("[runtime]")], ""))
    with pytest.raises(ConfigError, match="encryption: is gone"):
        run_project(encrypted)


def test_rotation_wraps_the_same_keys_by_another_master_and_touches_no_table(encrypted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, wrapped = keys_of(encrypted), files_below(encrypted)
    change(encrypted, f'kms = "{MASTER}"', f'kms = "{THIRD}"')
    change(encrypted, f'identity = "{SECOND}"\n', "")
    project = load(encrypted, {})
    assert keys.rotate(project, encrypted) == 3
    for name in (MASTER, SECOND):
        monkeypatch.delenv(name.partition(":")[2])
    keyring.refresh()
    assert keys_of(encrypted) == before
    changed = {name for name, content in files_below(encrypted).items() if wrapped.get(name) != content}
    gone = set(wrapped) - set(files_below(encrypted))
    assert {name for name in changed | gone if "/keys/" not in name} == {"skiptrace.toml"}
    assert len(gone) == 1  # the keyring as the master before wrapped it
    assert not run_project(encrypted).fresh
    assert keys.rotate(project, encrypted) == 3


def test_keys_are_made_once(home: Path) -> None:
    before = keys_of(home)
    keys.make(project_with(), home, ["spring.csv"])
    assert keys_of(home) == before
    keys.make(project_with(), home, ["summer.csv"])
    assert set(keys_of(home)) - set(before) == {"portfolio:summer.csv/facts", "portfolio:summer.csv/identity"}
    assert {name: key for name, key in keys_of(home).items() if name in before} == before


def test_a_destroyed_key_is_in_no_state_and_never_made_again(home: Path) -> None:
    secrets = {key for label, key in keys.listed(project_with(), home)["masters"].items()}
    assert secrets == {MASTER, SECOND}
    gone = keys.destroy(project_with(), home, "spring.csv", NOW)
    assert keys.destroy(project_with(), home, "spring.csv", NOW) == gone
    assert [one["for"] for one in keys.listed(project_with(), home)["keys"]] == ["project"]
    states = list((home / ".skiptrace" / "keys").iterdir())
    assert len(states) == 1
    with pytest.raises(KeyDestroyed, match=r"take spring.csv out of \[portfolio\] path"):
        keys.make(project_with(), home, ["spring.csv"])
    with pytest.raises(ConfigError, match="there is no such key"):
        keys.destroy(project_with(), home, "autumn.csv", NOW)


def test_the_list_says_which_keys_are_at_hand_and_shows_none(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = keys_of(home)
    without_identity(monkeypatch)
    told = keys.listed(project_with(), home)
    assert [one["roles"] for one in told["keys"]] == [{"facts": "at hand", "identity": "cannot be had"}] * 2
    assert not [secret for secret in (*(key.hex() for key in secrets.values()), *SECRETS.values()) if secret in str(told)]


def test_a_project_that_is_not_encrypted_needs_no_key(tmp_path: Path) -> None:
    project = project_with().model_copy(update={"encryption": None})
    keys.require_ready(project, tmp_path)
    keys.make(project, tmp_path, ["spring.csv"])
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ConfigError, match="has no keyring yet"):
        keys.listed(project, tmp_path)
