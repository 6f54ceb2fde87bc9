from __future__ import annotations

import json
from pathlib import Path

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from jobs.supply.bill import bill, main
from jobs.supply.licences import Licensed
from jobs.supply.locks import RUN, Locked, read_lock

SMALL = [
    Licensed(Locked("click", "8.5.1", ("a" * 64, "b" * 64), ("dask", "skiptrace")), "BSD-3-Clause", "License-Expression"),
    Licensed(Locked("dask", "2026.8.0", ("c" * 64,), ("skiptrace",)), "MIT OR Apache-2.0", "License-Expression"),
]


def test_the_bill_of_the_lock_is_whole_valid_and_the_same_twice(tmp_path: Path) -> None:
    first, second = tmp_path / "new" / "first.json", tmp_path / "second.json"
    assert main([str(first)]) == main([str(second)]) == 0
    assert first.read_bytes() == second.read_bytes()
    text = first.read_text(encoding="utf-8")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    locked = {(one.name, one.version): set(one.hashes) for one in read_lock(RUN)}
    found = {(one["name"], one["version"]): {told["content"] for told in one["hashes"]} for one in json.loads(text)["components"]}
    assert found == locked


def test_the_validator_would_see_a_wrong_bill() -> None:
    content = json.loads(bill(SMALL))
    content["components"][0]["hashes"][0]["content"] = "no hash"
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(content)) is not None


def test_it_says_who_needs_whom() -> None:
    needs = {one["ref"].split("@")[0]: one["dependsOn"] for one in json.loads(bill(SMALL))["dependencies"]}
    assert needs == {
        "pkg:pypi/skiptrace": ["pkg:pypi/click@8.5.1", "pkg:pypi/dask@2026.8.0"],
        "pkg:pypi/dask": ["pkg:pypi/click@8.5.1"], "pkg:pypi/click": [],
    }  # fmt: skip


def test_its_serial_number_follows_its_content() -> None:
    assert json.loads(bill(SMALL))["serialNumber"] == json.loads(bill(list(SMALL)))["serialNumber"]
    assert json.loads(bill(SMALL))["serialNumber"] != json.loads(bill(SMALL[:1]))["serialNumber"]
