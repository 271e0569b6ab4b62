"""What the service means, without AWS: models, errors and use cases."""
