"""Tests of copies of the project."""
