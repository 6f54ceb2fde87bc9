"""The inventory of personal data: every place and every personal column, from the schema, the retention rules and the export profiles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from jobs.reference.keeping import kept, of_table, tables
from skiptrace.export.evaluation import named_columns
from skiptrace.export.masking import is_personal
from skiptrace.export.profiles import load_profiles
from skiptrace.export.rows import needed_columns
from skiptrace.export.view import ROW
from skiptrace.schema import Column
from skiptrace.schema.roles import is_identity

PERSONAL = ("personal", "sensitive")
_HEAD = """# Inventory of personal data

Made by `make reference` from the schema, `rules/retention/keeping.toml` and the export profiles, so it is what the program does.
Classes: *personal* is a person's data, *sensitive* would harm if it leaked. Keys: in an encrypted project a column is opened by the
half `identity` or by the half `facts` ([security](../security.md)). [Data protection](../data-protection.md) says how to live with it.
"""


def page() -> str:
    """The page."""
    return "\n".join([_HEAD, *_places(), *_columns(), *_profiles()]) + "\n"


def _places() -> list[str]:
    head = ("place", "what", "of a person", "key", "kept until", "ended by", "read by")
    lines = ["## Where anything is kept", "", f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for one in kept():
        ended = ", ".join(f"`{command}`" for command in one.ended_by) or "you, with the project"
        lines.append(f"| {one.place} | {one.what} | {one.person} | {one.key} | {one.until} | {ended} | {one.readers} |")
    return [*lines, ""]


def half(column: Column) -> str:
    """The half of the keys that opens a column."""
    return "identity" if is_identity(column) else "facts"


def _columns() -> list[str]:
    leaves = carried()
    lines = [
        "## Personal columns", "",
        "Columns of class *none* or *key* (numbers of accounts and records, counts, chances) are in [tables](tables.md).",
        "*Exports*: profiles that may carry it.", "",
    ]  # fmt: skip
    for name, table in sorted(tables().items()):
        mine = [column for column in table.columns if column.privacy in PERSONAL]
        if not mine:
            continue
        where = "; ".join(one.place for one in of_table(name))
        lines += [f"### `{name}`", "", f"{table.sentence} In {where}.", "", "| column | class | key | exports | |", "|---|---|---|---|---|"]
        for column in mine:
            profiles = ", ".join(sorted(leaves[name, column.name])) or "none"
            lines.append(f"| `{column.name}` | {column.privacy} | {half(column)} | {profiles} | {column.sentence} |")
        lines.append("")
    return lines


def carried() -> Mapping[tuple[str, str], set[str]]:
    """For each column of a published table, by table and name, the profiles whose personal columns are made of it."""
    always = {(table, column) for table, columns in needed_columns(()).items() for column in columns}
    found = defaultdict[tuple[str, str], set[str]](set)
    for profile in load_profiles().values():
        for column in profile.columns:
            for name in named_columns([column.expression]):
                for table, columns in needed_columns([name]).items():
                    for one in columns:
                        if (table, one) not in always:
                            found[table, one].add(profile.name)
    return found


def _profiles() -> list[str]:
    names = {column.name for column in ROW.columns if column.privacy in PERSONAL}
    lines = [
        "## What exports carry, and why", "",
        f"A profile that takes one of {len(names)} personal columns of a use must say why its receiver needs it, or it is refused when it",
        "is read. No profile can take a birth date, a social security number, a death or a hold: they are not among its columns.", "",
        "| profile | column | why its receiver needs it |", "|---|---|---|",
    ]  # fmt: skip
    for profile in load_profiles().values():
        lines += [f"| {profile.name} | {column.name} | {column.need} |" for column in profile.columns if is_personal(column)]
    return lines
