"""What a kept story says: countries, roles, topics, measures, incidents, and which stories report one event."""
