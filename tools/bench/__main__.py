"""`make bench`: builds, measures, prints the ratios and writes the report."""

import argparse
import sys

from tools.bench import functions, report, thumbnails
from tools.bench.builds import build_all
from tools.local.console import exit_code, step
from tools.local.workspace import PROJECT

DIRECTORY = PROJECT / ".local" / "bench"


def main() -> int:
    """Return 1 if a figure exceeds its limit or cannot be measured."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="cold starts, and batches of warm requests")
    rounds = parser.parse_args().rounds
    with step("Building this project and its peers"):
        builds = build_all(DIRECTORY)
    with step("Measuring functions"):
        medians = functions.measure(builds, rounds)
    with step("Measuring thumbnails"):  # last, because this process then stays on one core
        medians |= thumbnails.measure(builds.thumbnails, DIRECTORY, runs=max(3, rounds // 5))
    medians["layer_zip_mb"] = builds.layer_zip_mb
    measured = report.figures(medians)
    report.write(measured, medians)
    print(report.table(measured))
    for name in report.missed(measured):
        print(f"Above its limit: {name}", file=sys.stderr)
    return 1 if report.missed(measured) else 0


if __name__ == "__main__":
    sys.exit(exit_code(main))
