"""[compliance]: what the contact rules need to know about the user, and steps that were done outside."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated

from pydantic import AfterValidator, Field

from skiptrace.project.parts import Part, SafeName, Text, matching, one_of
from skiptrace.vocabulary import CHANNELS, DIALER_CLASSES, OPERATOR_ROLES, POLICIES

State = Annotated[str, AfterValidator(matching(re.compile("[A-Z]{2}"), "is not a state", "two capital letters, such as WA"))]


class Attestation(Part):
    """[[compliance.attest]]: a step done outside, when, and on whose word."""

    step: SafeName
    date: dt.date
    by: Text


class Compliance(Part):
    """[compliance]: what the fact sheet needs to know about the user. None means nobody said: rules fail closed on it.

    `channels` are those that will be used (None: all); `creditor_states` are the home states of the creditors, whose limitation
    periods may count; `policies` the packs of policy rules in use (None: revoke_all); `dmf_certified_until` the last day of
    the certification for the restricted death file."""

    operator_role: Annotated[str, AfterValidator(one_of(OPERATOR_ROLES))] | None = None
    dialer_class: Annotated[str, AfterValidator(one_of(DIALER_CLASSES))] | None = None
    licensed_states: tuple[State, ...] | None = None
    creditor_states: tuple[State, ...] = ()
    content_has_offer: bool | None = None
    channels: Annotated[tuple[Annotated[str, AfterValidator(one_of(CHANNELS))], ...], Field(min_length=1)] | None = None
    policies: tuple[Annotated[str, AfterValidator(one_of(POLICIES))], ...] | None = None
    dmf_certified_until: dt.date | None = None
    attest: tuple[Attestation, ...] = ()
