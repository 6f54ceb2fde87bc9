"""One module per channel, found by being there: KINDS (of contact point), FEATURES, and `usable(points)`.

The scorecard of the same name in `rules/reachability/` holds the points; a feature that the module does not declare
cannot be scored. A feature is a column of CONTACT_POINTS or one that `skiptrace.reach.features` makes of them."""
