from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from jobs import locking
from jobs.locking import locked
from skiptrace.errors import SafeToRerun
from skiptrace.store.objects import ObjectPath


def test_one_at_a_time_and_free_again_after_an_error(tmp_path: Path) -> None:
    with locked(tmp_path), pytest.raises(SafeToRerun, match="under way"), locked(tmp_path):
        pass
    with pytest.raises(KeyError), locked(tmp_path):
        raise KeyError
    with locked(tmp_path):
        assert (tmp_path / "lock").stat().st_mode & 0o777 == 0o600


def test_a_lease_keeps_other_machines_away_until_it_runs_out(store: ObjectPath, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lease = store / "lease.json"

    def elsewhere() -> None:
        monkeypatch.setattr(locking.platform, "node", lambda: "elsewhere")
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "elsewhere"))

    with locked(store), pytest.raises(SafeToRerun, match="under way"), locked(store):
        pass
    assert not lease.is_file()
    with locked(store):
        until = json.loads(lease.read_bytes())["until"]
        assert 0 < until - time.time() <= locking.LEASE
        elsewhere()
        with pytest.raises(SafeToRerun, match="under way"), locked(store):
            pass
        lease.replace(json.dumps({"holder": "x", "machine": "y", "until": time.time() - 1}).encode())
        with locked(store):  # it ran out: that machine is dead, or so late that it finds what this one did
            pass
    assert not lease.is_file()


def test_a_machine_takes_over_the_lease_of_its_own_dead_process(store: ObjectPath) -> None:
    held = locking._held
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(locking, "_held", lambda place: {})  # the dead give nothing back
        with locked(store):
            pass
    assert held(store / "lease.json")["until"] > time.time()
    with locked(store):
        pass
    assert not (store / "lease.json").is_file()


def test_a_lease_is_renewed_while_the_command_runs(store: ObjectPath, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locking, "LEASE", 0.2)
    with locked(store):
        first = json.loads((store / "lease.json").read_bytes())["until"]
        for _ in range(200):
            time.sleep(0.02)
            if json.loads((store / "lease.json").read_bytes())["until"] > first:
                break
        else:
            pytest.fail("the lease was not renewed")
