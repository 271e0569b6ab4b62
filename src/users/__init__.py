"""The users service: an HTTP API over a DynamoDB table, and what happens around it."""
