from __future__ import annotations

import base64
import dataclasses
import hashlib
import itertools
import re
from decimal import Decimal
from functools import cache
from html.parser import HTMLParser

import pyarrow as pa
import pytest

from skiptrace import schema
from skiptrace.report.deliveries import MOST_GROUPS
from skiptrace.report.drift import figures
from skiptrace.report.facts import summarise
from skiptrace.report.model import ReportInput, Stop
from skiptrace.report.render import render
from skiptrace.report.states import PLACES
from skiptrace.report.worth import Worth
from tests.report.sample import COMPARISONS, RULES, WORDING, ledger, tables
from tests.report.test_drift import SINCE


@cache
def given() -> dict[str, pa.Table]:
    return tables(300)


@cache
def whole() -> ReportInput:
    return summarise(given(), ledger(given()) | {"since": SINCE}, RULES, WORDING)


@cache
def written() -> str:
    return render(whole())


class Outline(HTMLParser):
    """What a reader of the page's structure needs: headings, ids, links, tags, table heads, figures."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "link", "br", "img", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes something else"

    def of(self, *names: str) -> list[tuple[str, dict[str, str | None]]]:
        return [entry for entry in self.tags if entry[0] in names]


def _report(**changes: object) -> ReportInput:
    return dataclasses.replace(whole(), **changes)  # type: ignore[arg-type]


def test_the_page_is_whole_and_every_tag_is_closed() -> None:
    outline = Outline(written())
    assert outline.open == []
    assert written().startswith("<!doctype html>")
    assert outline.of("html")[0][1]["lang"] == "en"
    assert "<title>spring-purchase: contact report, 30 June 2026</title>" in written()


def test_nothing_is_fetched_and_nothing_runs() -> None:
    outline = Outline(written())
    assert not outline.of("script", "link", "img", "iframe", "object", "form", "input", "svg", "video")
    assert not [
        name for _, attributes in outline.tags for name in attributes if name.startswith("on") or name == "style"
    ]
    assert all(str(attributes["href"]).startswith("#") for _, attributes in outline.of("a"))
    assert not re.search(r"url\(|@import|https?:", written())


def test_the_policy_lets_in_the_pages_own_style_alone() -> None:
    style = written()[written().index("<style>") + 7 : written().index("</style>")]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert f'http-equiv="Content-Security-Policy" content="{policy}"' in written()


def test_headings_are_in_order_and_links_lead_somewhere() -> None:
    outline = Outline(written())
    levels = [int(tag[1]) for tag, _ in outline.of("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    ids = [attributes["id"] for _, attributes in outline.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in outline.tags:
        for name in ("href", "aria-labelledby"):
            if name in attributes:
                assert str(attributes[name]).lstrip("#") in ids
    assert outline.of("a")[0][1]["href"] == "#main"


def test_every_figure_has_a_sentence_and_the_same_numbers_as_a_table() -> None:
    shown = re.findall(r"<figure>.*?</figure>", written(), re.DOTALL)
    assert len(shown) == 6 + 1 + 4 + 1 + 5 + 2  # the recall to expect, four waterfalls, the blocking keys; what people decide by; spend
    for figure in shown:
        assert re.search(r"<figcaption>[^<]{10,}", figure)
        assert "<details>" in figure
        assert "<table" in figure
    assert all(attributes.get("scope") in ("col", "row") for _, attributes in Outline(written()).of("th"))


def test_the_figures_stand_on_the_page() -> None:
    text = re.sub(r"<[^>]+>", " ", written())
    for expected in (
        f"{whole().summary.balance:,.2f}", f"{whole().summary.permitted_balance:,.2f}", "reconcile", "credit header",
        "47 USC 227(b)(1)(A)(iii)", "sms_consent", "Bankruptcy scrub", "17, 18", "9f2c4e1ab0d37765", "30 June 2026",
    ):  # fmt: skip
        assert expected in text, expected


def test_the_same_figures_give_the_same_bytes() -> None:
    again = tables(300)
    assert render(summarise(again, ledger(again) | {"since": SINCE}, RULES, WORDING)) == written()


def test_no_value_of_a_person_is_on_the_page() -> None:
    """Every text of a personal, sensitive or key column is replaced by a marker; rule ids are what the page is for."""
    specs = {name: schema.links(COMPARISONS) if name == "links" else getattr(schema, name.upper()) for name in given()}
    marked, markers = dict(given()), []
    for name, spec in specs.items():
        for column in spec.columns:
            if column.privacy == "none" or column.type != pa.string():
                continue
            key = column.name in ("account_id", "point_id")
            values = [f"CANARY{value}" if key else f"CANARY {name} {column.name} {row}"
                      for row, value in enumerate(marked[name][column.name].to_pylist())]  # fmt: skip
            place = marked[name].column_names.index(column.name)
            marked[name] = marked[name].set_column(
                place, marked[name].schema.field(place), pa.array(values, pa.string())
            )
            markers += values
    page = render(summarise(marked, ledger(marked), RULES, WORDING))
    assert len(markers) > 1000
    assert "CANARY" not in page
    assert not re.search(r"\+1\d{10}|[\w.]+@\w", page)
    originals = {value for name in ("first_name", "last_name") for value in given()["accounts"][name].to_pylist()}
    originals |= set(given()["contact_points"]["value"].to_pylist())
    assert not [value for value in originals if value in written()]


def test_small_groups_are_not_told() -> None:
    stop = Stop("rare", "A rare rule.", "1 USC 1", 4321, 10, 1234, whole().summary.balance)
    page = render(_report(stops=(stop,)))
    assert "&lt;11 accounts" in page
    assert "4,321" not in page
    assert "1,234<" not in page
    table = page[page.index('id="t-stops"') : page.index("Steps that are waited for")]
    assert f"{whole().summary.balance:,.2f}" not in table


def test_texts_of_others_are_escaped() -> None:
    nasty = "<script>alert(1)</script>&\"'"
    stop = dataclasses.replace(whole().stops[0], rule=nasty, sentence=nasty, citation=nasty)
    source = dataclasses.replace(whole().sources[0], name=nasty)
    group = dataclasses.replace(whole().quality.groups[0], reason=nasty)
    quality = dataclasses.replace(whole().quality, groups=(group,))
    page = render(_report(name=nasty, run_id=nasty, stops=(stop,), sources=(source,), quality=quality))
    assert "<script" not in page
    assert Outline(page).open == []


def test_the_page_stays_small_whatever_a_run_holds() -> None:
    many = tuple(
        dataclasses.replace(whole().stops[0], rule=f"rule_number_{n}", sentence="A rule says. " * 12) for n in range(400)
    )
    sources = tuple(dataclasses.replace(whole().sources[0], name=f"source-{n}") for n in range(50))
    credit = whole().worth.games[0].credits[0]
    credits = tuple(dataclasses.replace(credit, source=f"source-{n}") for n in range(50))
    games = tuple(dataclasses.replace(game, credits=credits) for game in whole().worth.games)
    worth = Worth(games, {f"source-{n}": Decimal(n + 1) for n in range(50)})
    states = tuple(dataclasses.replace(whole().states[0], state=name) for name in PLACES)
    part = {"then": {"part": 100, "of": 1000}, "now": {"part": 200, "of": 1000}}
    drift = figures({
        **SINCE, "quality": {f"fill.source-{n}.{column}": part for n in range(50) for column in ("dob", "phone", "email")},
        "rows": {f"source-{n}": [100_000, 200_000] for n in range(50)},
    })  # fmt: skip
    groups = tuple(dataclasses.replace(whole().quality.groups[0], reason=f"reason {n} " * 8) for n in range(MOST_GROUPS))
    quality = dataclasses.replace(whole().quality, groups=groups, hidden_groups=7, hidden_rejects=70)
    page = render(_report(stops=many, sources=sources, quality=quality, worth=worth, states=states, drift=drift))
    assert len(page.encode()) <= 300_000
    assert "And 7 further reasons with 70 rows or values" in page
    assert "The 388 rules that met fewest accounts" in page
    assert len(written().encode()) < 90_000


def test_what_a_small_group_is_worth_or_reaches_is_not_told() -> None:
    few = tables(9)
    page = render(summarise(few, ledger(few), RULES, WORDING))
    for name in ("t-worth", "t-states", "t-ages"):
        table = page[page.index(f'id="{name}"') :]
        body = table[table.index("<tbody>") : table.index("</tbody>")]
        told = [row for row in body.split("</tr>") if "&lt;11" in row]
        assert told, name
        assert not [row for row in told if re.search(r">[\d,]+\.\d\d<", row)], name
    assert "Expected gain is told from 110 accounts on" in page


@pytest.mark.parametrize("accounts", [0, 1, 12])
@pytest.mark.parametrize("options", [{}, {"balances": False}, {"linked": False}])
def test_gaps_do_not_break_the_page(accounts: int, options: dict[str, bool]) -> None:
    given = tables(accounts, **options)
    page = render(summarise(given, {"name": "x", "as_of": "2026-06-30"}))
    assert Outline(page).open == []
    assert "None" not in page
    if options == {"balances": False} or not accounts:
        assert "balance unknown" in page


def test_an_unlinked_portfolio_says_so() -> None:
    given = tables(30, linked=False)
    page = render(summarise(given, ledger(given), RULES))
    assert "No account was linked to a reference record." in page
    assert "Beside the funnel:" in page


def test_a_waterfall_shows_sentences_and_numbers_that_add_up() -> None:
    start = written().index('id="h-weights"')
    section = written()[start : written().index("</section>", start)]
    for fall in whole().linkage.waterfalls:
        caption = f'<p class="caption" id="t-weights-{fall.case}">'
        table = section[section.index(caption) :]
        body = table[table.index("<tbody>") : table.index("</tbody>")]
        cells = [re.findall(r">([^<]*)</t[hd]>", row) for row in body.split("</tr>")]
        told = {row[0]: float(row[2]) for row in cells if row and row[2] != "–"}
        total = told.pop("Sum")
        assert sum(told.values()) == pytest.approx(total, abs=1e-9)
        assert all(one.sentence in table for one in fall.falls)
    assert "A pair refused as somebody of the household" in section
    assert section.count('class="bar fall"') >= 4 * 4


def test_a_ledger_without_linkage_has_no_such_sections() -> None:
    page = render(summarise(tables(5), {"name": "x", "as_of": "2026-06-30"}))
    assert not re.search(r'id="(recall|weights|blocking)"', page)
    assert "counts and sums only." in page


def test_keys_are_told_in_words_and_few_values_not_in_numbers() -> None:
    start = written().index('id="t-blocking"')
    table = written()[start : written().index("</table>", start)]
    assert "First name + last name, also exchanged" in table
    assert "98,765" in table
    assert "&lt;11" in table
