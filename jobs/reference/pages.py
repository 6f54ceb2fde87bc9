"""Write the reference pages: `make reference`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from jobs.reference import commands, configuration, errors, inventory, tables

FOLDER = Path(__file__).parents[2] / "docs" / "reference"


def pages() -> Mapping[str, str]:
    """Every page by its file's name."""
    return {
        "commands.md": commands.page(), "project-file.md": configuration.page(), "skiptrace.schema.json": configuration.schema(),
        "tables.md": tables.page(), "errors.md": errors.page(), "inventory.md": inventory.page(),
    }  # fmt: skip


def main(folder: Path = FOLDER) -> int:
    """Write them into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
