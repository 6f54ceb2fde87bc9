"""One module per channel, found by being there: KIND (of contact point), FEATURES, and `usable(points)`.

The scorecard of the same name in `rules/reachability/` holds the points; a feature that the module does not declare
cannot be scored."""
