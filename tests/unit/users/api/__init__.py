"""What stands between API Gateway and the domain."""
