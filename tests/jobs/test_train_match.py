"""Learning the match model anew: from the same inputs the same model, labels make another, and what was there is kept."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs import cluster, models
from jobs.labels import LABELS
from jobs.pipeline import Options
from jobs.runner import perform
from jobs.train_match import train_match
from skiptrace.errors import DataRefused, SafeToRerun
from skiptrace.results.run import read_run
from skiptrace.schema import conform
from skiptrace.store.commit import read_json
from tests.jobs.projects import Finished, copy_of, files_below, run_project


@pytest.fixture
def rerun(finished: Finished, tmp_path: Path) -> Path:
    """The test's own copy of the project after its run."""
    return copy_of(finished.folder, tmp_path / "project", "work")


def learn(folder: Path, known: pa.Table | None = None) -> Path:
    return train_match(folder, Options(scheduler="sync"), lambda step, done, total: None, known)


def true_pairs(folder: Path) -> pa.Table:
    """LABELS from the truth beside the project: each pair that the run linked, with the answer."""
    truth = {tuple(row.values()) for row in pq.read_table(folder / "truth" / "links.parquet").to_pylist()}
    links = read_run((folder / "runs" / "latest").resolve()).table("links")
    rows = [row for row in links.to_pylist() if row["rank"] <= 3]
    keys = [(row["account_id"], row["source"], row["record_id"]) for row in rows]
    columns = [*map(list, zip(*keys, strict=True)), [key in truth for key in keys]]
    return conform(pa.table(columns, names=list(LABELS.names)), LABELS)


def test_from_the_inputs_of_the_first_run_it_is_the_first_runs_model(finished: Finished, rerun: Path, tmp_path: Path) -> None:
    """Nothing is learned twice; and where the model is lost, the same one is made again."""
    first = models.model_file(rerun / ".skiptrace", finished.outcome.ledger["hashes"]["model"])
    before = first.read_bytes()
    assert learn(rerun) == first
    for file in first.parent.iterdir():
        file.unlink()
    assert learn(rerun) == first
    assert first.read_bytes() == before
    assert models.current_key(rerun / ".skiptrace") == finished.outcome.ledger["hashes"]["model"]
    assert not list((rerun / ".skiptrace" / "work").iterdir())


def test_labels_make_another_model_and_the_next_run_uses_it(finished: Finished, rerun: Path) -> None:
    known, private = true_pairs(rerun), rerun / ".skiptrace"
    runs = files_below(rerun / "runs")
    file = learn(rerun, known)
    content, old = read_json(file), finished.outcome.ledger["hashes"]["model"]
    answers = known["same"].to_pylist()
    told = content["records"]["provenance"]["labels"]
    assert (told["same"], told["different"]) == (answers.count(True), answers.count(False))
    persons = content["persons"]["provenance"]  # so few accounts: the shipped model serves, and says what it does without
    assert 0 < persons["labels_not_used"] <= len(known)
    assert "too few" in persons["used_because"]
    assert file != models.model_file(private, old)
    assert models.model_file(private, old).is_file()
    assert models.current_key(private) != old
    assert files_below(rerun / "runs") == runs, "nothing is linked or published"
    again = run_project(rerun, to_step="link")
    assert again.run_id != finished.outcome.run_id
    assert learn(rerun, known) == file
    models.adopt(private, old)  # the way back
    assert not run_project(rerun).fresh


def test_labels_of_another_project_are_refused_and_the_model_stays(finished: Finished, rerun: Path) -> None:
    known = true_pairs(rerun)
    wrong = known.set_column(0, "account_id", pa.array([f"CANARY{n}" for n in range(len(known))]))
    with pytest.raises(DataRefused) as refused:
        learn(rerun, conform(wrong, LABELS))
    assert refused.value.exit_code == 3
    assert "CANARY" not in " ".join(map(str, refused.value.problems))
    assert models.current_key(rerun / ".skiptrace") == finished.outcome.ledger["hashes"]["model"]
    assert not list((rerun / ".skiptrace" / "work").iterdir()), "a copy of the tape would lie about"


def test_a_project_that_never_ran_learns_without_linking(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counted: Counter[str] = Counter()

    def counting(function: str, receipt: str, arguments: dict[str, object]) -> dict[str, object]:
        counted[function.partition(":")[2]] += 1
        return perform(function, receipt, arguments)

    monkeypatch.setattr(cluster, "perform", counting)
    file = learn(project)
    assert counted["persons_partition"] > 0
    assert counted["link_partition"] == 0
    assert models.model_file(project / ".skiptrace", models.current_key(project / ".skiptrace") or "") == file
    assert list((project / "runs").iterdir()) == []


def test_it_waits_its_turn(rerun: Path) -> None:
    import fcntl

    with (rerun / ".skiptrace" / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with pytest.raises(SafeToRerun, match="under way"):
            learn(rerun)
