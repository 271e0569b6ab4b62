"""Runs the whole stack on this machine, for `make up`, related targets and the e2e tests."""
