"""The adapters for AWS, module by module."""
