"""A run of Splink on a set that the peer's own program cannot train on, for want of the columns that it needs.

    python linkage_splink.py DATA_SET --out FOLDER [--rules tight8|tight10]

A program of its own: the interpreter that has Splink runs it, and nothing of this project is imported. It reads
`portfolio.parquet` and `reference.parquet` (account_id or record_id; first_name, last_name, dob, street, city, state,
zip, email; all text) and leaves `links/` in the columns of the run tables. The model is the strongest that is known for
the library: levels of our own for each comparison, term frequencies on names and ZIP, compound blocking keys, and the
chance that strangers share an address or e-mail set by hand, since random pairs never share them and relatives do.
There is no identity number and no phone: the wider rule set has keys of place in their stead.
"""

from __future__ import annotations

import argparse
import csv
import json
import logging
import resource
import warnings
from pathlib import Path
from typing import Any

import duckdb
import nicknames
import pyarrow as pa
import splink.comparison_level_library as level
from splink import Linker, SettingsCreator, block_on
from splink.comparison_library import CustomComparison
from splink.internals.duckdb.database_api import DuckDBAPI
from splink.internals.exceptions import EMTrainingException

SHARED = 3e-3
"""Chance that two different people of a candidate pair share an address; of an e-mail address, a tenth."""
RECALL = 0.7
"""Of the sure rules behind the prior."""
LEAST_WEIGHT = -4.0

Rule = tuple[str, ...]
BOTH: list[Rule] = [("email",), ("first_name", "last_name")]
RULES: dict[str, list[Rule]] = {
    "tight8": [*BOTH, ("dob", "last_name"), ("dob", "first_name")],
    "tight10": [
        *BOTH, ("dob", "substr(first_name, 1, 1)"), ("dob", "substr(last_name, 1, 1)"), ("house", "road", "state"), ("last_name", "zip"),
        ("first_name", "zip"), ("dob", "zip"), ("road", "zip"), ("first_name", "city"), ("dob", "city"),
    ],
}  # fmt: skip
SURE: list[Rule] = [("first_name", "last_name", "dob"), ("email",), ("first_name", "last_name", "road"), ("dob", "road", "house")]
TRAIN: list[Rule] = [("first_name", "last_name"), ("dob", "zip"), ("dob", "city"), ("house", "road"), ("email",)]
ROAD_WORDS = {"street": "st", "avenue": "ave", "road": "rd", "drive": "dr", "court": "ct", "place": "pl", "crescent": "cr"}


def main() -> None:
    """Read, train, predict, write; print what it took."""
    warnings.filterwarnings("ignore")
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--rules", choices=sorted(RULES), default="tight8")
    given = parser.parse_args()
    con = duckdb.connect(config={"threads": 2})
    con.register("nick", _nicknames())
    for side, key in (("portfolio", "account_id"), ("reference", "record_id")):
        con.execute(f"create table {side}_all as {_normalised(given.data / f'{side}.parquet', key)}")
    have = {c for c in ("first_name", "last_name", "dob", "road", "house", "city", "state", "zip", "email") if _filled(con, c)}
    gone = ", ".join({*({"road", "house", "city", "state", "zip", "email"} - have), "given_id"})
    for side in ("portfolio", "reference"):
        con.execute(f"create view {side} as select * exclude ({gone}) from {side}_all")
    weighed, spent = _weighed(con, have, RULES[given.rules])
    place = given.out / "links"
    place.mkdir(parents=True, exist_ok=True)
    con.execute(f"""copy (select p.given_id account_id, 'reference' source, r.given_id record_id,
        (row_number() over (partition by p.given_id order by s.match_weight desc, r.given_id))::int rank, s.match_weight,
        s.match_probability, 'same' relation, case when s.match_probability >= 0.95 then 'linked' else 'review' end status
        from {weighed} s join portfolio_all p on p.unique_id = least(s.unique_id_l, s.unique_id_r)
        join reference_all r on r.unique_id = greatest(s.unique_id_l, s.unique_id_r) order by 1, 4)
        to '{str(place / "part-0.parquet").replace("'", "''")}' (format parquet)""")
    print(json.dumps({"rules": given.rules, **spent}))


def _weighed(con: duckdb.DuckDBPyConnection, have: set[str], rules: list[Rule]) -> tuple[str, dict[str, float]]:
    """(table of weighed pairs, CPU seconds of training and of prediction)."""

    def blocks(wanted: list[Rule]) -> list[object]:
        return [block_on(*rule) for rule in wanted if {part.removeprefix("substr(").partition(",")[0] for part in rule} <= have]

    api = DuckDBAPI(connection=con)
    settings = SettingsCreator(
        link_type="link_only", unique_id_column_name="unique_id", comparisons=_comparisons(have), em_convergence=0.001,
        blocking_rules_to_generate_predictions=blocks(rules),
        retain_intermediate_calculation_columns=False, retain_matching_columns=False,
    )  # fmt: skip
    begun = _cpu()
    linker = Linker([api.register("portfolio"), api.register("reference")], settings, log_level=logging.ERROR)
    linker.training.estimate_probability_two_random_records_match(blocks(SURE), recall=RECALL)
    linker.training.estimate_u_using_random_sampling(max_pairs=1_000_001, seed=1)
    for rule in blocks(TRAIN):
        try:
            linker.training.estimate_parameters_using_expectation_maximisation(rule, estimate_without_term_frequencies=True)
        except EMTrainingException:
            continue  # the set holds no such pairs: the other rules train
    trained = _cpu()
    found: str = linker.inference.predict(threshold_match_weight=LEAST_WEIGHT).physical_name
    return found, {"train_cpu_s": round(trained - begun, 2), "predict_cpu_s": round(_cpu() - trained, 2)}


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _filled(con: duckdb.DuckDBPyConnection, column: str) -> bool:
    counts = [con.execute(f"select count({column}) from {side}_all").fetchone() for side in ("portfolio", "reference")]
    return all(count is not None and count[0] > 0 for count in counts)


def _nicknames() -> pa.Table:
    known: dict[str, set[str]] = {}
    with (Path(nicknames.__file__).parent / "names.csv").open() as file:
        for row in csv.DictReader(file):
            one, other = row["name1"].lower(), row["name2"].lower()
            known.setdefault(one, {one}).add(other)
            known.setdefault(other, {other}).add(one)
    return pa.table({"name": list(known), "forms": [sorted(forms) for forms in known.values()]})


def _normalised(file: Path, key: str) -> str:
    """SQL of one side; ids of the reference begin behind those of any portfolio."""
    line = "regexp_replace(lower(street), '[^a-z0-9 ]', ' ', 'g')"
    for word, short in ROAD_WORDS.items():
        line = f"regexp_replace({line}, '\\b{word}\\b', '{short}')"
    name = "nullif(regexp_replace(lower({}), '[^a-z{}]', '', 'g'), '')"
    return f"""with a as (select {key} given_id, row_number() over () + {0 if key == "account_id" else 10**9} unique_id,
        {name.format("first_name", "")} first_name, {name.format("replace(trim(last_name), ' ', '-')", "-")} last_name, dob,
        nullif(trim(regexp_replace({line}, ' +', ' ', 'g')), '') line, nullif(trim(lower(city)), '') city,
        nullif(lower(trim(state)), '') state, nullif(lower(trim(zip)), '') zip, lower(trim(email)) email
        from read_parquet('{str(file).replace("'", "''")}'))
    select a.*, nullif(regexp_extract(line, '^[0-9]+'), '') house, nullif(trim(regexp_replace(line, '^[0-9]+', '')), '') road,
        coalesce(n.forms, [first_name]) forms, list_distinct([last_name] || string_split(last_name, '-')) parts
        from a left join nick n on n.name = a.first_name"""


def _comparisons(have: set[str]) -> list[object]:
    """One comparison per kind of evidence that both sides have, its levels from best to worst."""
    custom, close, same = level.CustomLevel, level.JaroWinklerLevel, level.ExactMatchLevel
    swapped = custom("first_name_l = last_name_r and last_name_l = first_name_r", "names swapped")
    either_initial = "(length(first_name_l) = 1 or length(first_name_r) = 1) and first_name_l[1:1] = first_name_r[1:1]"
    crossed = "dob_l[1:4] = dob_r[1:4] and dob_l[6:7] = dob_r[9:10] and dob_l[9:10] = dob_r[6:7]"
    new_year = "dob_l[1:4] = dob_r[1:4] and (dob_l[6:10] = '01-01' or dob_r[6:10] = '01-01')"

    def shared(one: Any, chance: float) -> object:
        return one.configure(u_probability=chance, fix_u_probability=True)

    def comparison(name: str, *levels: object) -> object:
        return CustomComparison(output_column_name=name, comparison_levels=[*levels, level.ElseLevel()])

    out = [
        comparison("first_name", level.NullLevel("first_name"), same("first_name", term_frequency_adjustments=True), swapped,
                   custom("list_has_any(forms_l, forms_r)", "nickname"), close("first_name", 0.92), custom(either_initial, "initial"),
                   close("first_name", 0.8)),
        comparison("last_name", level.NullLevel("last_name"), same("last_name", term_frequency_adjustments=True), swapped,
                   custom("list_has_any(parts_l, parts_r)", "a part"), close("last_name", 0.92), close("last_name", 0.85)),
        comparison("dob", level.NullLevel("dob"), same("dob"), custom(crossed, "day and month crossed"), level.LevenshteinLevel("dob", 1),
                   custom("dob_l[1:7] = dob_r[1:7]", "year and month"), custom(new_year, "first of January"),
                   custom("dob_l[5:10] = dob_r[5:10]", "month and day"), custom("dob_l[1:4] = dob_r[1:4]", "year")),
    ]  # fmt: skip
    place = []
    if "road" in have:
        near = "house_l = house_r and jaro_winkler_similarity(road_l, road_r) > 0.9" + (" and state_l = state_r" if "state" in have else "")
        spots = " or ".join(f"{c}_l = {c}_r" for c in ("zip", "city") if c in have)
        place.append(shared(custom(f"line_l = line_r and ({spots})", "line and place"), SHARED))
        place.append(shared(custom(near, "house and road"), SHARED))
    if "zip" in have:
        place.append(custom("zip_l = zip_r", "zip").configure(tf_adjustment_column="zip"))
    place += [custom(f"{c}_l = {c}_r", c) for c in ("city", "state") if c in have]
    fields = [c for c, present in (("line", "road" in have), ("zip", "zip" in have), ("city", "city" in have)) if present]
    if place and fields:
        empty = " or ".join("(" + " and ".join(f"{c}_{side} is null" for c in fields) + ")" for side in "lr")
        out.append(comparison("place", custom(empty, "no place").configure(is_null_level=True), *place))
    if "email" in have:
        user = "split_part(email_l, '@', 1) = split_part(email_r, '@', 1)"
        out.append(comparison("email", level.NullLevel("email"), shared(same("email"), SHARED / 10), custom(user, "user part"),
                              close("email", 0.92)))  # fmt: skip
    return out


if __name__ == "__main__":
    main()
