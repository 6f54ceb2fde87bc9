"""File formats of exports. A module is a format: SUFFIX, OPTIONS with defaults, check, write and read."""
