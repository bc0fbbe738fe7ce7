"""A simulation: people, channels and threads at random against the real bot process, and everything that can go wrong.

``python -m tests.simulation --seed 7`` plays one seed, ``--seeds 1-50`` many; a plan follows from its seed alone. A
hunt plays dense ones as well, in which a process dies every five seconds amid four messages a second: ``--seeds
9001-9006 --turns 200 --kills 10``. What real processes make of a plan depends on the machine too, so its clock follows
how quickly the machine starts a process, and a plan that found a bug is kept and played several times.
"""
