"""Strict readers of written exports, one per format, that share no code with the product or with the libraries it writes and
reads with; and every stated limit of a profile counted again from its TOML file."""

from __future__ import annotations

import json
import re
import tomllib
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from skiptrace.export.model import Profile
from skiptrace.plugins import rules_root

_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def read(path: Path, profile: Profile) -> list[list[str]]:
    """Every line of a file, the header first where it has one; an empty cell and NULL are empty text."""
    return {"csv": _csv, "jsonl": _jsonl, "excel": _excel}[profile.format](path, profile)


def _csv(path: Path, profile: Profile) -> list[list[str]]:
    """RFC 4180 by its letter, one character at a time."""
    options = profile.options
    newline, delimiter = {"crlf": "\r\n", "lf": "\n"}[options["newline"]], options["delimiter"]
    text = path.read_bytes().decode(options["encoding"])
    assert options["bom"] or not text.startswith("\ufeff")
    assert not text or text.endswith(newline)
    if options["quoting"] == "never":
        assert '"' not in text
        return [line.split(delimiter) for line in text.removesuffix(newline).split(newline)] if text else []
    rows: list[list[str]] = []
    row: list[str] = []
    at = 0
    while at < len(text):
        if text[at] == '"':
            cell, at = _quoted(text, at + 1)
        else:
            ends = [end for end in (text.find(delimiter, at), text.find(newline, at)) if end >= 0]
            cell = text[at : min(ends)]
            assert not set(cell) & set('"\r\n'), "a special character stands outside quotes"
            at = min(ends)
        row.append(cell)
        if text.startswith(delimiter, at):
            at += 1
        else:
            assert text.startswith(newline, at), "something follows a closing quote"
            rows.append(row)
            row, at = [], at + len(newline)
    return rows


def _quoted(text: str, at: int) -> tuple[str, int]:
    cell = ""
    while True:
        end = text.index('"', at)
        cell += text[at:end]
        if text[end + 1 : end + 2] != '"':
            return cell, end + 1
        cell, at = cell + '"', end + 2


def _jsonl(path: Path, profile: Profile) -> list[list[str]]:
    rows = [list(profile.headers)]
    for line in path.read_text(encoding="utf-8").split("\n")[:-1]:
        found = json.loads(line)
        assert list(found) == rows[0]
        rows.append([value if value is not None else "" for value in found.values()])
    return rows


def _excel(path: Path, profile: Profile) -> list[list[str]]:
    """The sheet's XML as it lies in the package: cells must be inline or shared texts, none a number or formula."""
    with zipfile.ZipFile(path) as package:
        root = _xml(package.read("xl/worksheets/sheet1.xml"))
        names = package.namelist()
        shared = _xml(package.read("xl/sharedStrings.xml")) if "xl/sharedStrings.xml" in names else None
    texts = [] if shared is None else ["".join(t.text or "" for t in item.iter(f"{_SHEET}t")) for item in shared]
    assert not list(root.iter(f"{_SHEET}f"))
    rows: list[list[str]] = []
    for line in root.iter(f"{_SHEET}row"):
        cells = [""] * len(profile.headers)
        for cell in line:
            place = 0
            for letter in re.sub(r"\d", "", cell.get("r", "")):
                place = place * 26 + ord(letter) - 64
            inline = "".join(t.text or "" for t in cell.iter(f"{_SHEET}t"))
            assert cell.get("t") in ("s", "inlineStr"), cell.get("t")
            found = texts[int(cell.findtext(f"{_SHEET}v", "0"))] if cell.get("t") == "s" else inline
            cells[place - 1] = re.sub(r"_x([0-9A-F]{4})_", lambda match: chr(int(match[1], 16)), found)
        rows.append(cells)
    return rows


def _xml(content: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(content)  # noqa: S314 - a file that the test itself has written


def broken_limits(name: str, files: list[Path], lines: list[list[list[str]]], header: bool) -> list[str]:
    """Every stated limit of a shipped profile that files break, counted from its TOML alone. `lines`: those of each file."""
    stated: dict[str, Any] = tomllib.loads((rules_root() / "exports" / f"{name}.toml").read_text(encoding="utf-8"))
    limits, found = stated.get("limits", {}), []
    most = {column["name"]: column["max_chars"] for column in stated["column"] if "max_chars" in column}
    names = [column["name"] for column in stated["column"]]
    for file, rows in zip(files, lines, strict=True):
        data = rows[1:] if header else rows
        checks = {
            "columns": max(map(len, rows), default=0) <= limits.get("columns", 10**9),
            "rows": len(data) <= limits.get("rows_per_file", 10**9),
            "bytes": file.stat().st_size <= limits.get("bytes_per_file", 10**12),
            "cells": all(len(cell) <= limits.get("cell_chars", 10**9) for row in data for cell in row),
            "ascii": not limits.get("printable_ascii") or all(32 <= ord(one) < 127 for row in rows for cell in row for one in cell),
            "blank": all(any(row) for row in rows),
            "unique": not header or len(set(rows[0])) == len(rows[0]),
        }
        for title in rows[0] if header else []:
            checks[f"header {title}"] = (
                len(title) <= limits.get("header_chars", 10**9)
                and (limits.get("header_case") != "lower" or title == title.lower())
                and re.fullmatch(limits.get("header_pattern", ".*"), title) is not None
            )
        if len(names) == len(rows[0] if rows else names):
            for place, title in enumerate(names):
                checks[f"width {title}"] = all(len(row[place]) <= most.get(title, 10**9) for row in data)
        found += [what for what, holds in checks.items() if not holds]
    return found
