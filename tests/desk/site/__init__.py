"""The frozen site."""
