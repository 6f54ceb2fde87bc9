from __future__ import annotations

import re
import tomllib
from pathlib import Path

from skiptrace.project import load
from tests.jobs.cli.conftest import Call
from tests.jobs.test_tapes import made, write

TAPE = {
    "Acct": "id",
    "First": "first",
    "Last": "last",
    "DOB": "born",
    "Address": "line",
    "City": "city",
    "State": "state",
    "Zip": "zip",
    "Phone": "phone",
}


def test_a_tape_becomes_a_project_that_can_be_checked(call: Call, tmp_path: Path) -> None:
    tape, folder = write(tmp_path / "north.csv", made(**TAPE)), tmp_path / "p"
    folder.mkdir(mode=0o700)
    said = call("--project", str(folder), "map", str(tape), "--yes")
    assert said.code == 0
    project = load(folder, {})
    assert {name: texts[0] for name, texts in project.portfolio.columns.items()}["postal_code"] == "Zip"
    assert call("--project", str(folder), "check").code == 0
    values = {value for column in made(**TAPE).values() for value in column if len(value) > 2}
    assert not values & set(re.split(r"\s{2,}|\n", said.out))  # nothing of a value is shown


def test_the_next_tape_of_the_seller_needs_no_question(call: Call, tmp_path: Path) -> None:
    tape = write(tmp_path / "north.csv", made(**TAPE))
    call("--project", str(tmp_path), "map", str(tape), "--yes")
    layout = tmp_path / "layouts" / "north.toml"
    layout.write_text(layout.read_text().replace('"Phone"  #', '"upper(Phone)"  #'))
    again = call("--project", str(tmp_path), "--json", "map", str(write(tmp_path / "may.csv", made(**TAPE))))
    assert {one["column"]: one["expressions"] for one in again.json["mapped"]}["phone"] == ["upper(Phone)"]
    assert again.json["written"] == {}
    other = write(tmp_path / "june.csv", made(**{("Telephone" if key == "Phone" else key): value for key, value in TAPE.items()}))
    changed = call("--project", str(tmp_path), "map", str(other))
    assert changed.code == 2
    assert 'no column "Phone", which is mapped' in changed.err
    assert 'a new column "Telephone"' in changed.err
    assert call("--project", str(tmp_path), "map", str(other), "--anew", "--yes").code == 0
    assert call("--project", str(tmp_path), "--json", "map", str(tape), "--like", str(layout)).json["mapped"]


def test_a_source_is_mapped_as_one(call: Call, tmp_path: Path) -> None:
    tape = write(tmp_path / "voters.csv", made(VoterID="id", LName="last", RegZipCode="zip", Registrationdate="opened"))
    said = call("--project", str(tmp_path), "--json", "map", str(tape), "--source", "voters", "--kind", "voter")
    assert [one["column"] for one in said.json["mapped"]] == ["record_id", "last_name", "postal_code", "first_seen"]
    assert tomllib.loads((tmp_path / "layouts" / "voters.toml").read_text())["kind"] == "voter"
    assert not (tmp_path / "skiptrace.toml").exists()


def test_what_is_not_sure_is_left_out_and_told(call: Call, tmp_path: Path) -> None:
    tape = write(tmp_path / "odd.csv", made(Acct="id", Phone="zip", Zip="line"))
    said = call("--project", str(tmp_path), "--json", "map", str(tape))
    assert [one["column"] for one in said.json["mapped"]] == ["account_id"]
    assert {one["column"] for one in said.json["open"]} == {"phone", "postal_code"}
    assert "# phone" in (tmp_path / "skiptrace.toml").read_text()


def test_without_a_row_id_the_rest_is_written_and_the_id_asked_for(call: Call, tmp_path: Path) -> None:
    said = call("--project", str(tmp_path), "map", str(write(tmp_path / "odd.csv", made(City="city"))), "--yes")
    assert said.code == 2
    assert "account_id" in said.err
    assert "City" in (tmp_path / "skiptrace.toml").read_text()


def test_a_tape_without_a_header_is_mapped_by_its_values(call: Call, tmp_path: Path) -> None:
    tape = tmp_path / "bare.txt"
    lines = write(tmp_path / "odd.csv", made(A="id", B="last", C="first", D="email", E="phone"), "|").read_text().splitlines()
    tape.write_text("\n".join(lines[1:]) + "\n")
    assert call("--project", str(tmp_path), "map", str(tape), "--yes").code == 0
    project = load(tmp_path, {})
    assert {name: texts[0] for name, texts in project.portfolio.columns.items()} == {
        "account_id": "column_1", "last_name": "column_2", "first_name": "column_3", "email": "column_4", "phone": "column_5",
    }  # fmt: skip
    assert project.portfolio.file.header is False
    assert call("--project", str(tmp_path), "check").code == 0


def test_days_among_the_headers_are_no_values(call: Call, tmp_path: Path) -> None:
    tape = write(tmp_path / "voters.csv", made(**{"Voter ID": "id", "Last Name": "last", "Zip": "zip", "11/8/2011": "precinct"}))
    assert call("--project", str(tmp_path), "map", str(tape), "--yes").code == 0
    assert load(tmp_path, {}).portfolio.file.header is True
    assert call("--project", str(tmp_path), "check").code == 0
