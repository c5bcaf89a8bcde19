"""The Prefect flows (the files beside this one), the runs that they record (``runs/``: what happens, in order), the
command line and the settings.
"""
