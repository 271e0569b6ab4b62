"""Benchmarks of this project and other implementations, on the same machine in the same run."""
