"""When DynamoDB throttles, fails, hangs or loses its responses."""
