"""Fields, use cases and what passes between them."""
