"""The Postman collection and its environments, made from the description of the API."""
