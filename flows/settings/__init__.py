"""The settings of a working directory: fivegwatch.toml, then the environment."""
