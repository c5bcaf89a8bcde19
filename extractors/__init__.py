"""Pure functions: bytes and values in, values out. No socket, no file, no clock, no environment."""
