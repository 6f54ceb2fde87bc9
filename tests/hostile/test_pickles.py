"""Files that are programs: nothing of the product reads one, and one that somebody planted is run by nobody."""

from __future__ import annotations

import ast
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from skiptrace.errors import SkiptraceError
from skiptrace.linkage.key_shards import open_hot
from skiptrace.store.commit import read_json
from tests.intake.test_hostile_files import taken

ROOT = Path(__file__).resolve().parents[2]


def test_nothing_of_the_product_reads_pickles_or_yaml_or_runs_text() -> None:
    found = []
    for path in [*(ROOT / "skiptrace").rglob("*.py"), *(ROOT / "jobs").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules = [name.name for name in node.names] if isinstance(node, ast.Import) else []
            modules += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
            if {name.split(".")[0] for name in modules} & {"pickle", "cloudpickle", "yaml", "marshal", "shelve", "dill", "joblib"}:
                found.append(str(path))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("eval", "exec"):
                found.append(str(path))
            if isinstance(node, ast.Attribute) and node.attr in ("read_pickle", "to_pickle", "unsafe_load", "full_load"):
                found.append(str(path))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and ast.unparse(node.func) in ("np.load", "np.save"):
                refused = [word.value for word in node.keywords if word.arg == "allow_pickle"]
                if [ast.unparse(value) for value in refused] != ["False"]:
                    found.append(str(path))
            if (
                isinstance(node, ast.keyword)
                and node.arg == "shell"
                and not (isinstance(node.value, ast.Constant) and not node.value.value)
            ):
                found.append(str(path))
    assert found == []


class Planted:
    """An object that writes a file when somebody unpickles it."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.write_text, (self.file, "run")


def test_a_pickle_that_somebody_planted_is_run_by_nobody(tmp_path: Path) -> None:
    mark, place = tmp_path / "mark", tmp_path / "place"
    place.mkdir(mode=0o700)
    content = pickle.dumps(Planted(mark))
    for name in ("model.json", "run.json", "receipt.json"):
        (place / name).write_bytes(content)
        with pytest.raises((ValueError, SkiptraceError)):
            read_json(place / name)
    for name in ("tape.pkl", "tape.csv", "tape.parquet", "tape.xlsx", "tape.npy"):
        with pytest.raises(SkiptraceError):
            taken(tmp_path, name, content)
    good = {"hot": np.zeros(1, np.uint64), "hot_counts": np.zeros(1, np.int64), "hot_bits": np.int64(3)}
    for name in good:
        for other, array in good.items():
            np.save(place / f"{other}.npy", array, allow_pickle=False)
        open_hot(place)
        np.save(place / f"{name}.npy", np.array([Planted(mark)], dtype=object), allow_pickle=True)
        with pytest.raises(ValueError, match=r"(?i)pickle|object"):
            open_hot(place)
    assert not mark.exists()
    pickle.loads(content)  # noqa: S301 - what it does is the point
    assert mark.exists()  # it would have been told
