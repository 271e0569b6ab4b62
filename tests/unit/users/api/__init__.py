"""The API, module by module."""
