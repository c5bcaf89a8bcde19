"""Backfills: the press of past years, read from archives or fetched from listings, and judged like any page.

``sources`` declares the requests (with ``forms`` and ``options``). ``planning``, ``changes`` and ``files`` find the
units of a request and their files. ``run`` works on them, with its ``state`` and ``account``. ``listing`` reads units
that list addresses. ``scanning`` hands slices of WARC files to workers (or to a ``cluster``); ``slices`` is the
worker's part. ``loading`` merges the results into the corpus. ``dry_run`` and ``estimate`` say beforehand what a
request would take.
"""
