"""Functions in containers, connected to a local stack of their own: `make test-sam-local`, with Docker."""
