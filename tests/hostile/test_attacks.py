"""Attacks from a list, each shown failing: paths that climb, links, SQL, formulas, marks that steer a terminal, texts that keep a reader
busy. Files that are programs are in `test_pickles`."""

from __future__ import annotations

import io
import json
import os
import tarfile
import time
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest

from jobs import archive, audit, spilling
from jobs.cli.output import clean
from skiptrace.errors import ConfigError, DataRefused, SkiptraceError, StoreUnavailable, UnsafePermissions
from skiptrace.exchange.control import is_safe
from skiptrace.export.grammar import neutralised
from skiptrace.intake.mapping import apply, compile_mapping
from skiptrace.intake.records import BAD
from skiptrace.normalize import addresses, dates, emails, identifiers, names, phones
from skiptrace.report.render import environment
from skiptrace.results.run import read_run
from skiptrace.rulebook.condition import parse
from skiptrace.rulebook.tokens import ConditionRefused
from skiptrace.store.commit import also_named, put_bytes, replace_bytes
from skiptrace.store.inputs import expand, safe_name
from skiptrace.store.permissions import private_folder
from skiptrace.store.places import place_of, remove_tree
from tests.intake.deliveries import AS_OF, portfolio
from tests.intake.test_hostile_files import taken, zipped
from tests.jobs.published import RUN_ID, publish

ROOT = Path(__file__).resolve().parents[2]
TABLE = pa.table({"id": ["1"], "name": ["Ann"]})


# --- paths that climb -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["../../a.csv", "/etc/a.csv", "a/../../b.csv", "..\\..\\a.csv", "C:\\a.csv"])
def test_a_member_of_a_zip_that_would_lie_elsewhere(tmp_path: Path, name: str) -> None:
    with pytest.raises(DataRefused, match=r"path leaves its folder|a\.zip"):
        taken(tmp_path, "a.zip", zipped(name, b"a\n1\n"))
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


@pytest.mark.parametrize("path", ["../../secret.parquet", "/etc/passwd", "links/../../x.parquet"])
def test_a_manifest_that_names_a_file_elsewhere(tmp_path: Path, path: str) -> None:
    folder = publish(tmp_path / "project")
    ledger = json.loads((folder / "run.json").read_bytes())
    ledger["tables"]["links"]["files"][0]["path"] = path
    (folder / "run.json").write_text(json.dumps(ledger))
    with pytest.raises(SkiptraceError):
        read_run(folder).table("links")
    assert folder.name == RUN_ID


@pytest.mark.parametrize("name", ["../../x", "/tmp/x", "runs/../../x", "skiptrace.toml/../../x"])
def test_a_backup_with_a_member_that_would_lie_elsewhere(tmp_path: Path, name: str) -> None:
    archive.write(tmp_path / "a.tar", {"project": "x"}, {name: lambda: b"theirs"})
    with pytest.raises(SkiptraceError), archive.opened(tmp_path / "a.tar"):
        pass


def test_a_backup_with_a_link(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar", "w") as made:
        link = tarfile.TarInfo("runs/x")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc"
        made.addfile(link)
    with pytest.raises(DataRefused), archive.opened(tmp_path / "a.tar"):
        pass


@pytest.mark.parametrize("name", ["../x.csv", "/x.csv", "a/b.csv", ".hidden", "a\nb.csv", "a\0b"])
def test_a_partners_file_whose_name_is_a_path(name: str) -> None:
    assert not is_safe(name)


@pytest.mark.parametrize("url", ["s3://bucket/../other", "s3://key:secret@bucket/x", "s3://", "sftp://host/x"])
def test_a_store_that_is_none(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        place_of(url)
    assert "secret" not in str(caught.value)


# --- links ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    """A file of somebody else, which a link points at."""
    file = tmp_path / "theirs" / "file"
    file.parent.mkdir()
    file.write_bytes(b"theirs")
    return file


def test_a_link_under_the_name_of_a_file_that_is_put(tmp_path: Path, theirs: Path) -> None:
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "a.json").symlink_to(theirs)
    put_bytes(tmp_path / "ours" / "a.json", b"ours")
    replace_bytes(tmp_path / "ours" / "a.json", b"ours")
    assert theirs.read_bytes() == b"theirs"


def test_a_link_under_the_second_name_of_a_table(tmp_path: Path, theirs: Path) -> None:
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "a").write_bytes(b"ours")
    (tmp_path / "ours" / "b").symlink_to(theirs)
    with pytest.raises(UnsafePermissions):
        also_named(tmp_path / "ours" / "a", tmp_path / "ours" / "b")
    assert theirs.read_bytes() == b"theirs"


def test_a_link_in_place_of_what_is_removed(tmp_path: Path, theirs: Path) -> None:
    (tmp_path / "link").symlink_to(theirs.parent)
    remove_tree(tmp_path / "link")
    assert theirs.read_bytes() == b"theirs"


def test_a_link_in_place_of_the_folder_of_spilled_rows(tmp_path: Path, theirs: Path) -> None:
    (theirs.parent / f"{os.uname().nodename}-{2**22 - 5}").mkdir()
    (tmp_path / "spill").symlink_to(theirs.parent)
    spilling.purge(tmp_path / "spill")
    assert len(list(theirs.parent.iterdir())) == 2
    with pytest.raises(UnsafePermissions):
        private_folder(tmp_path / "spill")


def test_a_link_in_place_of_the_audit_log(tmp_path: Path, theirs: Path) -> None:
    (tmp_path / ".skiptrace").mkdir(mode=0o700)
    (tmp_path / ".skiptrace" / audit.FILE).symlink_to(theirs)
    with pytest.raises(StoreUnavailable):
        audit.record(tmp_path, "1", "r", "x")
    assert theirs.read_bytes() == b"theirs"


# --- SQL ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        *("1); DROP TABLE delivery; --", "name FROM delivery; ATTACH 'x.db'", "(SELECT content FROM read_text('/etc/passwd'))"),
        *("read_text('/etc/passwd')", "getenv('HOME')", "(SELECT 1)", "(FROM delivery)", "(VALUES (1))", "current_setting('threads')"),
        *("name /* */ || name", "name -- rest", "$$x$$", "e'\\x41'", "now()::VARCHAR", "current_user", "count(*) OVER ()"),
        *("len(range(1000000000))::VARCHAR", "repeat(name, 2000000000)", "name.lpad(2000000000, '0')", "sleep_ms(99999999)"),
        *("query('SELECT 1')", "pragma_version()", "getvariable('x')", "write_log('x')", "glob('/etc/*')", "parquet_metadata('/etc/x')"),
        *("random()::VARCHAR", "(WITH x AS (SELECT 1) SELECT * FROM x)", "name) FROM read_csv('/etc/passwd') WHERE (1=1", "COLUMNS('.*')"),
    ],
)  # fmt: skip
def test_an_expression_that_is_more_than_one(text: str) -> None:
    with pytest.raises(ConfigError):
        compile_mapping(TABLE.schema, portfolio({"account_id": "id", "full_name": text}), "tape.csv", "portfolio")


def test_a_column_whose_name_is_sql(tmp_path: Path) -> None:
    odd = 'id") FROM x; DROP TABLE delivery; --'
    table = pa.table({odd: ["1"], "name": ["Ann"]})
    spec = portfolio({"account_id": '"' + odd.replace('"', '""') + '"', "full_name": "upper(name)"})
    found = apply(compile_mapping(table.schema, spec, "f", "portfolio"), table, pa.array([1]), "portfolio", "f", BAD.empty_table())
    assert found.table.to_pylist() == [{"account_id": "1", "full_name": "ANN"}]


@pytest.mark.parametrize(
    "text", ["deceased IS NULL", "coalesce(deceased, false)", "(select true)", "deceased; drop table x", "1 = 1 -- x", "not_a_fact = 1"]
)
def test_a_condition_that_would_hide_a_gap_or_read_elsewhere(text: str) -> None:
    with pytest.raises(ConditionRefused):
        parse(text)


# --- what a reader of the output would run --------------------------------------------------------------------------


@pytest.mark.parametrize("cell", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_cell_that_a_spreadsheet_would_run(cell: str) -> None:
    found, count = neutralised(pa.chunked_array([[cell, "plain"]]))
    assert not found[0].as_py().startswith(("=", "+", "-", "@", "\t", "\r"))
    assert (found[1].as_py(), count) == ("plain", 1)


@pytest.mark.parametrize("text", ["\x1b[2Jgone", "\x1b]0;title\x07", "a\x08\x08b", "\u202egnp.exe"])
def test_marks_that_steer_a_terminal(text: str) -> None:
    assert "\x1b" not in clean(text)
    assert all(character.isprintable() for character in safe_name(text))


def test_markup_in_a_value_of_the_report() -> None:
    page = environment().from_string("{{ value }}").render(value="<script>alert(1)</script>")
    assert "<script>" not in page


def test_a_workbook_with_a_member_that_would_lie_elsewhere(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as book:
        book.writestr("../../evil.xml", "x")
        book.writestr("xl/workbook.xml", "<workbook/>")
    with pytest.raises(DataRefused):
        taken(tmp_path, "a.xlsx", buffer.getvalue())
    assert [path.name for path in tmp_path.iterdir()] == ["a.xlsx"]


# --- texts that keep a reader busy ----------------------------------------------------------------------------------

BUSY = (
    *("A" * 1000, "(" * 1000, "-" * 1000, "ESTATE OF " * 100, "@" * 1000, "1 " * 500, "A." * 500, "A-" * 500, " OR " * 250),
    *("\u0301" * 1000, "x" * 999 + "\0", "&amp;" * 200, "PO BOX " * 140, "+1" * 500, "1/" * 500, "a@" + "b." * 490, '"' * 1000),
)


@pytest.mark.parametrize("text", BUSY, ids=[repr(text[:8]) for text in BUSY])
def test_a_text_that_would_keep_a_reader_busy(text: str) -> None:
    begun = time.process_time()
    for number in range(3):  # each another text
        one = text + str(number)
        names.parse_full(one)
        addresses.parse(one, None, None, None, None)
        phones.parse(one)
        emails.parse(one)
        dates.parse(one, AS_OF)
        identifiers.parse_ssn(one)
    assert time.process_time() - begun < 5


@pytest.mark.parametrize("line", [b"[" * 100_000, b'{"a":' * 50_000, b'{"id": ' + b"9" * 100_000 + b"}", b'{"id": 1e999999999}'])
def test_a_line_of_json_that_would_exhaust_a_parser(tmp_path: Path, line: bytes) -> None:
    rows = b"".join(b'{"id": "%d", "name": "x"}\n' % number for number in range(300))
    found = taken(tmp_path, "a.jsonl", rows + line + b"\n")
    assert found.table.num_rows + found.bad.num_rows == 301
    assert found.table.slice(0, 300)["id"].to_pylist() == [str(number) for number in range(300)]


def test_a_folder_of_deliveries_with_a_loop(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.csv").write_text("id\n1\n")
    (tmp_path / "in" / "again").symlink_to(tmp_path / "in")
    assert [file.name for file in expand("in", tmp_path)] == ["a.csv"]
