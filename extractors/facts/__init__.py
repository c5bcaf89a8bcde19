"""What a kept story says: countries, roles, topics, measures, incidents, and which stories tell of one event."""
