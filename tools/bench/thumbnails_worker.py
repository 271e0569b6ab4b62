"""Makes thumbnails like peers/sharp/thumbnails.mjs; prints the milliseconds of each round by format."""

import json
import sys
import time
from pathlib import Path

from users.adapters.images import make_thumbnails

WARM_UP_ROUNDS = 3


def milliseconds(file: Path) -> float:
    """Read a file and make its thumbnails; return the time for the thumbnails."""
    original = file.read_bytes()
    start = time.perf_counter()
    make_thumbnails(original)
    return (time.perf_counter() - start) * 1000


rounds, *files = sys.argv[1:]
times = {
    Path(file).suffix[1:]: [milliseconds(Path(file)) for _ in range(WARM_UP_ROUNDS + int(rounds))]
    for file in files
}
print(json.dumps({kind: each[WARM_UP_ROUNDS:] for kind, each in times.items()}))
