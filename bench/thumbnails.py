"""Thumbnails made by ours and by sharp, the image library of Node.js: time, memory and likeness.

Both make three thumbnails of the same pictures on one core, in processes that take turns. Sharp is asked the
way its users ask it: a pipeline for each size. Needs npm. `python -m bench.thumbnails RUNS` prints a table.
"""

import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench import photos
from bench.likeness import ThumbnailsBenchError, check_likeness, likeness

ROUNDS = 10
"""Timed rounds in each process, after those that warm up."""

_ROOT = Path(__file__).parent.parent
_PEER = Path(__file__).parent / "peers" / "sharp"
_CONFINED = [sys.executable, "-m", "bench.confined"]
_OURS = [sys.executable, "-m", "bench.thumbnails_worker"]


@dataclass(frozen=True)
class Sample:
    """What one process reported: the milliseconds of each round by picture, and its peak of memory in MB."""

    milliseconds: dict[str, list[float]]
    peak_mb: float


def measure(runs: int) -> dict[str, float]:
    """Ratios of ours to sharp (`thumbs_..._vs_sharp`, less is better), then the medians behind them.

    Raises:
        ThumbnailsBenchError: npm is missing, or the thumbnails of one of the two are not what they should be.

    """
    with tempfile.TemporaryDirectory() as directory:
        scratch = Path(directory)
        sharp = ["node", str(install_sharp(scratch))]
        files = _write_pictures(scratch)
        samples = defaultdict(list)
        for _ in range(runs):
            for side, command in {"ours": _OURS, "sharp": sharp}.items():
                samples[side].append(_run([*_CONFINED, *command], scratch / side, files))
        together = _run([*sharp, "--together"], scratch / "together", files)
        decibels = {side: likeness(scratch / side, files) for side in samples}
    check_likeness(decibels)
    return summary(samples, together, decibels)


def summary(
    samples: dict[str, list[Sample]], together: Sample, decibels: dict[str, dict[str, float]]
) -> dict[str, float]:
    """The figures by name, ratios first."""
    pictures = together.milliseconds
    medians = {
        f"{picture}_{side}_ms": median(time for each in of_side for time in each.milliseconds[picture])
        for picture in pictures
        for side, of_side in samples.items()
    } | {f"memory_{side}_mb": median(each.peak_mb for each in of_side) for side, of_side in samples.items()}
    units = dict.fromkeys(pictures, "ms") | {"memory": "mb"}
    figures = {
        f"{what}_vs_sharp": medians[f"{what}_ours_{unit}"] / medians[f"{what}_sharp_{unit}"]
        for what, unit in units.items()
    }
    figures |= medians
    figures |= {f"{picture}_sharp_all_cores_ms": median(times) for picture, times in pictures.items()}
    figures |= {
        f"{picture}_{side}_psnr_db": decibels[side][picture] for picture in pictures for side in samples
    }
    return {f"thumbs_{name}": figure for name, figure in figures.items()}


def install_sharp(scratch: Path) -> Path:
    """The script, beside the packages that it needs, in the versions of its lock."""
    npm = shutil.which("npm")
    if npm is None:
        raise ThumbnailsBenchError(
            "npm is missing: install Node.js (https://nodejs.org) to compare with sharp."
        )
    peer = shutil.copytree(_PEER, scratch / "peer", ignore=shutil.ignore_patterns("node_modules"))
    _checked([npm, "ci", "--prefix", str(peer), "--no-audit", "--no-fund", "--loglevel=error"])
    return peer / "thumbnails.mjs"


def _write_pictures(scratch: Path) -> list[Path]:
    pictures = {scratch / f"{kind}.{kind}": content for kind, content in photos.files().items()}
    for file, content in pictures.items():
        file.write_bytes(content)
    return list(pictures)


def _run(command: list[str], output: Path, files: list[Path]) -> Sample:
    output.mkdir(exist_ok=True)
    printed = json.loads(_checked([*command, str(ROUNDS), str(output), *map(str, files)]))
    if "output" in printed:
        return Sample(printed["output"], printed["peak_mb"])
    return Sample(printed, math.nan)


def _checked(command: list[str]) -> str:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(_ROOT), str(_ROOT / "src")])}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        raise ThumbnailsBenchError(f"{command[0]} failed: {done.stderr.strip()}")
    return done.stdout


def main(runs: int = 3) -> int:
    """Print the figures."""
    try:
        figures = measure(runs)
    except ThumbnailsBenchError as error:
        print(error, file=sys.stderr)
        return 1
    for name, figure in figures.items():
        print(f"{name:32} {figure:8.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
