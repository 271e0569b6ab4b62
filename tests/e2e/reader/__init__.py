"""Somebody who reads README and docs, and types every command that is there.

In this folder are the programs that the reader has. Where a page needs an AWS account, it is the local one.
"""
