"""Orchestration: the only place with Dask, the clock, the run folder and the command line.

Steps are modules with importable task functions: paths and plain values in, one written file and a receipt out.
"""
