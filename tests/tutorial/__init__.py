"""The tutorial works."""
