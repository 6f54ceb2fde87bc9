"""The closed word lists of the product: every status, kind and purpose, spelled once."""

from __future__ import annotations

from typing import Final

CHANNELS: Final = ("voice", "sms", "email", "mail", "portal")
NOTE_WORDS: Final = ("find", "confirm", "not_mine")
"""What a note says of a contact point."""
POINT_KINDS: Final = ("address", "phone", "email")

LOCATE_STATUSES: Final = ("deceased", "held", "moved", "confirmed", "located", "not_found")
"""In order of precedence: the first that applies is the status of an account."""

LINK_STATUSES: Final = ("linked", "review", "refused")
RELATIONS: Final = ("same", "household", "unrelated")
DECISIONS: Final = ("permitted", "conditional", "stopped")
GRADES: Final = ("A", "B", "C", "D", "F", "unknown")

SOURCE_KINDS: Final = (
    "credit_header", "utility", "voter", "tax", "government", "property", "court", "ncoa", "phone_file", "email_file",
    "vendor_append", "deceased", "bankruptcy", "litigator", "suppression", "dispositions", "answers", "account_events", "notes",
    "placements", "own_portfolio", "other",
)  # fmt: skip
EVENT_KINDS: Final = ("suppression", "dispositions", "answers", "account_events", "notes", "placements")
"""Kinds whose rows are events about accounts or points, not records about people."""

PURPOSES: Final = (
    "fcra.collection", "fcra.account_review", "fcra.written_instruction",
    "glba.fraud_prevention_or_collection", "glba.fraud", "glba.legal", "glba.consumer_request",
    "dppa.litigation", "dppa.normal_business", "dppa.consent",
    "dmf.certified", "ncoa.mailing_list_hygiene", "public_record", "consumer_provided", "other",
)  # fmt: skip

POINT_STATUSES: Final = ("active", "disconnected", "reassigned", "wrong_party", "invalid", "deceased", "unknown")
WRONG_STATUSES: Final = ("disconnected", "reassigned", "wrong_party", "invalid", "deceased")
"""Statuses of a point at which the consumer cannot be reached: it stands behind all others and never has rank 1."""
LINE_TYPES: Final = ("mobile", "landline", "voip", "toll_free", "unknown")
CONSENT_CHANNELS: Final = ("voice", "text", "prerecorded", "email")
CONSENT_STATES: Final = ("given", "revoked")
SUPPRESSION_SCOPES: Final = ("endpoint", "account", "person")

ACCOUNT_FLAGS: Final = ("deceased", "bankruptcy", "attorney", "cease", "dispute", "scra")
ACCOUNT_STATES: Final = ("open", "closed", "recalled", "transferred")
"""Of an account in the inventory: worked; closed by the buyer; taken back by its seller; sold on. Of one day the last one holds."""
AWAY: Final = ("recalled", "transferred")
"""States of an account that is no longer the buyer's."""
OPERATOR_ROLES: Final = ("debt_buyer_active", "debt_buyer_passive", "agency", "law_firm", "creditor")
POLICIES: Final = ("canada", "revoke_all", "sample_numbers", "strict")
"""Packs of policy rules that a project may switch on; revoke_all is on where a project names none."""
DIALER_CLASSES: Final = ("manual", "autodialer", "prerecorded_or_ai_voice", "unknown")
ALERT_KINDS: Final = (
    "deceased", "bankruptcy", "attorney", "opt_out", "moved", "new_address", "new_phone", "new_email", "disconnected", "reassigned",
    "undeliverable", "email_dead", "new_stop", "lifted_stop", "reach_up", "reach_down",
)  # fmt: skip
STEPS: Final = ("intake", "index", "link", "enrich", "score", "screen", "settle", "publish")
