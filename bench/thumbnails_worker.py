"""Our side of the comparison, to be run in a process of its own; mirrors peers/sharp/thumbnails.mjs.

`python -m bench.thumbnails_worker ROUNDS OUTPUT FILE...` prints the milliseconds of each round by file.
"""

import json
import sys
import time
from pathlib import Path

from users.adapters.images import make_thumbnails

_WARM_UP_ROUNDS = 3


def measured(file: Path, rounds: int, output: Path) -> list[float]:
    """Milliseconds of each round; the thumbnails are left under `output`."""
    for _ in range(_WARM_UP_ROUNDS):
        _milliseconds(file)
    times = [_milliseconds(file) for _ in range(rounds)]
    for size, jpeg in make_thumbnails(file.read_bytes()).items():
        (output / f"{file.stem}-{size}.jpg").write_bytes(jpeg)
    return times


def _milliseconds(file: Path) -> float:
    original = file.read_bytes()
    start = time.perf_counter()
    make_thumbnails(original)
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    rounds, output, *files = sys.argv[1:]
    paths = [Path(file) for file in files]
    print(json.dumps({path.stem: measured(path, int(rounds), Path(output)) for path in paths}))
