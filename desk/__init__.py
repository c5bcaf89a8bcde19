"""The desk: typed reads of the published corpus, and the pages, feeds and files that people look at, made from them."""
