"""Copies of the project work."""
