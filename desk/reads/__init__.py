"""Reads for pages: for each kind of page a module with a function that takes an open corpus and returns a frozen
dataclass.

`desk.page_registry` names the template that shows the dataclass.
"""
