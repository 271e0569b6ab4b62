"""`make bench`: builds, measures, prints the ratios and writes them down."""

import argparse
import sys

from bench import functions, imports, report, thumbnails
from bench.builds import build_all
from bench.likeness import ThumbnailsBenchError
from bench.limits import MEANINGS, missed
from local.console import step
from local.workspace import PROJECT

DIRECTORY = PROJECT / ".local" / "bench"


def main() -> int:
    """1 when a figure is above its limit, 2 when something is missing to measure it."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument(
        "--rounds", type=int, default=15, help="of cold starts, and of 200 warm requests each"
    )
    rounds = parser.parse_args().rounds
    with step("Building what is measured"):
        builds = build_all(DIRECTORY)
    with step("Functions"):
        figures = functions.measure(builds, cold_rounds=rounds, warm_rounds=rounds)
    with step("Imports"):
        costs = imports.measure(builds, rounds)
    try:
        with step("Thumbnails"):
            figures |= thumbnails.measure(max(3, rounds // 5))
    except ThumbnailsBenchError as error:
        print(error, file=sys.stderr)
        return 2
    figures |= {"layer_zip_mb": builds.layer_zip_mb, "function_zip_mb": builds.function_zip_mb}
    report.write({name: figures[name] for name in MEANINGS} | figures, costs)
    print(report.table(figures))
    for name in missed(figures):
        print(f"Above its limit: {name}", file=sys.stderr)
    return 1 if missed(figures) else 0


if __name__ == "__main__":
    sys.exit(main())
