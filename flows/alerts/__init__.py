"""Alerts: what is worth telling an operator, told once to each channel, at once or as a digest."""
