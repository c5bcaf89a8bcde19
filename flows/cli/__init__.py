"""The command line. A command is a module with ``add_arguments`` and ``run``, which calls one function and prints."""
