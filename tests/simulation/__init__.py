"""A simulation: people, channels and threads at random against the real bot process, and everything that can go wrong.

``python -m tests.simulation --seed 7`` plays one seed, ``--seeds 1-50`` many; a plan follows from its seed alone. What
real processes make of it depends on the machine as well, so a plan that found a bug is kept and played several times.
"""
