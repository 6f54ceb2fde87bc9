"""Small files for tests of the readers."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from skiptrace.store.inputs import InputFile, expand


def written(folder: Path, content: bytes, name: str = "tape.csv") -> InputFile:
    """A file with this content, as it is found."""
    (folder / name).write_bytes(content)
    return expand(name, folder)[0]


def workbook(*sheets: list[list[Any]], merged: str = "", dimension: str = "") -> bytes:
    """A workbook of the least parts that readers ask for: text and numbers in cells, one sheet after the other."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as book:
        main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        rels = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        package = "http://schemas.openxmlformats.org/package/2006"
        names = "".join(f'<sheet name="Sheet{n}" sheetId="{n}" r:id="rId{n}"/>' for n in range(1, len(sheets) + 1))
        book.writestr("xl/workbook.xml", f'<workbook xmlns="{main}" xmlns:r="{rels}"><sheets>{names}</sheets></workbook>')
        links = "".join(
            f'<Relationship Id="rId{n}" Type="{rels}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in range(1, len(sheets) + 1)
        )
        book.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{package}/relationships">{links}</Relationships>')
        root = f'<Relationship Id="rId1" Type="{rels}/officeDocument" Target="xl/workbook.xml"/>'
        book.writestr("_rels/.rels", f'<Relationships xmlns="{package}/relationships">{root}</Relationships>')
        book.writestr("[Content_Types].xml", f'<Types xmlns="{package}/content-types"/>')
        for number, rows in enumerate(sheets, 1):
            body = "".join(_row(place, row) for place, row in enumerate(rows, 1))
            size = f'<dimension ref="{dimension}"/>' if dimension else ""
            joined = f'<mergeCells count="1"><mergeCell ref="{merged}"/></mergeCells>' if merged else ""
            sheet = f'<worksheet xmlns="{main}">{size}<sheetData>{body}</sheetData>{joined}</worksheet>'
            book.writestr(f"xl/worksheets/sheet{number}.xml", sheet)
    return buffer.getvalue()


def _row(number: int, row: list[Any]) -> str:
    cells = ""
    for place, value in enumerate(row):
        at = f"{chr(65 + place)}{number}"
        if isinstance(value, str) and value:
            cells += f'<c r="{at}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
        elif value != "":
            cells += f'<c r="{at}"><v>{value}</v></c>'
    return f'<row r="{number}">{cells}</row>'
