"""Runs the whole stack on this machine: what `make up` and its companions, and the e2e tests, use."""
