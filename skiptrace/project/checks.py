"""What no single key can say: names used twice, columns that a kind needs, expressions that are none.

The checks run on the raw TOML, beside the model and not after it, so that one mistyped key does not hide the other
mistakes: a person mends them all at once.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from skiptrace.project.exchange import SECRETS
from skiptrace.project.fields import Field, fields_of, required_of
from skiptrace.project.positions import Path
from skiptrace.project.suggestions import did_you_mean
from skiptrace.sql import SqlRefused, check_expression
from skiptrace.vocabulary import CONSENT_CHANNELS, EVENT_KINDS, SOURCE_KINDS

_MAGIC = re.compile(r"[*?\[]")


class Finding(NamedTuple):
    """What is wrong at one key, and how to mend it."""

    path: Path
    what: str
    mend: str


def findings(raw: dict[str, Any]) -> Iterator[Finding]:
    """Every finding about keys taken together, in file order. Tolerates any shape; shape itself is the model's
    business."""
    portfolio = raw.get("portfolio")
    if isinstance(portfolio, dict):
        yield from _delivery(("portfolio",), portfolio, "portfolio")
    for index, source in _tables(raw, "source"):
        kind = source.get("kind")
        yield from _delivery(("source", index), source, kind if kind in SOURCE_KINDS else "other")
        for word, what in (("portfolio", "the accounts themselves"), ("note", "notes of the command line")):
            if source.get("name") == word:
                yield Finding(("source", index, "name"), f'"{word}" is the name of {what}', "choose another name")
    yield from _names(raw, "source")
    yield from _names(raw, "export")
    yield from _names(raw, "outbox")
    yield from _names(raw, "inbox")
    yield from _limits(raw)
    yield from _holders(raw)
    yield from _results(raw)
    yield from _orders(raw)
    yield from _references(raw)


def _tables(raw: dict[str, Any], key: str) -> Iterator[tuple[int, dict[str, Any]]]:
    entries = raw.get(key)
    for index, entry in enumerate(entries if isinstance(entries, list | tuple) else ()):
        if isinstance(entry, dict):
            yield index, entry


def _names(raw: dict[str, Any], key: str) -> Iterator[Finding]:
    """Names become folder names and evidence lines; file systems may not tell capitals apart."""
    first: dict[str, int] = {}
    for index, entry in _tables(raw, key):
        name = entry.get("name")
        if isinstance(name, str) and first.setdefault(name.casefold(), index) != index:
            yield Finding(
                (key, index, "name"),
                f"is also the name of {key}[{first[name.casefold()] + 1}]",
                "names must differ, not only in capitals",
            )


def _limits(raw: dict[str, Any]) -> Iterator[Finding]:
    """A source that is limited to exports, and an outbox, must name exports of the project: a misspelt one would lock data in for ever."""
    exports = [str(entry.get("name")) for _, entry in _tables(raw, "export")]
    for key, index, entry in ((kind, *found) for kind in ("source", "outbox") for found in _tables(raw, kind)):
        named = entry.get("exports")
        for name in named if isinstance(named, list | tuple) else ():
            if isinstance(name, str) and name not in exports:
                yield Finding((key, index, "exports"), f'"{name}" is no export of this project', did_you_mean(name, exports))
    head = raw.get("project")
    own = head.get("purposes") if isinstance(head, dict) else None
    for index, entry in _tables(raw, "export"):
        asked = entry.get("purposes")
        if not isinstance(asked, list | tuple) or not isinstance(own, list | tuple):
            continue
        if not {str(one) for one in asked} <= {str(one) for one in own}:
            what = "holds one that is no purpose of the project"
            yield Finding(("export", index, "purposes"), what, "take it out, or add it to project.purposes")


def _holders(raw: dict[str, Any]) -> Iterator[Finding]:
    """Who takes accounts holds them, and whoever holds accounts is told of them in one export."""
    first = dict[str, int]()
    for index, export in _tables(raw, "export"):
        holder = export.get("holder")
        if "place" in export and holder is None:
            yield Finding(("export", index, "place"), "needs a holder beside it", 'holder = "the agency\'s name"')
        if isinstance(export.get("place"), str):
            yield from _expression(("export", index, "place"), export["place"])
        if isinstance(holder, str) and first.setdefault(holder, index) != index:
            yield Finding(("export", index, "holder"), f"is also the holder of export[{first[holder] + 1}]", "give each holder one export")


def _results(raw: dict[str, Any]) -> Iterator[Finding]:
    """Results are of an export of the project, each told once, and are past attempts."""
    exports, first = [str(entry.get("name")) for _, entry in _tables(raw, "export")], dict[str, int]()
    for key, field in (("feedback", "export"), ("source", "results_of")):
        for index, entry in _tables(raw, key):
            name = entry.get(field)
            if isinstance(name, str) and name not in exports:
                yield Finding((key, index, field), f'"{name}" is no export of this project', did_you_mean(name, exports))
    for index, entry in _tables(raw, "feedback"):
        name = entry.get("export")
        if isinstance(name, str) and first.setdefault(name, index) != index:
            what = f"is also the export of feedback[{first[name] + 1}]"
            yield Finding(("feedback", index, "export"), what, "say it once: path may be a glob or a folder")
    for index, source in _tables(raw, "source"):
        if "results_of" in source and source.get("kind") != "dispositions":
            yield Finding(("source", index, "results_of"), "is for past attempts only", 'kind = "dispositions", or leave it out')


def _orders(raw: dict[str, Any]) -> Iterator[Finding]:
    """A source is asked for a price, about people, within a budget; its answers come elsewhere than where those that were taken lie."""
    ordered = list[str]()
    for index, source in _tables(raw, "source"):
        order, at = source.get("order"), ("source", index, "order")
        if not isinstance(order, dict):
            continue
        ordered.append(str(source.get("name")))
        if "waterfall" not in raw:
            what = "needs the section [waterfall]: nothing says what may be spent"
            yield Finding(at, what, "[waterfall] with a budget and a contact_value")
        if source.get("kind") in EVENT_KINDS:
            yield Finding(at, "is for sources whose rows are about people", "leave it out, or correct kind")
        if not any(key.startswith("price_per_") for key in order) and "cost_per_record" not in source:
            yield Finding(at, "says no price", "price_per_record, price_per_hit or price_per_success = 0.05; 0 where it costs nothing")
        path, answers = source.get("path"), order.get("answers")
        if isinstance(path, str) and (_MAGIC.search(path) or re.search(r"\.[A-Za-z0-9]+$", path)):
            mend = 'a folder of the project for answers that were taken, such as path = "answers/NAME"'
            yield Finding(("source", index, "path"), "must be a folder where the source is asked by requests", mend)
        if isinstance(path, str) and isinstance(answers, str) and (answers.rstrip("/") + "/").startswith(path.rstrip("/") + "/"):
            yield Finding((*at, "answers"), "leads to the folder of answers that were taken", 'such as answers = "inbox/NAME"')
        for name in ("reference", "request", "hit"):
            if isinstance(order.get(name), str):
                yield from _expression((*at, name), order[name])
    section = raw.get("waterfall")
    fixed = section.get("fixed") if isinstance(section, dict) else None
    for name in fixed if isinstance(fixed, list | tuple) else ():
        if isinstance(name, str) and name not in ordered:
            yield Finding(("waterfall", "fixed"), f'"{name}" is no source with an order', did_you_mean(name, ordered))
    first = dict[str, int]()
    for index, outbox in _tables(raw, "outbox"):
        named = outbox.get("requests")
        for name in named if isinstance(named, list | tuple) else ():
            at = ("outbox", index, "requests")
            if isinstance(name, str) and name not in ordered:
                yield Finding(at, f'"{name}" is no source with an order', did_you_mean(name, ordered, "add [source.order] to it"))
            elif isinstance(name, str) and first.setdefault(name, index) != index:
                yield Finding(at, f'requests to "{name}" go to outbox[{first[name] + 1}] already', "name each source in one outbox")


def _delivery(at: Path, delivery: dict[str, Any], kind: str) -> Iterator[Finding]:
    known = fields_of(kind)
    columns = delivery.get("columns")
    if isinstance(delivery.get("where"), str):
        yield from _expression((*at, "where"), delivery["where"])
    if not isinstance(columns, dict):
        return
    for name, value in columns.items():
        if name not in known:
            mend = did_you_mean(name, known, "see the canonical columns in the documentation of the project file")
            yield Finding((*at, "columns", name), "is not a canonical column", mend)
        else:
            yield from _expressions((*at, "columns", name), value, known[name])
    for name in required_of(kind):
        if name not in columns:
            yield Finding(
                (*at, "columns"), f"{name} is missing: a delivery of this kind must map it", f'{name} = "its column"'
            )
    yield from _companions(at, columns, kind)
    given = delivery.get("formats")
    formats = given if isinstance(given, dict) else {}
    dates = [name for name, field in known.items() if field.is_date]
    for name in formats:
        if name not in dates:
            yield Finding((*at, "formats", name), "is not a date column", did_you_mean(name, dates))
        elif name not in columns:
            yield Finding(
                (*at, "formats", name), "has a form but is not mapped", f'map it: columns.{name} = "its column"'
            )
        elif isinstance(formats[name], str) and not _is_form(formats[name]):
            yield Finding((*at, "formats", name), "is not a form that strptime knows", 'such as "%m/%d/%Y"')


def _is_form(form: str) -> bool:
    plain = form.replace("%-", "%")
    day = dt.datetime(2001, 2, 3, tzinfo=dt.UTC)
    try:
        dt.datetime.strptime(day.strftime(plain), plain)  # noqa: DTZ007 - only whether it can be read matters
    except ValueError:
        return False
    return "%" in form


def _companions(at: Path, columns: dict[str, Any], kind: str) -> Iterator[Finding]:
    """Columns that mean nothing without another one."""
    if kind in ("suppression", "answers") and not {"value", "account_id"} & set(columns):
        word = "a suppression" if kind == "suppression" else "an answer"
        yield Finding((*at, "columns"), f"value is missing: {word} needs an endpoint or an account", 'value = "its column"')
    if kind == "account_events" and not {"portfolio_id", "account_id"} & set(columns):
        yield Finding((*at, "columns"), "account_id is missing: an event needs an account or a portfolio", 'account_id = "its column"')
    for channel in CONSENT_CHANNELS:
        consent = f"consent_{channel}"
        for name in (f"{consent}_at", f"{consent}_given_to"):
            if name in columns and consent not in columns:
                yield Finding((*at, "columns", name), f"needs {consent} beside it", f'{consent} = "its column"')


def _expressions(at: Path, value: Any, field: Field) -> Iterator[Finding]:
    if isinstance(value, str):
        yield from _expression(at, value)
    elif isinstance(value, list | tuple):
        if not field.several:
            yield Finding(at, "takes one expression, not a list", "combine them, for example with concat_ws(' ', …)")
        for entry in value:
            if isinstance(entry, str):
                yield from _expression(at, entry)
            else:
                yield Finding(
                    at, "must be a list of SQL expressions in quotes", 'for example ["home_phone", "cell_phone"]'
                )
    else:
        yield Finding(at, "must be an SQL expression in quotes", 'a constant text is "\'AU\'", a constant number "1"')


def _expression(at: Path, text: str) -> Iterator[Finding]:
    try:
        check_expression(text)
    except SqlRefused as refusal:
        yield Finding(at, refusal.message, "write one SQL expression over the delivery's columns")


def _references(raw: dict[str, Any]) -> Iterator[Finding]:
    """`${…}` is read in [security] and in the keys of outboxes and inboxes that hold secrets; elsewhere it would stay as it is, which
    nobody means."""
    stack: list[tuple[Path, Any]] = [((key,), value) for key, value in raw.items() if key != "security"]
    while stack:
        path, value = stack.pop(0)
        if isinstance(value, dict):
            stack = [((*path, key), inner) for key, inner in value.items()] + stack
        elif isinstance(value, list | tuple):
            stack = [((*path, index), inner) for index, inner in enumerate(value)] + stack
        elif path[0] in ("outbox", "inbox") and path[-1] in SECRETS:
            continue
        elif isinstance(value, str) and ("${env:" in value or "${file:" in value):
            yield Finding(
                path,
                "secrets are read in [security] only",
                "write the value itself, or set it by SKIPTRACE__SECTION__KEY",
            )
