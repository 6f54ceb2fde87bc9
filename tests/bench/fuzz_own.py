"""What people write about a project, and what the program keeps for itself, with random damage: project files, rules with their SQL,
mappings, past contacts; match models, the index, tables. Damage must be told, or what is read must be what stands there."""

from __future__ import annotations

import atexit
import csv
import io
import shutil
import tempfile
import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa

from skiptrace.errors import SkiptraceError
from skiptrace.intake import delivery
from skiptrace.intake.gate import Gate
from skiptrace.intake.mapping import apply, compile_mapping
from skiptrace.intake.records import BAD
from skiptrace.intake.words import outcome
from skiptrace.plugins import rules_root
from skiptrace.project.limits import Limits
from skiptrace.project.loading import load
from skiptrace.rulebook import loading
from skiptrace.vocabulary import CHANNELS
from tests.bench.integrity import kinds, made
from tests.intake.deliveries import AS_OF, KEY, portfolio, source

LIMITS = Limits(bad_rows=1.0)
Judge = Callable[[bytes, Path], str]
RULE = "federal/regf_email_basis.toml"
EXPRESSION = "concat_ws(' ', upper(trim(name)), nullif(line, ''), substr(id, 2, 3), CASE WHEN n > 2 THEN 'x' ELSE id END)"
TABLE = pa.table({"id": ["00001", "00002", None], "name": [" Ann ", None, "Bob"], "line": ["", "1 MAIN ST", "x"], "n": [1, 2, 3]})


class Own(NamedTuple):
    """A kind of file: a valid one, and what becomes of a mutant: "refused" (also by an error of ours), "equal" or "different"."""

    name: str
    content: Callable[[], bytes]
    judge: Judge


PROJECT = b"""version = 1
[project]
name = "fuzz"
as_of = 2026-06-30
purposes = ["fcra.collection", "other"]
[portfolio]
path = "portfolio.csv"
where = "balance > 10"
[portfolio.columns]
account_id = "id"
phones = ["home", "cell"]
balance = "try_cast(balance AS DECIMAL(12, 2))"
[[source]]
name = "header"
path = "header/*.parquet"
kind = "credit_header"
purposes = ["fcra.collection"]
cost_per_record = 0.02
[source.columns]
record_id = "record_id"
last_name = "last"
[[export]]
name = "plain"
profile = "csv"
[runtime]
workers = 2
[limits]
bad_rows = 0.02
"""


def _project(content: bytes, folder: Path) -> str:
    """Loaded: each leaf of the file, as the standard library reads it, is in the object under its own key."""
    (folder / "skiptrace.toml").write_bytes(content)
    found = load(folder, {}).model_dump(mode="python")
    return "equal" if _agrees(tomllib.loads(content.decode()), found) else "different"


def _agrees(raw: Any, found: Any) -> bool:
    if isinstance(raw, dict):
        return isinstance(found, dict) and all(name in found and _agrees(value, found[name]) for name, value in raw.items())
    if isinstance(raw, list):
        return len(raw) == len(found) and all(map(_agrees, raw, found))
    return bool(found == raw or (isinstance(found, tuple) and found == (raw,)) or str(found) == str(raw))


def _rule_content() -> bytes:
    return (rules_root() / "compliance" / RULE).read_bytes()


def _rule(content: bytes, folder: Path) -> str:
    """A rulebook of this rule and the shipped tables: refused, or the rule says what the file says, and its cases come out."""
    texts = {name: (rules_root() / "compliance" / name).read_text() for name in loading.TABLES if name != "coverage.toml"}
    try:
        text = content.decode()
    except UnicodeDecodeError:
        (folder / "x.toml").write_bytes(content)
        loading.load.__wrapped__(folder)
        return "different"
    book = loading.from_texts(tuple(sorted({**texts, "coverage.toml": COVERAGE, RULE: text}.items())))
    (rule,), raw = book.rules, tomllib.loads(text)
    same = (rule.id, rule.sentence, rule.jurisdiction, rule.effect) == (raw["id"], raw["sentence"], raw["jurisdiction"], raw["effect"])
    return "equal" if same and rule.effective_from == raw["effective_from"] else "different"


DAYS = "".join(f"{channel} = 0\n" for channel in CHANNELS)
COVERAGE = f'[valid_days]\n{DAYS}[[require]]\njurisdiction = "US"\nchannels = ["email"]\ntopics = ["consent"]\n'


def _mapping(content: bytes, folder: Path) -> str:
    """Compiled and run: the values are those of the plain engine, asked for one row at a time, and NULL where it fails."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return "refused"  # such a project file is not read
    spec = portfolio({"account_id": "id", "full_name": text})
    mapped = apply(compile_mapping(TABLE.schema, spec, "f", "portfolio"), TABLE, pa.array([1, 2, 3]), "portfolio", "f", BAD.empty_table())
    found = mapped.table["full_name"].cast(pa.string()).to_pylist()
    return "equal" if found == [_plainly(text, number) for number in range(3)] else "different"


def _plainly(text: str, row: int) -> str | None:
    with duckdb.connect(config={"threads": 1, "enable_external_access": False}) as connection:
        connection.register("t", TABLE.slice(row, 1))
        try:
            value = connection.sql(f"SELECT CAST(({text}) AS VARCHAR) FROM t").fetchall()[0][0]
        except duckdb.Error:
            return None
    return None if value is None else str(value)


CALLS = "event_id,account_id,channel,value,outcome_code,occurred_at\n" + "".join(
    f"E{n},A{n:03d},voice,253267{1000 + n},{('rpc', 'wrong_number', 'no_answer')[n % 3]},2026-05-{1 + n % 28:02d} 10:{n % 60:02d}:00\n"
    for n in range(30)
)
_CALLS_SPEC = source({name: name for name in CALLS.split("\n")[0].split(",")}, kind="dispositions").model_copy(update={"path": "calls.csv"})


def _calls(content: bytes, folder: Path) -> str:
    """Read: every row is an event or a reject, and each event stands in the file as plain readers see it."""
    (folder / "calls.csv").write_bytes(content)
    found = delivery.survey(_CALLS_SPEC, folder, AS_OF, 1000, "source[1]", limits=LIMITS, gate=_gate())
    tables = [
        delivery.canonical(delivery.load(part, found.mapping, LIMITS), part, _CALLS_SPEC, AS_OF, KEY, None) for part in found.partitions
    ]
    counts = [one.counts for one in tables]
    if any(one["rows_in"] != one["rows_out"] + one["rows_rejected"] + one["rows_filtered"] for one in counts):
        return "different"
    lines = csv.reader(io.StringIO(content.removeprefix(b"\xef\xbb\xbf").decode(errors="replace")))
    plain = {(row[0].strip(), row[1].strip()): row[4].strip() for row in lines if len(row) == 6}
    for event in (row for one in tables for row in one.events.to_pylist()):
        code = plain.get((event["event_id"], event["account_id"]))
        if code is None or event["outcome"] != outcome(code, ""):
            return "different"
    return "equal"


@cache
def _gate() -> Gate:
    """One gate for all mutants; its process ends with this one."""
    gate = Gate(LIMITS)
    atexit.register(gate.__exit__, None, None, None)
    return gate


@cache
def _night() -> dict[str, Any]:
    """The stored files of a project after a run, by kind; it goes when the process ends."""
    folder = tempfile.mkdtemp(prefix="skiptrace-fuzz-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return {stored.kind: stored for stored in kinds(made(Path(folder)))}


def _stored(kind: str) -> Own:
    """A kind of stored file; of several the largest is damaged."""

    def file() -> Path:
        return max(_night()[kind].files, key=lambda place: place.stat().st_size)

    def judge(content: bytes, folder: Path) -> str:
        place, stored = file(), _night()[kind]
        good, before = _good(kind), place.read_bytes()
        place.unlink()
        place.write_bytes(content)
        try:
            found = stored.read(place)
            return "equal" if (found.equals(good) if isinstance(good, pa.Table) else found == good) else "different"
        finally:
            place.unlink(missing_ok=True)
            place.write_bytes(before)

    return Own(kind, lambda: file().read_bytes(), judge)


@cache
def _good(kind: str) -> Any:
    stored = _night()[kind]
    return stored.read(max(stored.files, key=lambda place: place.stat().st_size))


OWN: dict[str, Own] = {
    "project": Own("skiptrace.toml", lambda: PROJECT, _project),
    "rule": Own("rule.toml", _rule_content, _rule),
    "mapping": Own("mapping.sql", EXPRESSION.encode, _mapping),
    "dispositions": Own("calls.csv", CALLS.encode, _calls),
    "model": _stored("match model"),
    "index": _stored("index"),
    "table": _stored("table contact_points"),
    "columns": _stored("columns between tasks"),
}


def judged(own: Own, content: bytes, folder: Path) -> str:
    """What became of a mutant."""
    try:
        return own.judge(content, folder)
    except SkiptraceError:
        return "refused"
