"""The tool that copies the project."""
