"""Tests of the service and its tools."""
