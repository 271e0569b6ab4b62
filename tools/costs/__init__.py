"""Estimates the monthly costs of the stack."""
