"""[limits]: how large and how strange a file from outside may be before it is refused, and how much of a delivery may be gone from one
night to the next. The defaults are safe for tapes of people.

Raising one is a decision of whoever runs the program; each refusal names its limit. Figures: see the measured cases in
`tests/intake/test_hostile_files.py`.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from skiptrace.project.parts import Part

MIB = 1 << 20
MOST_ROWS = 1 << 28
"""No file has more rows, whatever the project file allows: their numbers need room."""
_Count = Annotated[int, Field(ge=1)]


class Limits(Part):
    """Limits of one file, and of the process in which it is first opened.

    Sizes are in bytes. `expansion`: how many times its own size a file may unpack to, once that is more than `expansion_from`;
    `rows_per_byte`: rows that a file of more than a million may have for each of its bytes; `rows_per_group`: of a Parquet row
    group; `depth`: of nested columns; `members`: files in a zip; `cell_bytes`: a longer cell rejects
    its row; `line_bytes`: a longer line is rejected; `bad_rows`: share of rows that cannot be read, above which the file is
    refused; `memory`: address space of the process; `seconds`: its time, processor and wall, to which a second is added for
    each `bytes_per_second`.

    `shrink`: the share of a delivery that may be gone since the run before. Beyond it a list that stops contacts holds the
    exports (exit 4), any other delivery is a warning; 1 lets everything go."""

    file_bytes: _Count = 64 << 30
    unpacked_bytes: _Count = 256 << 30
    expansion: _Count = 200
    expansion_from: _Count = 64 * MIB
    rows: Annotated[int, Field(ge=1, le=MOST_ROWS)] = 50_000_000
    rows_per_byte: _Count = 4
    row_groups: _Count = 10_000
    rows_per_group: _Count = 5_000_000
    columns: _Count = 512
    depth: _Count = 8
    cell_bytes: _Count = MIB
    line_bytes: Annotated[int, Field(ge=1024, le=8 * MIB)] = MIB
    bad_rows: Annotated[float, Field(ge=0, le=1)] = 0.01
    memory: Annotated[int, Field(ge=256 * MIB)] = 4096 * MIB
    seconds: _Count = 60
    bytes_per_second: _Count = 5_000_000
    members: _Count = 1_000
    shrink: Annotated[float, Field(ge=0, le=1)] = 0.4

    def judging(self) -> dict[str, int | float]:
        """The limits that decide which rows are used; the others only decide whether a file is read at all."""
        return {"bad_rows": self.bad_rows, "cell_bytes": self.cell_bytes, "line_bytes": self.line_bytes}
