"""Runs the commands of README and docs.

In this folder are the programs that the reader has. Where a page needs an AWS account, it is the local one.
"""
