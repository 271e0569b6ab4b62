"""Benchmarks: what this project does against what is usually done, on the same machine in the same run."""
