"""Tests of the local stack that require neither Docker nor MiniStack."""
