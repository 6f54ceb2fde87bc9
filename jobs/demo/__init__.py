"""The project's own seeded generator of a sample project: who lives where, what a tape and four sources know of them.

Every person, address, number and letter box is invented. `jobs.demo.project.make` writes a folder that can be run as it
is, with the truth beside it; `skiptrace demo`, tests and benchmarks use it at any size. How often each hard case occurs
is stated in `jobs.demo.shares`: a stated model, no evidence about real people, lines or mailboxes.
"""
