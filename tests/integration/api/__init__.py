"""The HTTP contract, request by request."""
