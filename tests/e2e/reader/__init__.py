"""Runs the commands of README and docs.

This folder contains the programs on the reader's PATH, which use the local stack as the AWS account.
"""
