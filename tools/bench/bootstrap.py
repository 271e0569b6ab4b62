"""Replaces the bootstrap of Lambda: sets the search path and starts the runtime interface client."""

import os
import sys

sys.path[:] = [
    *os.environ["BENCH_PATH"].split(os.pathsep),
    *(path for path in sys.path if not path.endswith("site-packages")),
]

from awslambdaric.__main__ import main  # type: ignore[import-not-found]  # noqa: E402 - on the path above

main([sys.argv[0], os.environ["_HANDLER"]])
