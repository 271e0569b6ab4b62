"""The rules of the service: models, errors and use cases."""
