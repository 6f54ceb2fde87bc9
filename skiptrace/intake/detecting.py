"""How a file is written, told from its first bytes.

`settled` is what a run goes by: format by name and delimiter by the header are detected, and everything that could change a
value in silence has to be declared. `detect` goes further and proposes what to declare, for a person to confirm.
"""

from __future__ import annotations

import codecs

from skiptrace.intake.header import cells, delimiter_of, first_record, is_value
from skiptrace.intake.layouts import read_layout
from skiptrace.intake.refusal import refused
from skiptrace.intake.text_blocks import head
from skiptrace.project.form import FORMATS, Form
from skiptrace.project.limits import Limits
from skiptrace.store.inputs import InputFile


def settled(file: InputFile, form: Form, limits: Limits) -> Form:
    """`form` with format, delimiter, encoding and layout filled in. Raises DataRefused where a file is of no kind that is read."""
    told = form.format or ("fixed" if form.layout or form.fields else file.format)
    if told not in FORMATS:
        shown = f".{told}" if told.isalnum() else "this kind of"
        mend = "save it as Parquet or CSV, name the right files by a glob, or declare format under file"
        raise refused(file, f"{shown} files are not read", mend)
    if file.packing and told in ("parquet", "excel"):
        raise refused(file, f"is a packed {told} file, which is packed already", "have it delivered as it is")
    changed: dict[str, object] = {"format": told}
    if told in ("csv", "fixed", "jsonl"):
        changed["encoding"] = form.encoding or "utf-8"
    if told == "fixed" and not form.fields:
        layout = read_layout(str(form.layout))
        changed |= {"fields": layout.fields, "length": form.length or layout.length, "layout": None}
    if told == "csv" and form.delimiter is None:
        content = head(file, form, limits)
        found = first_record(content, form)
        changed["delimiter"] = "," if found is None else delimiter_of(found.text.split("\n")[0], form.quote)
    return form.model_copy(update=changed)


def detect(file: InputFile, form: Form | None = None, limits: Limits | None = None) -> Form:
    """What a person may declare of a file: its encoding where it is not UTF-8, its delimiter, and whether it has a header.

    Nothing is believed for sure: a text that is not UTF-8 is proposed as UTF-16 (where it has a byte order mark or a NUL in
    every other byte) or as Windows' own character set. What `form` declares is kept."""
    form, limits = form or Form(), limits or Limits()
    told = form.format or ("fixed" if form.layout or form.fields else file.format)
    if told == "csv" and form.encoding is None:
        form = form.model_copy(update={"encoding": _encoding(head(file, Form(encoding="latin-1"), limits))})
    form = settled(file, form, limits)
    if form.format != "csv" or form.header is not None or form.names:
        return form
    found = first_record(head(file, form, limits), form)
    return form.model_copy(update={"header": found is None or not any(map(is_value, cells(found.text, form)))})


def _encoding(content: bytes) -> str:
    """`content`: the first bytes, each as the character of its number, in UTF-8."""
    raw = content.decode("utf-8", "ignore").encode("latin-1")
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for encoding, bytes_ in (("utf-16-le", raw[1::2]), ("utf-16-be", raw[::2])):
        if len(bytes_) > 1 and bytes_.count(0) > 0.4 * len(bytes_):
            return encoding
    try:
        codecs.getincrementaldecoder("utf-8")().decode(raw)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"
