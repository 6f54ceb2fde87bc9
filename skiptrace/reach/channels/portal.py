"""A personal link to a self-service page, sent by e-mail or text: the consumer comes when it suits them.

The link rests on a point of the channel that carries it, and the rules of that channel hold for it too."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from skiptrace.reach.channels import sms

KINDS = ("email", "phone")
FEATURES = ("kind", "line_type", "status", "flags", "shared_by", "seen_years", "independent_sources", "rank", "origin")


def usable(points: pa.Table) -> np.ndarray:
    """Which points a link can be sent to: bool [n]. Every mailbox, and the numbers that take texts."""
    mailbox: np.ndarray = pc.equal(points["kind"], "email").to_numpy(zero_copy_only=False)
    found: np.ndarray = mailbox | sms.usable(points)
    return found
