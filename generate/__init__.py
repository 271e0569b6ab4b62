"""Writes what is generated from the code: `make generate`. It is never deployed."""
