"""Alerts: messages about faults and new stories, sent once to each channel, at once or as a digest."""
