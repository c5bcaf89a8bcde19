"""Backfills: the press of past years, read from archives or fetched from listings, and judged like any page.

``sources`` declares the requests (with ``forms`` and ``options``). ``planning`` and ``changes`` find the units of a
request, and which of their files have changed. ``run`` works on the units, with its ``state`` and ``account``.
``listing`` reads units that list addresses. ``scanning`` hands slices of WARC files to workers (or to a ``cluster``);
``slices`` is the worker's part. ``loading`` merges the results into the corpus. ``dry_run`` and ``estimate`` say
beforehand how much time and space a request would take.
"""
