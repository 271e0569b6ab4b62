"""The users service: an HTTP API over DynamoDB, and consumers of changes and uploads."""
