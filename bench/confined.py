"""Runs a command on one core, as a Lambda function of 1,769 MB has it, and notes its peak of memory.

`python -m bench.confined COMMAND...` prints `{"output": ..., "peak_mb": ...}` with the JSON that the command
prints. It stands between because a process inherits the peak of the one that starts it, and this is small.
"""

import json
import os
import resource
import subprocess
import sys

# ru_maxrss is in bytes on macOS and in KiB elsewhere
_PER_MEGABYTE = 1024 * 1024 if sys.platform == "darwin" else 1024


def pin() -> None:
    """Stay on one core from now on, children included, where the system knows how."""
    if sys.platform == "linux":
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


if __name__ == "__main__":
    pin()
    done = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE, check=False)
    if done.returncode:
        sys.exit(done.returncode)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / _PER_MEGABYTE
    print(json.dumps({"output": json.loads(done.stdout), "peak_mb": peak}))
