"""Watches the press for 5G security.

In the repository the packages in this folder are links to the folders beside it, so that every module has one name,
``fivegwatch.ROOM.MODULE``, in a checkout as in a wheel.
"""
