"""Data sets that are not projects yet, made into projects: public test sets, generated ones, and one name many times.

A public set becomes `portfolio`, `reference`, `truth` (account_id, record_id) and a project file. A set with two sides keeps
them; of a set to be deduplicated one record of each person, chosen by a hash, is the portfolio and all others are the
reference, so that people with one record are in no reference. Rows are in order of a hash and get new ids: the old ones
name the person. FEBRL's identity number is left out: with it the task is trivial.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from tests.bench.linkage_truth import literal

COLUMNS = ("first_name", "last_name", "dob", "street", "street2", "city", "state", "zip", "email")
"""Evidence in the files that are made, all text; dob as YYYY-MM-DD, or as unreadable as it came."""

_MAPPED = {
    "first_name": "first_name", "last_name": "last_name", "dob": "try_strptime(dob, '%Y-%m-%d')::DATE", "street": "street",
    "street2": "street2", "city": "city", "state": "state", "zip": "zip", "email": "email",
}  # fmt: skip
_FIELDS = {"street": "address_line1", "street2": "address_line2", "zip": "postal_code"}


@dataclass(frozen=True)
class Public:
    """A public set: its file, or its two sides; SQL of the person, of the row and of COLUMNS; a day; a country."""

    files: tuple[str, ...]
    entity: str
    key: str
    columns: Mapping[str, str]
    as_of: str
    country: str | None = None


def _febrl(*files: str) -> Public:
    columns = {
        "first_name": "given_name", "last_name": "surname", "street": "nullif(concat_ws(' ', street_number, address_1), '')",
        "dob": "date_of_birth[1:4] || '-' || date_of_birth[5:6] || '-' || date_of_birth[7:8]",
        "street2": "address_2", "city": "suburb", "state": "state", "zip": "postcode",
    }  # fmt: skip
    return Public(files, r"regexp_extract(rec_id, '(\d+)', 1)", "rec_id", columns, "2015-01-01", "AU")


# `as_of` is a day on which nobody is older than a birth date may make a debtor, and nobody is yet to be born.
# The people of the historical set lived before anybody who owes money: their years are folded into one century, 1915 to 2014.
_FOLDED = "case when regexp_full_match(dob, '\\d{4}-\\d\\d-\\d\\d') then 1915 + dob[1:4]::int % 100 || dob[5:] else dob end"
_FAKE = {name: name for name in ("first_name", "dob", "city", "email")} | {"last_name": "surname"}
_HISTORICAL = {"first_name": "first_name", "last_name": "surname", "dob": _FOLDED, "city": "birth_place", "zip": "postcode_fake"}

PUBLIC = {
    "febrl1": _febrl("febrl1"), "febrl2": _febrl("febrl2"), "febrl3": _febrl("febrl3"), "febrl4": _febrl("febrl4a", "febrl4b"),
    "splink_fake_1000": Public(("splink_fake_1000",), '"cluster"', "unique_id", _FAKE, "2060-01-01"),
    "splink_fake_20000": Public(("splink_fake_20000",), '"group"', "unique_id", _FAKE, "2060-01-01"),
    "splink_historical_50k": Public(("splink_historical_50k",), '"cluster"', "unique_id", _HISTORICAL, "2029-12-31", "GB"),
}  # fmt: skip


def find(environ: Mapping[str, str], file: str) -> str | None:
    """SQL that reads a file of a public set: Parquet or CSV under DATA/linkage, or FEBRL's own under FEBRL."""
    places = [Path(environ["DATA"]) / "linkage" / f"{file}{end}" for end in (".parquet", ".csv")] if environ.get("DATA") else []
    if environ.get("FEBRL") and file.startswith("febrl"):
        places.append(Path(environ["FEBRL"]) / f"dataset{file.removeprefix('febrl')}.csv")
    place = next((place for place in places if place.is_file()), None)
    if place is None:
        return None
    if place.suffix == ".parquet":
        return f"read_parquet({literal(place)})"
    return f"read_csv({literal(place)}, all_varchar = true, header = true)"


def make_public(environ: Mapping[str, str], name: str, folder: Path) -> str:
    """Make a public set a project in `folder`; returns the reason why it could not, or nothing."""
    public = PUBLIC[name]
    if not environ.get("DATA"):
        return "DATA is not set"
    sources = [find(environ, file) for file in public.files]
    if None in sources:
        other = ", and FEBRL= names no folder with them" if name.startswith("febrl") else ""
        return f"DATA/linkage holds no {' and '.join(public.files)}{other}"
    con = duckdb.connect()
    # An empty text is a missing value; text of the CSV form has blanks around it.
    clean = "(select nullif(trim(columns(*)::varchar), '') from {})"
    given = ", ".join(f"({public.columns.get(c, 'null')})::varchar as {c}" for c in COLUMNS)
    taken = f"{public.entity} entity, md5({public.key}) hash, {given}"
    parts = [f"select {side} side, {taken} from {clean.format(source)}" for side, source in enumerate(sources)]
    con.execute(f"create table everybody as {' union all '.join(parts)}")
    first = "side = 0" if len(sources) > 1 else "true"
    con.execute(f"""create table numbered as select *, row_number() over (order by hash, side) number,
        {first} and row_number() over (partition by entity, side order by hash) = 1 mine from everybody""")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    text = ", ".join(COLUMNS)
    made = {
        "portfolio": f"select 'A' || lpad(number::varchar, 6, '0') account_id, {text} from numbered where mine order by number",
        "reference": f"select 'R' || lpad(number::varchar, 6, '0') record_id, {text} from numbered where not mine order by number",
        "truth": """select 'A' || lpad(a.number::varchar, 6, '0') account_id, 'R' || lpad(r.number::varchar, 6, '0') record_id
            from numbered a join numbered r using (entity) where a.mine and not r.mine order by 1, 2""",
    }  # fmt: skip
    for file, sql in made.items():
        con.execute(f"copy ({sql}) to {literal(folder / f'{file}.parquet')} (format parquet)")
    mapped = {_FIELDS.get(c, c): _MAPPED[c] for c in COLUMNS if c in public.columns}
    write_project(folder, name, public.as_of, mapped | ({"country": f"'{public.country}'"} if public.country else {}))
    return ""


def write_project(folder: Path, name: str, as_of: str, columns: Mapping[str, str]) -> None:
    """A project file over portfolio.parquet and reference.parquet with the same columns on both sides."""
    purposes = 'purposes = ["fcra.collection", "glba.fraud_prevention_or_collection"]'
    mapped = [f'{column} = "{sql}"' for column, sql in columns.items()]
    lines = [
        "version = 1", "[project]", f'name = "{name.replace("_", "-")}"', f"as_of = {as_of}", purposes,
        "[portfolio]", 'path = "portfolio.parquet"', "[portfolio.columns]", 'account_id = "account_id"', *mapped,
        "[[source]]", 'name = "reference"', 'path = "reference.parquet"', 'kind = "own_portfolio"', purposes,
        "[source.columns]", 'record_id = "record_id"', *mapped,
    ]  # fmt: skip
    (folder / "skiptrace.toml").write_text("\n".join(lines) + "\n")


def make_namesakes(folder: Path, count: int) -> None:
    """A project of `count` accounts and `count` records that all say JOHN SMITH and nothing else."""
    folder.mkdir(parents=True, mode=0o700)
    names = {"first_name": pa.array(["JOHN"] * count), "last_name": pa.array(["SMITH"] * count)}
    for file, key, letter in (("portfolio", "account_id", "A"), ("reference", "record_id", "R")):
        pq.write_table(pa.table({key: [f"{letter}{number:07d}" for number in range(count)], **names}), folder / f"{file}.parquet")
    write_project(folder, "namesakes", "2026-06-30", {"first_name": "first_name", "last_name": "last_name"})


def generated(environ: Mapping[str, str], cache: Path, accounts: int, records: int) -> tuple[Path | None, str]:
    """(folder of a generated set with its project file, or None and the reason). Made once per size in `cache`."""
    if not environ.get("DATA"):
        return None, "DATA is not set"
    program, mapping = Path(environ["DATA"]) / "generator" / "gen_scale.py", Path(environ["DATA"]) / "scale_20k" / "skiptrace.toml"
    if not program.is_file() or not mapping.is_file():
        return None, "DATA holds no generator, or no scale_20k whose project file fits what it makes"
    final = cache / f"scale-{accounts}x{records}"
    if not final.is_dir():
        scratch = cache / f".partial-{uuid.uuid4().hex}"
        scratch.mkdir(parents=True, mode=0o700)
        words = ["--accounts", str(accounts), "--refs", str(records), "--procs", str(min(2, os.cpu_count() or 1))]
        done = subprocess.run([sys.executable, str(program), str(scratch), *words], stdout=subprocess.DEVNULL, check=False)
        if done.returncode:
            shutil.rmtree(scratch)
            return None, f"the generator ended with {done.returncode}"
        shutil.copy(mapping, scratch)
        scratch.rename(final)
    return final, ""
