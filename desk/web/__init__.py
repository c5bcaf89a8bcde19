"""The local web app over the published corpus, for `fivegwatch browse`."""
