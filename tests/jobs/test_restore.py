from __future__ import annotations

import datetime as dt
import shutil
import tarfile
from functools import partial
from pathlib import Path

import pytest

from jobs import archive, models
from jobs.backup import backup
from jobs.forgotten import forget
from jobs.restore import restore
from jobs.verified import verify
from skiptrace.errors import ConfigError, DataRefused
from skiptrace.results import latest, open_run, runs
from skiptrace.store import points
from skiptrace.store.commit import replace_bytes
from tests.jobs.canary import found
from tests.jobs.projects import change, copy_of, files_below, run_project
from tests.jobs.test_forgotten import ASKED, CLARA, OWN

AT = dt.datetime(2026, 7, 1, 6, 0, tzinfo=dt.UTC)
NIGHT = dt.date(2026, 7, 1)


@pytest.fixture(scope="module")
def project(tiny_night: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny project after its first night. Copy it before changing it."""
    folder = copy_of(tiny_night, tmp_path_factory.mktemp("whole") / "project")
    change(folder, "as_of = 2026-06-30\n", "")
    return folder


@pytest.fixture(scope="module")
def saved(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("saved") / "tiny.backup.tar"
    assert backup(project, str(file))[0]
    return file


def lost(project: Path, target: Path) -> Path:
    """A copy of the project of which only the user's own files are left."""
    return copy_of(project, target, ".skiptrace", "runs")


def test_the_next_night_after_a_loss_is_the_one_without_it(project: Path, saved: Path, tmp_path: Path) -> None:
    restored = lost(project, tmp_path / "restored")
    done = restore(restored, str(saved), AT)
    assert (done.runs, done.latest, done.forgotten, done.there) == (1, latest(project).run_id, 0, 0)
    assert verify(latest(restored)).problems == ()
    kept = copy_of(project, tmp_path / "kept")
    nights = [run_project(folder, as_of=NIGHT, nightly=True) for folder in (kept, restored)]
    assert nights[0].run_id == nights[1].run_id
    assert nights[0].ledger["tables"] == nights[1].ledger["tables"]  # names, lengths and hashes of every file
    assert nights[0].ledger["evidence"] == nights[1].ledger["evidence"]


def test_restoring_twice_or_over_the_same_state_changes_nothing(project: Path, saved: Path, tmp_path: Path) -> None:
    restored = lost(project, tmp_path / "restored")
    restore(restored, str(saved), AT)
    before = files_below(restored)
    again = restore(restored, str(saved), AT)
    assert again.written == 0
    assert files_below(restored) == before


def test_what_is_damaged_is_put_back_and_what_is_whole_stays(project: Path, saved: Path, tmp_path: Path) -> None:
    broken = copy_of(project, tmp_path / "broken")
    table = next((latest(broken).folder / "links").iterdir())
    table.write_bytes(b"torn")
    shutil.rmtree(broken / ".skiptrace" / "outcomes")
    (broken / ".skiptrace" / "register" / "state-000001.json").write_text("{")
    done = restore(broken, str(saved), AT)
    assert (done.written, done.there > 20) == (5, True)
    assert verify(latest(broken)).problems == ()


def test_a_kill_in_between_leaves_nothing_half_seen_and_the_same_command_goes_on(
    project: Path, saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    restored, calls = lost(project, tmp_path / "restored"), [0]
    for limit in range(0, 300, 17):

        def die(point: str, limit: int = limit) -> None:
            calls[0] += 1
            if calls[0] > limit:
                raise KeyboardInterrupt

        calls[0] = 0
        with monkeypatch.context() as patch:
            patch.setattr(points, "passed", die)
            try:
                restore(restored, str(saved), AT)
                break
            except KeyboardInterrupt:
                for summary in runs(restored):  # a run that can be seen is whole
                    assert verify(open_run(restored, summary.run_id)).problems == ()
    assert verify(latest(restored)).problems == ()


@pytest.mark.parametrize("part", [0.02, 0.5, 0.97, 1.0])
def test_a_backup_that_is_cut_short_or_changed_is_refused_before_anything_is_written(
    project: Path, saved: Path, tmp_path: Path, part: float
) -> None:
    content, empty = bytearray(saved.read_bytes()), lost(project, tmp_path / "empty")
    if part == 1.0:
        content[len(content) // 2] ^= 1
    (tmp_path / "bad.tar").write_bytes(bytes(content[: int(len(content) * part)]))
    before = files_below(empty)
    with pytest.raises(DataRefused, match="nothing was changed"):
        restore(empty, str(tmp_path / "bad.tar"), AT)
    assert files_below(empty) == before


def test_a_newer_state_is_never_overwritten(project: Path, saved: Path, tmp_path: Path) -> None:
    later = copy_of(project, tmp_path / "later")
    run_project(later, as_of=NIGHT)
    before = files_below(later)
    with pytest.raises(ConfigError, match="newer than the backup") as refused:
        restore(later, str(saved), AT)
    assert "was published since" in str(refused.value)
    assert files_below(later) == before


def test_another_model_is_no_damage(project: Path, saved: Path, tmp_path: Path) -> None:
    other = copy_of(project, tmp_path / "other")
    models.adopt(other / ".skiptrace", "0" * 32)
    with pytest.raises(ConfigError, match="names another model"):
        restore(other, str(saved), AT)


def test_a_backup_from_before_does_not_bring_a_forgotten_person_back(project: Path, saved: Path, tmp_path: Path) -> None:
    broken = copy_of(project, tmp_path / "broken")
    forget(broken, "A002", **ASKED)
    shutil.rmtree(broken / "runs")
    for name in ("outcomes", "register", "models"):
        shutil.rmtree(broken / ".skiptrace" / name)
    done = restore(broken, str(saved), AT)
    assert done.forgotten > 0
    assert found(broken, CLARA, OWN) == {}
    assert verify(latest(broken)).problems == ()
    after = tmp_path / "after.tar"
    backup(broken, str(after))
    assert found(tmp_path, CLARA, OWN) == {}
    assert found(saved.parent, CLARA)  # the older one still holds the person, as the command says


def _made_other(saved: Path, target: Path, **head: object) -> Path:
    with archive.opened(saved) as old:
        reads = {name: partial(old.read, name) for name in old.files}
        archive.write(target, {**old.head, **head}, reads)
    return target


@pytest.mark.parametrize(("head", "said"), [
    ({"schema_version": 99}, "later version"), ({"project": "other"}, "another project's"), ({"key_id": "00"}, "another key"),
])  # fmt: skip
def test_a_backup_of_another_version_project_or_key_is_refused(
    project: Path, saved: Path, tmp_path: Path, head: dict[str, object], said: str
) -> None:
    with pytest.raises(ConfigError, match=said):
        restore(lost(project, tmp_path / "empty"), str(_made_other(saved, tmp_path / "other.tar", **head)), AT)


def test_the_key_comes_back_only_if_it_was_asked_for(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_key, without = tmp_path / "with.tar", tmp_path / "without.tar"
    backup(project, str(with_key), with_key=True)
    backup(project, str(without))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "elsewhere"))
    with pytest.raises(ConfigError, match="put the key back first"):
        restore(lost(project, tmp_path / "one"), str(without), AT)
    assert not (tmp_path / "elsewhere").exists()  # and no other key was made
    restore(lost(project, tmp_path / "two"), str(with_key), AT)
    key = tmp_path / "elsewhere" / "skiptrace" / "token.key"
    assert key.stat().st_mode & 0o777 == 0o600


def test_there_must_be_a_backup(project: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such backup"):
        restore(lost(project, tmp_path / "one"), str(tmp_path / "none.tar"), AT)


def test_a_member_that_leads_out_is_refused(project: Path, saved: Path, tmp_path: Path) -> None:
    bad = _made_other(saved, tmp_path / "bad.tar")
    with tarfile.open(bad, "a") as more:
        more.addfile(tarfile.TarInfo("../outside"))
    with pytest.raises(DataRefused):
        restore(lost(project, tmp_path / "one"), str(bad), AT)
    replace_bytes(bad, bad.read_bytes())
    assert not (tmp_path / "outside").exists()
