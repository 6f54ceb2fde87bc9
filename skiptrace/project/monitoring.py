"""[monitoring]: where a run says how it goes, for the programs that watch over it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from skiptrace.project.parts import Part, Text


class Monitoring(Part):
    """What `skiptrace run` and `skiptrace nightly` write beside the project's own files, in paths from the project's folder on.

    `log`: a file of JSON objects, a line for each thing that happened, added to ("-": stderr); `metrics`: a text file of Prometheus
    metrics, replaced at each end of a run, for a node exporter; `max_age_hours`: `skiptrace runs health` complains when the last run is
    older."""

    log: Text | None = None
    metrics: Text | None = None
    max_age_hours: Annotated[float, Field(gt=0)] = 26.0
