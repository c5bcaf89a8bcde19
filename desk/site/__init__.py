"""The frozen site, which `fivegwatch publish` writes: the desk's pages as files with relative links; only changed ones
are rewritten.
"""
