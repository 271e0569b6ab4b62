"""A stack of its own, as for the tests over HTTP."""

from tests.e2e.conftest import api, bucket, emulator, stack, url, workspace

__all__ = ["api", "bucket", "emulator", "stack", "url", "workspace"]
