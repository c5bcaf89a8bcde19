"""Imported by the process that children of the tests' own pools are forked from."""

from tests.flows.read_rules import prepare

prepare()
