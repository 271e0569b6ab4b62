"""The shared layer, module by module."""
