"""One module per event source."""
