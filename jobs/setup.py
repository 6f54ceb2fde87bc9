"""What a run is: its inputs, keys and partitions, settled by the driver and read back by every task.

The driver writes one plan into the run's work folder; tasks get that folder's path and a partition number. The plan
holds no secret and no person's data.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import skiptrace
from jobs import keys
from jobs.feedback import load_project
from skiptrace.errors import ConfigError, Problem
from skiptrace.ids import digest
from skiptrace.intake.mapping import Item, Mapping
from skiptrace.intake.partitions import Partition
from skiptrace.intake.text_blocks import Mark
from skiptrace.linkage.rules import load as load_rules
from skiptrace.project import FILE_NAME, Project, token_key
from skiptrace.project.form import Form
from skiptrace.store import keyring
from skiptrace.store.commit import read_json, replace_bytes, with_digest
from skiptrace.store.inputs import InputFile
from skiptrace.store.permissions import private_folder
from skiptrace.store.places import Place, place_of
from skiptrace.vocabulary import EVENT_KINDS

LIBRARIES = (
    "phonenumbers",
    "usaddress",
    "rapidfuzz",
    "nicknames",
    "jellyfish",
    "email-validator",
    "zipcodes",
    "duckdb",
    "pyarrow",
    "numpy",
)
PLAN = "plan.json"
OVERLAY = "SKIPTRACE__"


def versions() -> dict[str, str]:
    """Versions of the product and of the libraries that canonical values depend on."""
    return {"skiptrace": skiptrace.__version__, **_libraries()}


@lru_cache(maxsize=1)
def _libraries() -> dict[str, str]:
    """Read once in a process: finding a library's notes takes longer than reading them, and a run asks five times."""
    return {name: version(name) for name in LIBRARIES}


_READING = (
    "compiling", "email_scan", "filling", "interning", "joining", "name_scan", "nysiis", "phone_answer", "phone_form", "phone_scan",
    "spans", "street_bytes", "street_cleaning", "street_shapes", "text_records", "tokenise", "viterbi",
    "zip_scan",
)  # fmt: skip
"""Compiled loops that read deliveries; the others link, and no delivery is read again for them."""
CANONICAL = ("intake", "normalize", *(f"kernels/{name}.py" for name in _READING), "project", "schema", "columns.py", "sql.py")
"""The parts of the program that a delivery's canonical tables depend on."""
ENCODING = ("linkage/records.py", "linkage/terms.py", "linkage/keys.py", "linkage/layer.py", "kernels", "normalize")
"""Those that a layer of the reference index depends on."""
COMPARING = ("linkage", "kernels", "normalize")
"""Those that the persons of a reference depend on."""


@lru_cache(maxsize=8)
def code_hash(*parts: str) -> str:
    """Content hash of the program's modules: of these packages and modules of `skiptrace`, or of everything."""
    root = Path(skiptrace.__file__).parent
    places = [root / part for part in parts] or [root, Path(__file__).parent]
    files = [file for place in places for file in ([place] if place.is_file() else place.rglob("*.py"))]
    return digest(sorted((str(file.relative_to(root.parent)), file.read_text()) for file in files))


def key_id(key: bytes) -> str:
    """A fingerprint of the token key: tokens of another key do not compare."""
    return digest("token key", key.hex(), size=8)


@dataclass(frozen=True)
class LayerPlan:
    """A layer of the reference index: its source, its key, and the partitions of the source that it holds."""

    source: str
    key: str
    parts: tuple[int, ...]


@dataclass(frozen=True)
class Setup:
    """A run's plan as tasks see it.

    Folders: `work` of this run, `private` of the project (deliveries, index, models)."""

    work: Place
    private: Place
    project: Project
    as_of: dt.date
    run_key: str
    partitions: dict[str, tuple[Partition, ...]]
    mappings: dict[str, Mapping]
    delivery_keys: dict[str, tuple[str, ...]]  # of each partition's canonical tables: see `jobs.readings`
    layers: tuple[LayerPlan, ...]
    key_id: str
    past: dict[str, Any] = field(default_factory=dict)  # ledger of outcomes that the run begins with: see `jobs.outcomes`
    reach: str | None = None  # key of the learned scorecards: see `jobs.reach_models`
    limit: int | None = None  # rows of the portfolio that are read; None: all
    register: dict[str, Any] = field(default_factory=dict)  # what was known of accounts: see `jobs.register`
    forgotten: tuple[str, ...] = ()  # tombstones that hold: see `jobs.tombstones`
    notes: tuple[str, ...] = ()  # of the command line, that the run reads: see `jobs.noted`
    exported: dict[str, Any] = field(default_factory=dict)  # what left in exports before: see `jobs.exported`

    def key(self) -> bytes:
        """The key of SSN tokens, read where the task runs: it is in no plan and in no task.

        Raises ConfigError where this machine has another key than the driver: its tokens would match nothing."""
        key = token_key(self.project, os.environ)
        if key_id(key) != self.key_id:
            mend = "give every worker the same key: [security] token_key"
            problem = Problem("security", "token_key", "differs from the driver's", mend)
            raise ConfigError("a worker has another key for SSN tokens", (problem,))
        return key

    def delivery(self, source: str, number: int) -> Place:
        """Folder of the canonical tables of a partition's file, shared by all runs on the same content."""
        return self.private / "deliveries" / self.delivery_keys[source][number]

    def delivered(self, source: str, number: int) -> Place:
        """Receipt of a partition of a source."""
        return self.delivery(source, number) / f"intake-{self.partitions[source][number].piece:05d}.json"

    def key_label(self, number: int) -> str | None:
        """The label of the key of a partition of the portfolio: that of its file. None where nothing is encrypted, and in a small portfolio
        of a night, which has accounts of several."""
        if self.project.encryption is None or not self.is_whole:
            return None
        return keys.label_of(self.partitions["portfolio"][number].file.name)

    @property
    def is_whole(self) -> bool:
        """Whether this is the plan of a whole portfolio, and not of the accounts that a night computes anew (see `jobs.night.few`)."""
        return self.work.parent.name == "work"

    @property
    def index_key(self) -> str:
        """What the reference index is made of: the layers of all record sources."""
        return digest("index", [layer.key for layer in self.layers])

    def layer(self, number: int) -> Place:
        """Folder of a layer of the reference index, shared by all runs on the same content."""
        return self.private / "index" / self.layers[number].key

    def entities(self, weights: str) -> Place:
        """Folder of what is known of the persons among the records of the index, by the key of what two records weigh."""
        return self.private / "entities" / digest("entities", self.index_key, weights, load_rules().hash, code_hash(*COMPARING))

    def receipt(self, step: str, number: int) -> Place:
        """Where a task of this run says it is done."""
        return self.work / "receipts" / f"{step}-{number:05d}.json"

    @property
    def record_sources(self) -> tuple[str, ...]:
        """Sources whose rows are people, sorted: those that the index holds."""
        return tuple(sorted(source.name for source in self.project.source if source.kind not in EVENT_KINDS))

    @property
    def kinds(self) -> dict[str, str]:
        """Kind of each source."""
        return {source.name: source.kind for source in self.project.source}


def write_plan(setup: Setup, text: str) -> None:
    """Keep the plan and the project file as it was read, for tasks and for whoever resumes.

    What a killed attempt left is replaced: the project may have moved since, and its files with it. Keys that are lacking are made."""
    if setup.is_whole:
        keys.make(setup.project, setup.private.parent, [part.file.name for part in setup.partitions["portfolio"]])
    plan = {
        "as_of": setup.as_of.isoformat(), "run_key": setup.run_key, "delivery_keys": setup.delivery_keys,
        "layers": [asdict(layer) for layer in setup.layers], "past": setup.past, "reach": setup.reach, "limit": setup.limit,
        "register": setup.register, "forgotten": list(setup.forgotten), "exported": setup.exported, "notes": list(setup.notes),
        "key_id": setup.key_id, "private": str(setup.private), "project_file": str(setup.project.file),
        "environment": {name: value for name, value in sorted(os.environ.items()) if name.startswith(OVERLAY)},
        "partitions": {source: [_plain(part) for part in parts] for source, parts in setup.partitions.items()},
        "mappings": {source: asdict(mapping) for source, mapping in setup.mappings.items()},
    }  # fmt: skip
    replace_bytes(private_folder(setup.work) / FILE_NAME, text.encode())
    replace_bytes(setup.work / PLAN, with_digest(plan))
    read_plan.cache_clear()


def _plain(part: Partition) -> dict[str, Any]:
    plain = asdict(part)
    if plain["file"]["modified"] is not None:
        plain["file"]["modified"] = plain["file"]["modified"].isoformat()
    return {**plain, "form": part.form.model_dump(mode="json")}


@lru_cache(maxsize=4)
def read_plan(work: str) -> Setup:
    """The plan in a work folder."""
    keyring.refresh()  # a process that has worked before may not know of keys that were made for this run
    folder = place_of(work)
    plan = read_json(folder / PLAN)
    project = load_project(folder / FILE_NAME, plan["environment"]).at(Path(plan["project_file"]))
    return Setup(
        folder, place_of(plan["private"]), project, dt.date.fromisoformat(plan["as_of"]), plan["run_key"],
        {source: tuple(map(_partition, parts)) for source, parts in plan["partitions"].items()},
        {source: _mapping(plain) for source, plain in plan["mappings"].items()},
        {source: tuple(keys) for source, keys in plan["delivery_keys"].items()},
        tuple(LayerPlan(one["source"], one["key"], tuple(one["parts"])) for one in plan["layers"]),
        plan["key_id"], plan["past"], plan["reach"], plan.get("limit"), plan.get("register", {}),
        tuple(plan.get("forgotten", ())), tuple(plan.get("notes", ())), plan.get("exported", {}),
    )  # fmt: skip


def _partition(plain: dict[str, Any]) -> Partition:
    file = dict(plain["file"])
    file["modified"] = dt.date.fromisoformat(file["modified"]) if file["modified"] else None
    form = Form.model_validate_json(json.dumps(plain["form"]))
    mark = None if plain["mark"] is None else Mark(**plain["mark"])
    return Partition(**{**plain, "file": InputFile(**file), "form": form, "mark": mark})


def _mapping(plain: dict[str, Any]) -> Mapping:
    items = tuple(Item(**item) for item in plain["items"])
    return Mapping(items, plain["where"], tuple(plain["references"]), tuple(plain["ignored"]), plain["memory_limit"])
