"""Backfills: the press of past years, by the path every story takes.

What can be asked for: ``sources`` (with ``forms`` and ``options``). Which units that means: ``planning``, ``changes``,
``files``. The run: ``run``, with its ``state`` and ``account``. Units that list addresses: ``listing``. Units that
hold pages: ``scanning`` hands slices of files to workers (or to a ``cluster``), ``slices`` is what a worker does;
``loading`` brings what they deliver into the corpus. Before anything is written: ``dry_run``, ``estimate``.
"""
