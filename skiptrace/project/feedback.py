"""[[feedback]]: the result files that the platform or agency of an export sends back.

Its profile states what such a file looks like, so a project says only where the files lie. Each entry is read as sources of past
attempts, one per account that a row of the export may be about.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from skiptrace.project.form import Form
from skiptrace.project.parts import Part, Text


class Feedback(Part):
    """Results of the export of this name: `path` is a file, glob or folder, where there may be none yet unless they are `required`;
    `file` how the files are written; `max_age_days` how old the newest may be."""

    export: Text
    path: Text
    file: Form = Field(default_factory=Form)
    required: bool = False
    max_age_days: Annotated[int, Field(ge=0)] | None = None
