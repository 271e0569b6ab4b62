"""Tests of the benchmark. No clock decides any of them."""
