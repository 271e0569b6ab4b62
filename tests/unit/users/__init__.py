"""The users package, module by module."""
