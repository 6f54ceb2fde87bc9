"""Deliveries in, canonical tables out: which files, what they hold, what their columns mean, what cannot be used."""
