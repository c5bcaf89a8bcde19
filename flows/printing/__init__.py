"""Output for people and programs: lines, tables, progress."""
