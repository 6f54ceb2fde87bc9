"""Places on an object store, against a real one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from skiptrace.errors import StoreUnavailable
from skiptrace.store import objects
from skiptrace.store.objects import ObjectPath
from tests.object_store import forget_clients


def test_a_place_is_used_like_a_path() -> None:
    place = ObjectPath("s3://bucket/project") / "runs" / "one.json"
    assert (str(place), place.name, place.parent) == ("s3://bucket/project/runs/one.json", "one.json", ObjectPath("s3://bucket/project/runs"))
    assert (place.resolve(), place.absolute(), place.is_symlink()) == (place, place, False)


def test_one_writer_creates_an_object_and_nothing_is_overwritten(store: ObjectPath, tmp_path: Path) -> None:
    place, file = store / "receipt", tmp_path / "file"
    file.write_bytes(b"other")
    assert place.create(b"first")
    assert not place.create(b"second")
    assert not place.create(file)
    assert place.create(b"first")  # the answer to a put that went well may be lost: its own bytes are no other writer's
    assert (place.read_bytes(), place.read_text(), place.size()) == (b"first", "first", 5)


def test_of_many_writers_one_wins(store: ObjectPath) -> None:
    place = store / "receipt"
    with ThreadPoolExecutor(6) as pool:
        won = list(pool.map(lambda number: place.create(str(number).encode()), range(6)))
    assert won.count(True) == 1
    assert place.read_bytes() == str(won.index(True)).encode()


def test_objects_are_replaced_copied_listed_and_removed(store: ObjectPath, tmp_path: Path) -> None:
    assert not store.is_dir()
    (store / "a" / "one").replace(b"1")
    (store / "a" / "one").replace(b"12")
    (store / "a" / "one").copy_to(store / "a" / "two")
    (store / "b").replace(tmp_path.joinpath("x").write_bytes(b"xyz") and tmp_path / "x")
    assert [place.name for place in store.iterdir()] == ["a", "b"]
    assert [place.name for place in (store / "a").glob("t*")] == ["two"]
    assert {name: detail["size"] for name, detail in store.below().items()} == {"a/one": 2, "a/two": 2, "b": 3}
    assert store.is_dir()
    assert not (store / "a").is_file()
    (store / "a" / "two").fetch(tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == b"12"
    (store / "b").unlink()
    (store / "b").unlink(missing_ok=True)
    store.remove_below()
    assert store.below() == {}


def test_what_is_not_there_is_not_found(store: ObjectPath, tmp_path: Path) -> None:
    place = store / "nothing"
    assert (place.size(), place.is_file(), list(place.iterdir())) == (None, False, [])
    for act in (place.read_bytes, lambda: place.fetch(tmp_path / "x"), lambda: place.copy_to(store / "y")):
        with pytest.raises(FileNotFoundError):
            act()


def test_a_bucket_that_does_not_exist_is_told_with_the_mend(store: ObjectPath) -> None:
    place = ObjectPath("s3://no-such-bucket-here/x")
    for act in (lambda: place.create(b"x"), place.read_bytes, place.size, lambda: place.replace(b"x"), place.below):
        with pytest.raises(StoreUnavailable, match=r"s3://no-such-bucket-here: the bucket does not exist — make it"):
            act()


def test_credentials_that_are_missing_or_wrong_are_told_and_never_shown(store: ObjectPath, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-the-secret")
    forget_clients()
    with pytest.raises(StoreUnavailable, match="refuses these credentials") as refused:
        store.create(b"x")
    assert "not-the-secret" not in str(refused.value)
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    forget_clients()
    with pytest.raises(StoreUnavailable, match="no credentials — give them"):
        store.create(b"x")
    forget_clients()


class Answer(Exception):
    """What a store's client raises."""

    def __init__(self, status: int, code: str = "Code") -> None:
        super().__init__("secret text")
        self.response = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}


@pytest.mark.parametrize(
    ("error", "tries"),
    [(Answer(503), 4), (Answer(409), 4), (Answer(500), 4), (TimeoutError(), 4), (ConnectionResetError(), 4), (Answer(403), 1),
     (Answer(400), 1), (Answer(507), 1), (ValueError("secret text"), 1)],
)  # fmt: skip
def test_only_what_can_heal_is_tried_again(error: Exception, tries: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects, "_WAITS", (0.0, 0.0, 0.0))
    calls: list[int] = []

    def act() -> None:
        calls.append(1)
        raise error

    with pytest.raises(StoreUnavailable) as told:
        ObjectPath("s3://bucket/x")._tried(act)
    assert len(calls) == tries
    assert "secret text" not in str(told.value)
    calls.clear()
    assert ObjectPath("s3://bucket/x")._tried(lambda: calls.append(1) or 7) == 7  # type: ignore[func-returns-value]


def test_a_full_store_says_so() -> None:
    with pytest.raises(StoreUnavailable, match="the store is full — free some space"):
        ObjectPath("s3://bucket/x")._tried(lambda: (_ for _ in ()).throw(Answer(507)))


def test_a_store_of_an_unknown_kind_is_refused() -> None:
    with pytest.raises(StoreUnavailable, match="not installed"):
        ObjectPath("nonsense://bucket/x").size()
