"""The files of a corpus on disk: layout, locks, durable writes, archived pages, former watchlists."""
