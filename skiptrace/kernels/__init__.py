"""Loops compiled by numba, each beside the plain function whose answers it must equal."""
