from __future__ import annotations

from pathlib import Path

import pytest

from skiptrace.errors import ConfigError
from skiptrace.project import load
from tests.jobs.projects import change
from tests.jobs.waterfall.vendors import make_asking


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make_asking(tmp_path / "project")


def test_how_a_source_is_asked_is_read_and_changes_no_run(project: Path) -> None:
    before = load(project, {})
    order = next(source.order for source in before.source if source.order)
    assert (order.layout, order.price_per_record, order.price_per_hit, order.has_price) == ("identity_csv", 0.05, 0.20, True)
    change(project, "price_per_hit = 0.20", "price_per_hit = 0.40")
    assert load(project, {}).content() == before.content()


def test_a_source_that_is_asked_may_have_no_file_yet_and_one_that_is_required_may_not(project: Path) -> None:
    named = {source.name: source.awaited for source in load(project, {}).source}
    assert named == {"header": False, "calls": False, "premium": True}
    change(project, 'path = "answers/premium"\n', 'path = "answers/premium"\nrequired = true\n')
    assert not any(source.awaited for source in load(project, {}).source)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("price_per_record = 0.05\nprice_per_hit = 0.20\n", "", "says no price"),
        ("price_per_record = 0.05", "price_per_record = -1.0", "must be at least 0"),
        ('kind = "vendor_append"', 'kind = "suppression"', "is for sources whose rows are about people"),
        ('path = "answers/premium"', 'path = "answers/premium/*.csv"', "must be a folder"),
        ('answers = "inbox/premium"', 'answers = "answers/premium"', "leads to the folder of answers that were taken"),
        ('reference = "ref"', 'reference = "select ref"', "must not contain a query"),
        ("[waterfall]\nbudget = 100.0\ncontact_value = 25.0\n", "", r"needs the section \[waterfall\]"),
        ("contact_value = 25.0\n", 'contact_value = 25.0\nfixed = ["premum"]\n', 'did you mean "premium"'),
        ("[waterfall]\n", '[[outbox]]\nname = "v"\nplace = "out"\nrequests = ["header"]\n[waterfall]\n', "is no source with an order"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_told_with_its_key(project: Path, old: str, new: str, said: str) -> None:
    change(project, old, new)
    with pytest.raises(ConfigError, match=said):
        load(project, {})


def test_the_price_of_the_contract_is_one(project: Path) -> None:
    change(project, "price_per_record = 0.05\nprice_per_hit = 0.20\n", "")
    change(project, 'path = "answers/premium"\n', 'path = "answers/premium"\ncost_per_record = 0.03\n')
    assert load(project, {}).source[-1].cost_per_record == 0.03


def test_requests_to_one_source_go_to_one_outbox(project: Path) -> None:
    boxes = "".join(f'[[outbox]]\nname = "{name}"\nplace = "{name}"\nrequests = ["premium"]\n' for name in "ab")
    change(project, "[waterfall]\n", f"{boxes}[waterfall]\n")
    with pytest.raises(ConfigError, match=r'requests to "premium" go to outbox\[1\] already'):
        load(project, {})
