"""The points of the protocol: nothing happens at them, and each way of writing passes the ones that matter."""

from __future__ import annotations

from pathlib import Path

import pytest

from skiptrace.store import points
from skiptrace.store.commit import put_bytes, replace_bytes
from skiptrace.store.objects import ObjectPath


def test_nothing_happens_at_a_point() -> None:
    points.passed("anything")


def test_a_hook_sees_every_step_of_a_put(tmp_path: Path, store: ObjectPath, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    monkeypatch.setattr(points, "passed", seen.append)
    put_bytes(tmp_path / "a", b"x")
    assert seen == ["temporary", "written", "before-link", "linked", "folder-synced"]
    seen.clear()
    replace_bytes(tmp_path / "a", b"y")
    assert seen == ["before-replace", "replaced"]
    seen.clear()
    put_bytes(store / "a", b"x")
    replace_bytes(store / "a", b"y")
    assert seen == ["before-create", "created", "before-replace", "replaced"]
