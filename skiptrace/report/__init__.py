"""Report: the figures of a run, and the one offline page that shows them. Counts and sums alone, never a value."""
