"""skiptrace: find the right person, the right way to reach them, and the reason why.

The package is the domain: tables in, tables out. It knows nothing of schedulers, clocks or run folders; those live in
`jobs`. Rooms of the house are imported by name (`skiptrace.linkage`, `skiptrace.contacts`, ...).
"""

__version__ = "0.1.0"
