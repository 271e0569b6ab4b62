"""Shared by all functions: AWS clients, observability, problems, settings, strict models.

It does not depend on the `users` package.
"""

# First, while the call stack is shallow. Deeper in the stack, compiling the regular expressions of urllib3
# repeatedly crosses the edge of a chunk of CPython's frame stack: docs/decisions/011-boto3-clients.md
import urllib3  # noqa: F401, I001
import boto3  # noqa: F401
