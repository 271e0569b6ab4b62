"""Tests of one module at a time, in the same folders as the code."""
