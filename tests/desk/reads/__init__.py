"""Tests of the reads for pages."""
