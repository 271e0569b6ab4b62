"""`make new`: copies the project and renames users."""
