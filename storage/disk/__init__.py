"""The files of a corpus on disk: their paths, locks, durable writes, archived pages, copies of former watchlists."""
