"""The HTTP API. No other package depends on HTTP."""
