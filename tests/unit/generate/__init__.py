"""What is generated is true, and can be read."""
