"""Writes docs/openapi.json from the routes of the API."""
