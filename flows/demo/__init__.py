"""The bundled newsroom: an HTTP server on loopback with invented outlets, for the demo and the tests."""
