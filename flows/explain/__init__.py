"""Why a page was kept or rejected, for people: as text and as a page of its own."""
