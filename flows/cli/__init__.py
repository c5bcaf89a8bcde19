"""The command line: parse arguments, call one function, print. Each command is a module with ``add_arguments`` and ``run``."""
