"""The desk: typed reads of the published corpus, and what people look at, made from these reads: pages, feeds,
files.
"""
