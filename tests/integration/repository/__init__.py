"""The contract of UserRepository, for each of its implementations."""
