"""What follows a write or an upload: the functions behind the API with their real adapters on moto."""
