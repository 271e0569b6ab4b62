"""What `make fuzz` knows of the API beyond its description, in the environment of Schemathesis."""
