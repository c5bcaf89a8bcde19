"""Reads for pages: one module a kind of page, each a function from an open corpus to a frozen dataclass.

`desk.page_registry` names the template that shows it.
"""
