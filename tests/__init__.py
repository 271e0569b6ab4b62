"""Everything that tests the service."""
