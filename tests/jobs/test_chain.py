from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jobs import chain
from skiptrace.errors import SafeToRerun


def nothing() -> dict[str, Any]:
    return {"files": []}


def named_by(content: dict[str, Any]) -> set[str]:
    return set(content["files"])


def with_file(folder: Path, name: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).touch()
    chain.add(folder, nothing, lambda known: {"files": [*known["files"][-1:], name]}, named_by)


def test_the_last_state_holds_and_what_only_earlier_ones_named_goes(tmp_path: Path) -> None:
    folder = tmp_path / "chain"
    assert chain.last(folder, nothing) == (0, {"files": []})
    assert chain.kept(folder, named_by) is None
    for name in ("a", "b", "c"):
        with_file(folder, name)
    assert chain.last(folder, nothing) == (3, {"files": ["b", "c"]})
    left = {"state-000002.json", "state-000003.json", "a", "b", "c"}
    assert {path.name for path in folder.iterdir()} == left == chain.kept(folder, named_by)
    with_file(folder, "d")
    assert "a" not in {path.name for path in folder.iterdir()}


def test_the_same_state_is_not_written_again(tmp_path: Path) -> None:
    with_file(tmp_path, "a")
    chain.add(tmp_path, nothing, lambda known: dict(known), named_by)
    assert chain.last(tmp_path, nothing)[0] == 1


def test_who_finds_the_number_taken_adds_to_what_took_it(tmp_path: Path) -> None:
    calls = []

    def added(known: dict[str, Any]) -> dict[str, Any]:
        calls.append(known)
        if len(calls) == 1:
            with_file(tmp_path, "theirs")
        return {"files": [*known["files"], "ours"]}

    chain.add(tmp_path, nothing, added, named_by)
    assert chain.last(tmp_path, nothing) == (2, {"files": ["theirs", "ours"]})


def test_where_others_write_all_the_time_it_says_so(tmp_path: Path) -> None:
    names = (f"f{number}" for number in range(1_000))

    def added(known: dict[str, Any]) -> dict[str, Any]:
        with_file(tmp_path, next(names))
        return {"files": ["ours"]}

    with pytest.raises(SafeToRerun, match="all the time"):
        chain.add(tmp_path, nothing, added, named_by)


def test_a_state_that_cannot_be_read_keeps_everything(tmp_path: Path) -> None:
    with_file(tmp_path, "a")
    (tmp_path / "state-000001.json").chmod(0o600)
    (tmp_path / "state-000001.json").write_bytes(b"{")
    assert chain.kept(tmp_path, named_by) is None


def test_what_is_taken_out_of_a_state_is_gone_from_the_folder(tmp_path: Path) -> None:
    chain.only_last(tmp_path / "none", named_by)
    for name in ("a", "b", "c"):
        with_file(tmp_path, name)
    (tmp_path / "left by a kill").touch()
    chain.only_last(tmp_path, named_by)
    assert {path.name for path in tmp_path.iterdir()} == {"state-000003.json", "b", "c"}
    assert chain.last(tmp_path, nothing) == (3, {"files": ["b", "c"]})
