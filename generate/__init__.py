"""Writes what can be derived from the stack and its code, so that it is true: what `make generate` runs."""
