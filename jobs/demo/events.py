"""What happened since the purchase: dispositions of calls, texts, e-mails and letters, and the list of who opted out.

Outcomes follow the true state of the point that was tried, so that they carry information: a dead number is mostly not
in service, somebody else's number is a wrong party now and then, a letter to an old address comes back half the time.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from jobs.demo import mistakes, records, shares
from jobs.demo.points import DISCONNECTED, RIGHT, formatted, phone_at
from jobs.demo.records import World
from jobs.demo.tape import Debtors
from jobs.demo.words import Days, Random, Text, Whole, present, stream, texts

CHANNELS = ("voice", "sms", "email", "mail")
CHANNEL_SHARES = (0.52, 0.12, 0.22, 0.14)
SYSTEMS = texts(["dialer", "text_platform", "email_platform", "letter_vendor"])

# Outcome and share, by channel and by what the point is: the right person's, dead, somebody else's.
OUTCOMES: dict[tuple[int, int], dict[str, float]] = {
    (0, 0): {"right_party": 0.14, "conversation": 0.09, "voicemail": 0.40, "ring_no_answer": 0.29, "busy": 0.05,
             "opt_out": 0.03},
    (0, 1): {"not_in_service": 0.72, "ring_no_answer": 0.24, "busy": 0.04},
    (0, 2): {"wrong_party": 0.28, "voicemail": 0.34, "ring_no_answer": 0.32, "busy": 0.04, "opt_out": 0.02},
    (1, 0): {"delivered": 0.80, "right_party": 0.07, "opt_out": 0.08, "bounced": 0.05},
    (1, 1): {"bounced": 0.85, "sent": 0.15},
    (1, 2): {"delivered": 0.75, "wrong_party": 0.15, "opt_out": 0.10},
    (2, 0): {"opened": 0.40, "delivered": 0.42, "right_party": 0.05, "opt_out": 0.06, "sent": 0.07},
    (2, 1): {"bounced": 0.46, "delivered": 0.44, "sent": 0.10},
    (3, 0): {"sent": 0.88, "right_party": 0.06, "returned_mail": 0.06},
    (3, 1): {"sent": 0.50, "returned_mail": 0.50},
}  # fmt: skip
GOOD, DEAD, OTHERS = 0, 1, 2


def dispositions(world: World, debtors: Debtors, slot: Whole, seed: int) -> pa.Table:
    """The delivery: event_id, account_id, channel, value, outcome_code, system (text) and occurred_at (ISO, UTC, text).

    `slot` is, per account, the address that letters go to. A few events are delivered twice; a few are of accounts that
    are not in the portfolio. Rows are in the order of events."""
    rng = stream(seed, "dispositions")
    people = world.people
    worked = mistakes.hit(len(debtors.person), shares.WORKED, rng)
    attempts = 1 + rng.poisson(shares.EVENTS_PER_ACCOUNT - 1, len(worked))
    account = np.repeat(worked, attempts)
    n = len(account)
    age = 1 + rng.exponential(130, n).astype(np.int64) % (shares.FILES_AGE_DAYS - 2)  # after the files were compiled
    age = np.minimum(age, np.maximum((people.as_of - debtors.charged_off[account]).astype(np.int64) - 60, 1))
    second = rng.integers(13 * 3600, 23 * 3600, n)  # daytime anywhere in the country, in UTC
    channel = rng.choice(4, n, p=CHANNEL_SHARES)
    value, state = targets(world, debtors, slot, account, channel, people.as_of - age, rng)
    outcome = outcomes(channel, state, rng)
    tried = np.flatnonzero(present(value))
    order = tried[np.lexsort((account[tried], second[tried], -age[tried]))]
    account_id = debtors.account_id[account[order]]
    foreign = mistakes.hit(len(order), shares.EVENTS_OF_OTHERS, rng)
    account_id[foreign] = [f"99{number:08d}" for number in foreign.tolist()]
    moment: Days = (people.as_of - age[order]).astype("datetime64[s]") + second[order].astype("timedelta64[s]")
    columns = {
        "event_id": texts([f"EV{number:09d}" for number in range(1, len(order) + 1)]),
        "account_id": account_id,
        "channel": texts([CHANNELS[number] for number in channel[order].tolist()]),
        "value": value[order],
        "outcome_code": outcome[order],
        "system": SYSTEMS[channel[order]],
        "occurred_at": texts([f"{text}Z" for text in np.datetime_as_string(moment).tolist()]),
    }
    table = pa.table({name: records.column(values) for name, values in columns.items()})
    again = np.concatenate([np.arange(len(order)), mistakes.hit(len(order), shares.REPEATED_EVENTS, rng)])
    return table.take(pa.array(np.sort(again)))


def targets(world: World, debtors: Debtors, slot: Whole, account: Whole, channel: Whole,
             day: Days, rng: Random) -> tuple[Text, Whole]:  # fmt: skip
    """The point that each attempt tried, as written, and what it is; None where the consumer has none of the kind."""
    people, points = world.people, world.points
    person = debtors.person[account]
    value, state = np.full(len(account), None, object), np.full(len(account), DEAD)
    alive = np.isnat(people.died[person])
    call = np.flatnonzero(channel <= 1)
    known = day[call] - rng.integers(100, 1200, len(call))  # numbers were learned some time before they were tried
    which = phone_at(people, points, person[call], known, rng)
    number = points.phone[person[call], which]
    plain = texts([str(found) if found else None for found in number.tolist()])
    value[call] = formatted(plain, rng)
    kind = points.state[person[call], which]
    state[call] = np.select([(kind == RIGHT) & alive[call], kind == DISCONNECTED], [GOOD, DEAD], OTHERS)
    mail = np.flatnonzero(channel == 2)
    old = ((rng.random(len(mail)) < 0.35) & present(points.email[person[mail], 1])).astype(np.int64)
    value[mail] = points.email[person[mail], old]
    state[mail] = np.where(points.email_read[person[mail], old] & alive[mail], GOOD, DEAD)
    letter = np.flatnonzero(channel == 3)
    where = people.address[person[letter], slot[account[letter]]]
    value[letter] = people.book.one_line(world.words, where)
    state[letter] = np.where((where == people.address[person[letter], 0]) & alive[letter], GOOD, DEAD)
    return value, state


def outcomes(channel: Whole, state: Whole, rng: Random) -> Text:
    """How attempts end, by channel and by what each point is."""
    out = np.full(len(channel), None, object)
    for (number, kind), table in OUTCOMES.items():
        rows = np.flatnonzero((channel == number) & (state == kind))
        out[rows] = texts(list(table))[rng.choice(len(table), len(rows), p=list(table.values()))]
    return out


def suppressions(world: World, debtors: Debtors, done: pa.Table, cease: list[str], seed: int) -> pa.Table:
    """The delivery: list, scope, channel, value, reason (text) and effective_from (date).

    Opt-outs that dispositions show (most of them: lists lag), further ones of phones and e-mails, among them numbers of
    strangers, and the accounts of `cease`, whose consumers wrote that contact must stop."""
    rng = stream(seed, "suppressions")
    points, as_of = world.points, world.people.as_of
    opted = [row for row in done.to_pylist() if row["outcome_code"] == "opt_out"] if done.num_rows else []
    kept = rng.random(len(opted)) < 0.9
    shown = [row for row, keep in zip(opted, kept, strict=True) if keep]
    seen = {(row["channel"], row["value"], row["occurred_at"][:10]) for row in shown}
    entries = [("internal_opt_out", "endpoint", channel, value, "opt_out", day) for channel, value, day in sorted(seen)]
    n = max(2, round(len(debtors.person) * shares.SUPPRESSED_EXTRA))
    owners = np.concatenate([rng.choice(debtors.person, n), rng.integers(0, len(world.people), n)])
    number = texts([str(found) if found else None for found in points.phone[owners, 0].tolist()])
    days = as_of - rng.integers(1, 900, len(owners))
    by_phone = rng.random(len(owners)) < 0.6
    word = np.where(rng.random(len(owners)) < 0.5, "voice", "sms")
    phone, address = formatted(number, rng), points.email[owners, 0]
    for row in range(len(owners)):
        value, channel = (phone[row], str(word[row])) if by_phone[row] else (address[row], "email")
        if value is not None:
            entries.append(("internal_opt_out", "endpoint", channel, value, "opt_out", str(days[row])))
    written = rng.integers(5, 500, len(cease))
    entries += [("cease_letters", "account", None, account, "cease", str(as_of - age))
                for account, age in zip(cease, written, strict=True)]  # fmt: skip
    names = ("list", "scope", "channel", "value", "reason")
    columns = {name: pa.array([entry[at] for entry in entries], pa.string()) for at, name in enumerate(names)}
    first_day = np.array([entry[5] for entry in entries], "datetime64[D]")
    return pa.table(columns | {"effective_from": records.day_column(first_day)})


