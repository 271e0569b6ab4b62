"""How layers and code are made ready to ship."""
