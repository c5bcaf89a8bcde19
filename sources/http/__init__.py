"""The polite HTTP client: pacing, robots.txt, address checks, bounded bodies, downloads with resume."""
