"""Unit tests of users.adapters.dynamodb."""
