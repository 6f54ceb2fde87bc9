"""`skiptrace map`: which column of a tape is what, proposed, shown with masked values, asked where it is not sure, and written down."""

from __future__ import annotations

import datetime as dt
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from jobs.cli.completing import source_names
from jobs.cli.frame import PROJECT_FILE, State, subcommand
from jobs.cli.output import paragraph, show, show_json, show_table
from skiptrace.errors import ConfigError, Problem
from skiptrace.vocabulary import SOURCE_KINDS

if TYPE_CHECKING:
    from jobs.tapes import Tape
    from skiptrace.onboard.proposal import Proposal, Proposed


@subcommand("map")
@click.argument("tape", metavar="TAPE")
@click.option("--source", metavar="NAME", shell_complete=source_names, help="Map it as a source of this name; else it is the portfolio.")
@click.option("--kind", type=click.Choice(SOURCE_KINDS), default="other", show_default=True, help="The kind of the source.")
@click.option(
    "--like", "like", metavar="FILE", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Use the mapping of this layout."
)
@click.option("--anew", is_flag=True, help="Do not look for the layout of an earlier tape.")
@click.option("--yes", is_flag=True, help="Ask nothing: take what is sure, leave the rest out as comments.")
@click.pass_obj
def command(state: State, tape: str, source: str | None, kind: str, like: Path | None, anew: bool, yes: bool) -> None:
    """Propose how the columns of TAPE (a file, folder, glob or URL) are mapped, and write it down.

    The layout is kept in the project's `layouts` folder: the next tape with the same columns needs no questions, and one whose
    columns have changed stops with the difference. Without a project file, one is begun."""
    from jobs import tapes
    from skiptrace.onboard.layouts import read_layout

    folder = state.project or Path.cwd()
    seen = tapes.sample(tape, Path.cwd())
    wanted = "portfolio" if source is None else kind
    known = read_layout(like) if like is not None else None if anew else tapes.layout_of(seen, wanted, tapes.layouts(folder))
    if known is not None:
        proposal, reading = _of_layout(known.columns, seen), dict(known.reading)
    else:
        today = dt.datetime.now().astimezone().date()
        proposal, reading = tapes.proposed(seen, wanted, today), dict(seen.reading)
    if not yes and not state.json and sys.stdin.isatty():
        _ask(proposal, seen)
    chosen = sorted((one for one in proposal.mapped.values() if one.sure), key=lambda one: _place(one.name, wanted))
    open_ = sorted((one for one in proposal.mapped.values() if not one.sure), key=lambda one: _place(one.name, wanted))
    written = _write(folder, seen, wanted, source, chosen, open_, proposal.unused, reading, known.name if known else None)
    _require(wanted, chosen, seen, written)
    if state.json:
        show_json(_plain(seen, chosen, open_, proposal.unused, written))
    else:
        _show(seen, chosen, open_, proposal.unused, written, known.name if known else None)


def _of_layout(columns: Any, seen: Tape) -> Proposal:
    """The mapping of a layout as a proposal that needs no questions."""
    from skiptrace.onboard.proposal import Proposal, Proposed

    mapped, text = {}, "\n".join(expression for expressions in columns.values() for expression in expressions)
    for name, expressions in columns.items():
        used = tuple(header for header in seen.headers if _mentions(" ".join(expressions), header))
        mapped[name] = Proposed(name, used, tuple(expressions), 1.0, "as in the layout")
    return Proposal(mapped, [header for header in seen.headers if not _mentions(text, header)])


def _mentions(text: str, header: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(header)}(?!\w)", text) is not None


def _place(name: str, kind: str) -> int:
    from skiptrace.project.fields import fields_of

    return list(fields_of(kind)).index(name)


def _ask(proposal: Proposal, seen: Tape) -> None:
    """Ask about what is not sure: the column proposed, another one, or none."""
    from jobs.tapes import masked
    from skiptrace.onboard.proposal import quoted

    for one in [one for one in proposal.mapped.values() if not one.sure]:
        looks = "; ".join(f"{column}: {masked(seen.sample[column]) or 'empty'}" for column in one.columns)
        show(f"{one.name}: {one.why} ({looks})")
        answer = click.prompt("  y to take it, n to leave it out, or the name of another column", default="n", show_default=True).strip()
        if answer.lower() in ("y", "yes"):
            proposal.mapped[one.name] = replace(one, confidence=1.0, why="confirmed")
        elif answer in seen.headers:
            proposal.mapped[one.name] = replace(one, columns=(answer,), expressions=(quoted(answer),), confidence=1.0, why="chosen")
        else:
            del proposal.mapped[one.name]
    used = {column for one in proposal.mapped.values() for column in one.columns}
    proposal.unused = [header for header in seen.headers if header not in used]


def _require(kind: str, chosen: list[Proposed], seen: Tape, written: dict[str, str]) -> None:
    """The row's own id must be there: without it the mapping waits for a person."""
    from skiptrace.project.fields import required_of

    key = required_of(kind)[0]
    if key not in {one.name for one in chosen}:
        places = ", ".join(written.values()) or "the layout"
        what = f"no column is surely the {key}: one that every row has and no two rows share"
        problem = Problem(Path(seen.path).name, "", what, f"run it on a terminal and answer, or name it by hand in {places}")
        raise ConfigError("the rest is written down, but one column must be named by you", (problem,))


def _write(
    folder: Path, seen: Tape, kind: str, source: str | None, chosen: list[Proposed], open_: list[Proposed], unused: list[str],
    reading: dict[str, Any], known: str | None,
) -> dict[str, str]:  # fmt: skip
    """Write the layout, and a project file where there is none; the files by what they are."""
    from jobs.tapes import LAYOUTS
    from skiptrace.onboard.layouts import columns_text, layout_text
    from skiptrace.project.starter import mapped_template
    from skiptrace.store.commit import put_bytes, replace_bytes
    from skiptrace.store.permissions import private_folder

    text, written = columns_text(chosen, open_, unused), {}
    if known is None:
        name = re.sub(r"[^A-Za-z0-9_-]+", "-", source or Path(seen.path).stem).strip("-") or "tape"
        place = private_folder(folder / LAYOUTS) / f"{name}.toml"
        replace_bytes(place, layout_text(kind, seen.headers, reading, text).encode())
        written["layout"] = str(place)
    file = folder / PROJECT_FILE
    if source is None and not file.is_file():
        name = re.sub(r"[^A-Za-z0-9_-]+", "-", folder.absolute().name).strip("-")[:64] or "project"
        today = dt.datetime.now().astimezone().date()
        path = seen.path if "://" in seen.path else str(Path(seen.path).absolute())
        put_bytes(file, mapped_template(name, today, path, reading, text).encode())
        written["project"] = str(file)
    return written


def _plain(seen: Tape, chosen: list[Proposed], open_: list[Proposed], unused: list[str], written: dict[str, str]) -> dict[str, Any]:
    def plain(one: Proposed) -> dict[str, Any]:
        return {"column": one.name, "from": one.columns, "expressions": one.expressions, "confidence": one.confidence, "why": one.why}

    return {
        "tape": Path(seen.path).name, "rows": seen.rows, "mapped": [plain(one) for one in chosen], "open": [plain(one) for one in open_],
        "unused": unused, "written": written,
    }  # fmt: skip


def _show(
    seen: Tape, chosen: list[Proposed], open_: list[Proposed], unused: list[str], written: dict[str, str], known: str | None
) -> None:  # fmt: skip
    from jobs.tapes import masked

    show(f"{Path(seen.path).name}: {seen.rows:,} rows, {len(seen.headers)} columns" + (f", laid out as {known}" if known else ""))
    show()
    rows = [
        (
            one.name,
            ", ".join(one.columns),
            f"{one.confidence:.2f}",
            " ".join(masked(seen.sample[c]) for c in one.columns if c in seen.headers),
            one.why,
        )
        for one in chosen
    ]
    show_table(("column", "from", "sure", "looks like", "why"), rows)
    if open_:
        show()
        show("not sure, so left out as comments:")
        show_table(
            ("column", "from", "sure", "why"), [(one.name, ", ".join(one.columns), f"{one.confidence:.2f}", one.why) for one in open_], 2
        )
    if unused:
        show()
        paragraph(f"not used: {', '.join(unused)}")
    show()
    for what, place in written.items():
        show(f"wrote {'the layout' if what == 'layout' else 'the project file'} {place}")
    if "project" in written:
        show("next: look it over, then `skiptrace check` and `skiptrace run`")
    elif "layout" in written:
        show("next: copy its [columns] to the project file, then `skiptrace check`")
