"""Somebody who reads README and docs, and types every command that is there.

In this folder are the programs that the reader has: those that reach AWS reach the local AWS instead.
"""
