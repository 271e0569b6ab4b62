"""What stands between the domain and AWS."""
