"""Child processes in which documents are parsed, so that a hostile one can only end its own process."""
