"""Handlers with their adapters, on moto."""
