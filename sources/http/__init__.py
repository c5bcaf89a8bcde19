"""The polite HTTP client: pacing, robots.txt, address checks, bounded bodies, resumable downloads of large files."""
