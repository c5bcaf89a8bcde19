"""Articles: a parsed page in; title, text, date, authors, canonical address, language, quality flags out.

Limits and shares in these modules were tuned with ``benchmarks.extraction`` unless they name another measure.
"""
