"""The bundled newsroom: a loopback web of invented outlets for ``make demo`` and the tests."""
