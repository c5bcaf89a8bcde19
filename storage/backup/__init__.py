"""Backups of a corpus and its working directory: made while runs go on, verified, restored without overwriting."""
