"""Handlers and adapters together, on a DynamoDB that lives in the process."""
