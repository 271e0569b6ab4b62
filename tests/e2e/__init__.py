"""Tests over HTTP against the deployed stack: the real template in a local AWS that enforces IAM policies."""
