"""The command line. Each command is a module with ``add_arguments`` and ``run``, which calls one function and
prints.
"""
