from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from jobs.explain import explain, page
from jobs.explain.basis import basis_of
from jobs.lineage import Basis
from skiptrace.results import latest
from tests.jobs.published import PLAN

SOURCE = """[[source]]
name = "{name}"
path = "x.csv"
kind = "credit_header"
purposes = ["other", "public_record"]
[source.columns]
record_id = "id"
"""


def test_the_sources_of_an_account_say_what_they_permit(project: Path, tmp_path: Path) -> None:
    told = explain(latest(project), "0001", project)
    shown = {sighting.source for point in told.points for sighting in point.sightings} - {"portfolio"}
    assert shown
    sources = [SOURCE.format(name=name) for name in (*sorted(shown), "silent")]
    (tmp_path / "skiptrace.toml").write_text(PLAN + "".join(sources), encoding="utf-8")
    found = {one.source: one for one in basis_of(told, tmp_path, {})}
    assert set(found) == {"portfolio", *shown}
    assert {one.purposes for one in found.values()} == {("other",)}


def test_the_page_tells_it(project: Path) -> None:
    header = Basis("header", "credit_header", ("fcra.collection",), ("mail",), ())
    told = replace(explain(latest(project), "0001", project), basis=(header,))
    assert "Its sources permit" in page.html(told)
    assert "header: fcra.collection" in page.html(told)


def test_without_a_project_file_nothing_is_told(project: Path, tmp_path: Path) -> None:
    assert basis_of(explain(latest(project), "0001", project), tmp_path, {}) == ()
