"""Which channel to begin with: reach, stated preference, gentleness and cost, over exportable uses only."""

from __future__ import annotations

import pyarrow as pa

from skiptrace.reach.scorecards import OrderRules
from skiptrace.sql import query

_ORDER = """
with exportable as (
    select c.*, p.p_right_party from channels c join points p using (account_id, point_id)
    where c.decision in ('permitted', 'conditional')),
best as (
    select account_id, channel, max(p_reach) p from exportable group by all),
valued as (
    select b.account_id, b.channel, b.p * w.gentleness - w.cost as worth,
        coalesce(t.preferred_channel = b.channel, false) preferred
    from best b join weights w using (channel) left join tape t using (account_id)),
orders as (
    select account_id, list(channel order by preferred desc, worth desc, channel) channel_order
    from valued group by all),
per_point as (
    select account_id, point_id, max(p_reach) p, max(p_right_party) q from exportable group by all),
together as (
    -- Every point of an account rests on the same links, so the chance that these are wrong is counted once.
    select account_id, max(q) q, 1 - product(1 - least(p / q, 1)) given_link from per_point group by all)
select t.account_id, o.channel_order[1] best_channel, coalesce(o.channel_order, []) channel_order,
    coalesce(g.q * g.given_link, 0) p_any_channel,
    round(coalesce(g.q * g.given_link, 0) * t.balance::double, 2)::decimal(14,2) expected_value
from tape t left join orders o using (account_id) left join together g using (account_id)
order by t.account_id
"""


def order_channels(tape: pa.Table, points: pa.Table, channels: pa.Table, rules: OrderRules) -> pa.Table:
    """Columns account_id, best_channel, channel_order, p_any_channel (double), expected_value (decimal), by account_id.

    p_any_channel = max(q) (1 - prod(1 - p/q)) over the account's exportable points, p the best p_reach of a point and
    q the probability that it is the person's. Accounts without an exportable use get an empty order and 0."""
    names = sorted(rules.gentleness)
    weights = pa.table(
        {"channel": names, "gentleness": [rules.gentleness[n] for n in names], "cost": [rules.cost[n] for n in names]}
    )
    return query(_ORDER, {"tape": tape, "points": points, "channels": channels, "weights": weights})
