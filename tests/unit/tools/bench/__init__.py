"""Tests of the benchmark. None of them measures time."""
