"""Hooks of Schemathesis for `make fuzz`, which run in its own environment."""
