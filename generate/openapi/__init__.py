"""The OpenAPI description of the API, made from the code, its examples included."""
