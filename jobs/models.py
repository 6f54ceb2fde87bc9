"""The project's match model: trained once by the first run, kept with its provenance, reused by every later run.

It is learned in two steps. The first file holds what two records weigh; with that the persons of the reference are found;
the second file adds what an account and a person weigh, and is the model.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from skiptrace.errors import ConfigError, DamagedFile, Problem
from skiptrace.ids import digest
from skiptrace.linkage import model, rules, train
from skiptrace.plugins import rules_root
from skiptrace.store.commit import put_json, read_json, replace_bytes
from skiptrace.store.permissions import private_folder
from skiptrace.store.places import Place

SHIPPED = ("linkage", "model.json")
_Counts = tuple[np.ndarray, np.ndarray]
Counted = Callable[[], _Counts]


def current_key(private: Place) -> str | None:
    """The key of the model in use; None before the first run trained one."""
    try:
        return (private / "models" / "current").read_bytes().decode(errors="replace").strip() or None
    except OSError:
        return None


def in_use(private: Place) -> str | None:
    """`current_key`, of a model that is there. Raises DamagedFile (exit 3) where the project says that it has another: a run would learn
    one anew and weigh otherwise than the night before, and nobody would be told."""
    key = current_key(private)
    if key is not None and not model_file(private, key).is_file():
        mend = "restore it: `skiptrace restore FILE`; or remove models/current, and the next run learns another"
        raise DamagedFile("the match model cannot be found", (Problem("models/current", "", "names a model that is not there", mend),))
    return key


def model_file(private: Place, key: str) -> Place:
    """Where the model with this key is."""
    return private / "models" / f"match-{key}.json"


def first_file(private: Place, key: str) -> Place:
    """Where the first half of the model with this key is: what two records weigh."""
    return private / "models" / f"records-{key}.json"


def adopt(private: Place, key: str) -> None:
    """Make a model that is there the one of later runs."""
    replace_bytes(private / "models" / "current", (key + "\n").encode())


def of_earlier_form(private: Place) -> bool:
    """Whether the model in use was written by an earlier version of the program, in a form that is not read any more."""
    key = current_key(private)
    try:
        return key is not None and bool(read_json(model_file(private, key)).get("format") != model.FORMAT)
    except (OSError, ValueError):  # a model that is gone or damaged is another matter
        return False


def refuse_earlier_form(private: Place) -> None:
    """Raise ConfigError (exit 2) where the model in use is `of_earlier_form`."""
    if of_earlier_form(private):
        mend = "`skiptrace migrate` sets it aside, and the next run learns another"
        problem = Problem("models", current_key(private) or "", "has the form of an earlier version of the program", mend)
        raise ConfigError("the match model cannot be read", (problem,))


def set_aside(private: Place) -> str | None:
    """Let no run use a model `of_earlier_form` any more; its file stays, and `models/earlier` names it. Returns its key; None where the
    model in use is of the present form."""
    if not of_earlier_form(private):
        return None
    key = str(current_key(private))
    replace_bytes(private / "models" / "earlier", (key + "\n").encode())
    (private / "models" / "current").unlink(missing_ok=True)
    return key


def content_key(file: Place) -> str:
    """A digest of what two records weigh, equal for the first file and the model: the persons of a reference depend on it."""
    content = read_json(file)
    return digest("records", content["records"], content["reference"])


def shipped() -> dict[str, Any]:
    """The model that comes with the program, as a JSON object."""
    return read_json(rules_root().joinpath(*SHIPPED))


def fit_records(
    private: Place, key: str, counted: Counted, reference: Counted, as_of: str, unaided: bool = False, known: train.Known | None = None
) -> Place:  # fmt: skip
    """The first half of a model: the one that is there, else one trained on the pattern counts of accounts with records that
    `counted` gives and of records with each other that `reference` gives; else that of the shipped model, where they say too
    little. Returns its file. `unaided`: nothing is taken from the shipped model, which is how that one is made. `known`: pairs
    that somebody knows."""
    file = first_file(private, key)
    if not file.is_file():
        private_folder(file.parent)
        put_json(file, _records(counted(), reference(), as_of, unaided, known))
    return file


def _records(counted: _Counts, reference: _Counts, as_of: str, unaided: bool, known: train.Known | None) -> dict[str, Any]:
    linkage = rules.load()
    if (lacking := _too_few(counted[1], known)) is not None and not unaided:
        ours = shipped()
        return {part: {**ours[part], "provenance": {**ours[part]["provenance"], **lacking}} for part in ("records", "reference")}
    made_from: dict[str, object] = {"as_of": as_of}
    fitted = train.train(*counted, linkage, made_from, None if unaided else model.from_plain(shipped(), linkage).records, known)
    among = train.fit_priors(fitted, *reference, made_from)
    plain = model.MatchModel(fitted, among, fitted).plain()
    return {part: plain[part] for part in ("records", "reference")}


def fit(
    private: Place, key: str, first: Place, counted: Counted, as_of: str, unaided: bool = False, known: train.Known | None = None
) -> Place:  # fmt: skip
    """The model: the one that is there, else the first half and what the pattern counts of accounts with persons teach, or the
    shipped model where they say too little. Returns its file."""
    file = model_file(private, key)
    if not file.is_file():
        patterns, counts = counted()
        linkage = rules.load()
        if (lacking := _too_few(counts, known)) is not None and not unaided:
            ours = shipped()["persons"]
            persons = {**ours, "provenance": {**ours["provenance"], **lacking}}
        else:
            base = None if unaided else model.from_plain(shipped(), linkage).persons
            # Its classes are to mean what those of the first half mean, so it starts from there.
            start, _ = model.records_from_plain(read_json(first), linkage)
            persons = train.train(patterns, counts, linkage, {"as_of": as_of}, base, known, start).plain()
        put_json(file, {"format": model.FORMAT, **read_json(first), "persons": persons})
    return file


def _too_few(counts: np.ndarray, known: train.Known | None) -> dict[str, Any] | None:
    seen = int(counts.sum())
    if seen >= train.ENOUGH_PAIRS:
        return None
    unused = {} if known is None else {"labels_not_used": len(known.same)}
    return {"used_because": f"{seen} candidate pairs are too few to learn from", **unused}
