from __future__ import annotations

import datetime as dt
import pickle
from pathlib import Path

import pytest

from skiptrace.errors import ConfigError
from skiptrace.project import Project, load, permitted
from skiptrace.project.loading import MAX_BYTES, UNKNOWN

DAY = dt.date(2026, 6, 30)
SMALL = """\
version = 1
[project]
name = "small"
as_of = 2026-06-30
purposes = ["fcra.collection"]
[portfolio]
path = "tape.parquet"
[portfolio.columns]
account_id = "account_id"
phones = ["home", "cell"]
[[source]]
name = "header"
path = "header.parquet"
kind = "credit_header"
purposes = ["fcra.collection", "dmf.certified"]
cost_per_record = 1
[source.columns]
record_id = "id"
dob = "strptime(dob, '%m/%d/%Y')"
[[export]]
name = "dialer"
profile = "csv"
"""


def write(folder: Path, text: str) -> Path:
    file = folder / "skiptrace.toml"
    file.write_text(text, encoding="utf-8")
    return file


def read(folder: Path, text: str, **environ: str) -> Project:
    return load(write(folder, text), environ)


def problems(folder: Path, text: str, **environ: str) -> list[tuple[str, str, str, str]]:
    with pytest.raises(ConfigError) as caught:
        read(folder, text, **environ)
    assert caught.value.exit_code == 2
    return [(p.file, p.place, p.what, p.mend) for p in caught.value.problems]


def test_a_small_file_has_the_documented_defaults(tmp_path: Path) -> None:
    project = read(tmp_path, SMALL)
    assert project.project.as_of == dt.date(2026, 6, 30)
    assert project.portfolio.columns == {"account_id": ("account_id",), "phones": ("home", "cell")}
    assert [spec.name for spec in project.deliveries()] == ["portfolio", "header"]
    assert project.source[0].cost_per_record == 1.0
    assert not project.source[0].required
    assert project.runtime.scheduler == "auto"
    assert project.runtime.rows_per_partition == 250_000
    assert project.compliance.operator_role is None
    assert project.folder == tmp_path


def test_a_folder_stands_for_the_file_in_it(tmp_path: Path) -> None:
    write(tmp_path, SMALL)
    assert load(tmp_path, {}).file == tmp_path / "skiptrace.toml"


def test_a_project_travels_to_workers_unchanged(tmp_path: Path) -> None:
    project = read(tmp_path, SMALL)
    twin = pickle.loads(pickle.dumps(project))  # noqa: S301 - our own bytes
    assert twin == project
    assert twin.folder == tmp_path


def test_every_problem_is_told_at_once_with_key_line_and_mend(tmp_path: Path) -> None:
    text = SMALL.replace("as_of = 2026-06-30", 'as_off = "x"').replace(
        'kind = "credit_header"', 'kind = "creditheader"'
    )
    text = text.replace('record_id = "id"', 'record_idd = "id"').replace("cost_per_record = 1", "cost_per_record = -1")
    found = problems(tmp_path, text)
    assert ("skiptrace.toml", "project.as_off (line 4)", "is not a known key", 'did you mean "as_of"?') in found
    assert (
        "skiptrace.toml",
        "source[1].kind (line 14)",
        "is not a known word",
        'did you mean "credit_header"?',
    ) in found
    places = {place: what for _, place, what, _ in found}
    assert places["source[1].cost_per_record (line 16)"] == "must be at least 0.0"
    assert places["source[1].columns.record_idd (line 18)"] == "is not a canonical column"
    assert places["source[1].columns (line 17)"].startswith("record_id is missing")
    assert len(found) == 5


@pytest.mark.parametrize(
    "extra",
    [
        ("cost_per_record = 1", 'cost_per_record = 1\n"ALBERT MACALLISTER" = "x"'),
        ('record_id = "id"', 'record_id = "id"\nALBERT = "last_name"'),
        ("cost_per_record = 1", 'formats = {"206-555-0134" = "%Y"}'), ("[[export]]", "[4111111111111111]\n[[export]]"),
    ],
)  # fmt: skip
def test_a_value_in_a_key_s_place_is_told_by_its_line_alone(tmp_path: Path, extra: tuple[str, str]) -> None:
    ((_, place, what, _),) = problems(tmp_path, SMALL.replace(*extra))
    assert what in UNKNOWN
    assert place.partition(" (line ")[0].endswith("?")
    assert "(line " in place
    assert not any(value in place for value in ("ALBERT", "206", "4111"))


@pytest.mark.parametrize(
    ("before", "after", "place", "said"),
    [
        ("version = 1", "version = 2", "version", "does not read"),
        ("version = 1\n", "", "version", "is missing"),
        ('name = "small"', 'name = "../small"', "project.name", "not a safe name"),
        ('name = "small"', "name = 5", "project.name", "must be text in quotes"),
        ("as_of = 2026-06-30", 'as_of = "2026-06-30"', "project.as_of", "must be a date without quotes"),
        ('["fcra.collection"]\n[portfolio]', "[]\n[portfolio]", "project.purposes", "must not be empty"),
        (
            '["fcra.collection"]\n[portfolio]',
            '["fcra.colection"]\n[portfolio]',
            "project.purposes[1]",
            "not a known word",
        ),
        ('path = "tape.parquet"', 'path = ""', "portfolio.path", "must not be empty"),
        ('path = "tape.parquet"', 'path = "${env:TAPE}"', "portfolio.path", "secrets are read in [security] only"),
        ('path = "tape.parquet"', 'path = "t"\nwhere = "a; b"', "portfolio.where", "no ';'"),
        ('account_id = "account_id"', 'account_id = ""', "portfolio.columns.account_id", "an empty expression"),
        (
            'account_id = "account_id"',
            "account_id = 7",
            "portfolio.columns.account_id",
            "must be an SQL expression in quotes",
        ),
        ('account_id = "account_id"', 'account_id = ["a"]', "portfolio.columns.account_id", "takes one expression"),
        ('["home", "cell"]', '["home", 1]', "portfolio.columns.phones", "must be a list of SQL expressions"),
        ('["home", "cell"]', "[]", "portfolio.columns.phones", "must not be empty"),
        ('name = "header"', 'name = "portfolio"', "source[1].name", "is the name of the accounts themselves"),
        ("cost_per_record = 1", "cost_per_record = nan", "source[1].cost_per_record", "must be a finite number"),
        ("cost_per_record = 1", 'max_age_days = "7"', "source[1].max_age_days", "must be a whole number"),
        ("cost_per_record = 1", "required = 1", "source[1].required", "must be true or false"),
        (
            "cost_per_record = 1",
            'formats = {dob = "ymd"}',
            "source[1].formats.dob",
            "is not a form that strptime knows",
        ),
        ("cost_per_record = 1", 'formats = {dobb = "%Y"}', "source[1].formats.dobb", "is not a date column"),
        ("cost_per_record = 1", 'formats = {last_seen = "%Y"}', "source[1].formats.last_seen", "is not mapped"),
        (
            'dob = "strptime',
            'consent_voice_at = "strptime',
            "source[1].columns.consent_voice_at",
            "needs consent_voice",
        ),
        ('name = "dialer"', 'name = "a/b"', "export[1].name", "not a safe name"),
        ("[[export]]", "[encryption]\n[[export]]", "encryption.kms", "is missing"),
        ("[[export]]", '[encryption]\nkms = "0123abc"\n[[export]]', "encryption.kms", "is not the name of a master key"),
        ("[[export]]", "[runtim]\n[[export]]", "runtim", "is not a known key"),
        (
            "[[export]]",
            '[compliance]\nlicensed_states = ["wa"]\n[[export]]',
            "compliance.licensed_states[1]",
            "is not a state",
        ),
        (
            "[[export]]",
            '[[compliance.attest]]\nstep = "x"\nby = "y"\n[[export]]',
            "compliance.attest[1].date",
            "is missing",
        ),
        ("[[export]]", '[runtime]\nscheduler = "thread"\n[[export]]', "runtime.scheduler", "is not a known word"),
        (
            "[[export]]",
            '[runtime]\nscheduler = "tcp://10.0.0.7:1"\n[[export]]',
            "runtime.scheduler",
            "this machine only",
        ),
        ("[[export]]", "[runtime]\nworkers = 0\n[[export]]", "runtime.workers", "must be at least 1"),
        (
            "[[export]]",
            '[runtime]\nmemory_limit = "lots"\n[[export]]',
            "runtime.memory_limit",
            "not an amount of memory",
        ),
    ],
)
def test_one_mistake_is_one_problem(tmp_path: Path, before: str, after: str, place: str, said: str) -> None:
    assert before in SMALL
    found = problems(tmp_path, SMALL.replace(before, after, 1))
    assert [(where.split(" (")[0], said in what) for _, where, what, _ in found] == [(place, True)]


@pytest.mark.parametrize(
    "address", ["auto", "sync", "threads", "processes", "tls://node-1:8786", "tcp://127.0.0.1:8786"]
)
def test_schedulers_that_are_allowed(tmp_path: Path, address: str) -> None:
    assert read(tmp_path, SMALL + f'[runtime]\nscheduler = "{address}"\n').runtime.scheduler == address


def test_names_that_differ_in_capitals_only_are_one_name(tmp_path: Path) -> None:
    twice = SMALL + '[[export]]\nname = "Dialer"\nprofile = "csv"\n'
    assert [(place, what) for _, place, what, _ in problems(tmp_path, twice)] == [
        ("export[2].name (line 24)", "is also the name of export[1]")
    ]


@pytest.mark.parametrize(
    ("kind", "columns", "missing"),
    [
        ("dispositions", 'event_id = "e"\naccount_id = "a"', ["channel", "occurred_at", "outcome_code"]),
        ("suppression", 'list = "l"\nscope = "s"', ["value"]),
        ("deceased", 'last_name = "l"', ["record_id"]),
    ],
)
def test_each_kind_has_columns_that_it_needs(tmp_path: Path, kind: str, columns: str, missing: list[str]) -> None:
    source = f'[[source]]\nname = "x"\npath = "x"\nkind = "{kind}"\npurposes = ["other"]\n[source.columns]\n{columns}\n'
    assert [what.split(" ")[0] for _, _, what, _ in problems(tmp_path, SMALL + source)] == missing


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a = 1\n\na = 2\n", 3, "there twice"),
        ("[a]\n[b]\n[a]\n", 3, "there twice"),
        ("a = 1\nb = what\n", 2, "invalid value"),
        ("a = 1\nb = 01\n", 2, ""),
    ],
)
def test_toml_that_does_not_parse_is_told_by_line(tmp_path: Path, text: str, line: int, said: str) -> None:
    ((_, place, what, _),) = problems(tmp_path, text)
    assert place == f"line {line}"
    assert said in what


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xef\xbb\xbfversion = 1\n", "byte order mark"),
        ("version = 1\n".encode("utf-16"), "byte order mark"),
        (b"version = 1\n# \xff\n", "is not UTF-8"),
        (b"#" * (MAX_BYTES + 1), "larger than 1 MiB"),
        (b"a = " + b"[" * 50_000, "nested deeper"),
        (b"a" + b".a" * 100 + b" = 1", "nested deeper"),
    ],
)
def test_files_that_are_no_project_file(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "skiptrace.toml"
    file.write_bytes(content)
    with pytest.raises(ConfigError, match=said):
        load(file, {})


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="not found") as caught:
        load(tmp_path, {})
    assert "skiptrace init" in str(caught.value)


def test_the_environment_is_laid_over_the_file(tmp_path: Path) -> None:
    project = read(
        tmp_path, SMALL, SKIPTRACE__RUNTIME__SCHEDULER="threads", SKIPTRACE__RUNTIME__WORKERS="3",
        SKIPTRACE__PROJECT__AS_OF="2026-07-01", SKIPTRACE__SOURCE__1__PATH="other.csv", SKIPTRACE_PROJECT="ignored",
    )  # fmt: skip
    assert (project.runtime.scheduler, project.runtime.workers) == ("threads", 3)
    assert project.project.as_of == dt.date(2026, 7, 1)
    assert project.source[0].path == "other.csv"


def test_problems_of_the_environment_name_the_variable(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        SMALL,
        SKIPTRACE__RUNTIME__SCHEDULER="thread",
        SKIPTRACE__RUNTIM__WORKERS="1",
        SKIPTRACE__SOURCE__9__PATH="x",
    )
    assert {(file, place) for file, place, _, _ in found} == {
        ("environment", "SKIPTRACE__RUNTIME__SCHEDULER"),
        ("environment", "SKIPTRACE__RUNTIM__WORKERS"),
        ("environment", "SKIPTRACE__SOURCE__9__PATH"),
    }


def test_a_secret_in_the_file_is_refused_and_never_repeated(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, SMALL + '[security]\ntoken_key = "hunter2hunter2hunter2"\n')
    assert "must not hold a secret itself" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_source_without_a_purpose_of_the_run_is_refused(tmp_path: Path) -> None:
    text = SMALL.replace('["fcra.collection", "dmf.certified"]', '["dmf.certified"]')
    project = read(tmp_path, text)
    (problem,) = permitted(project, DAY)
    assert problem.place == "source[1].purposes"
    assert "header" in problem.what
    assert permitted(read(tmp_path, SMALL), DAY) == ()


def test_a_contract_that_has_ended_and_a_certification_that_is_missing_refuse_a_source(tmp_path: Path) -> None:
    ended = SMALL.replace("[source.columns]", "contract_expires = 2026-06-29\n[source.columns]", 1)
    assert [p.place for p in permitted(read(tmp_path, ended), DAY)] == ["source[1].contract_expires"]
    assert permitted(read(tmp_path, ended), DAY - dt.timedelta(days=1)) == ()
    deaths = SMALL.replace('purposes = ["fcra.collection", "dmf.certified"]', 'purposes = ["dmf.certified"]')
    deaths = deaths.replace('purposes = ["fcra.collection"]', 'purposes = ["dmf.certified"]')
    assert "certification" in permitted(read(tmp_path, deaths), DAY)[0].what
    certified = deaths + "\n[compliance]\ndmf_certified_until = 2026-06-30\n"
    assert permitted(read(tmp_path, certified), DAY) == ()
    assert "2026-06-30" in permitted(read(tmp_path, certified), DAY + dt.timedelta(days=1))[0].what


def test_content_is_what_tables_depend_on(tmp_path: Path) -> None:
    plain = read(tmp_path, SMALL).content()
    same = read(tmp_path, SMALL + '[security]\ntoken_key = "${env:KEY}"\n[runtime]\nscheduler = "sync"\nworkers = 2\n')
    assert same.content() == plain
    assert list(plain) == sorted(plain)
    assert read(tmp_path, SMALL + "[runtime]\npartition_rows = 10\n").content() != plain
    assert read(tmp_path, SMALL + '[runtime]\nmemory_limit = "3GB"\n').content() != plain  # tables are cut by it
    assert read(tmp_path, SMALL.replace('dob = "', 'dob = "-- '.replace("-- ", "lower(dob) || "))).content() != plain
    assert same.describe()["security"] == {"token_key": "(set)"}


@pytest.mark.parametrize("name", ["febrl3_split", "pseudopeople_small", "pseudopeople_noisy", "scale_20k"])
def test_ready_projects_load(shared_data: Path, name: str) -> None:
    project = load(shared_data / name, {})
    assert permitted(project, DAY) == ()
    assert project.portfolio.columns["account_id"] == ("account_id",)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("", 250_000), ("partition_rows = 7", 7), ('memory_limit = "3GB"', 130_000), ('memory_limit = "3GB"\npartition_rows = 9', 9),
        ('memory_limit = "700MB"', 10_000), ('memory_limit = "2 GiB"', 80_000), ('memory_limit = "1TB"', 250_000),
    ],
)  # fmt: skip
def test_partitions_fit_into_what_a_worker_may_hold(tmp_path: Path, text: str, rows: int) -> None:
    assert read(tmp_path, SMALL + f"[runtime]\n{text}\n").runtime.rows_per_partition == rows
