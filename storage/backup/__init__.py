"""Backups of a corpus and its working directory: made while runs go on, checked, restored without overwriting
anything.
"""
