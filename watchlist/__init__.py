"""What a user edits: feeds, entities, terms and rules, shipped with defaults for 5G security."""
