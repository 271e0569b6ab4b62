"""`make fuzz`. Schemathesis runs the hooks in its own environment."""
