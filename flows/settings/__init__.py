"""The settings of a working directory: read from fivegwatch.toml, and from the environment, which takes precedence."""
