"""Starts the program that this package carries."""

import os
import subprocess
import sys


def main() -> None:
    """Becomes the program, or says which libraries it lacks."""
    program = os.path.join(os.path.dirname(__file__), "bin", "opd")
    said = subprocess.run(["ldd", program], capture_output=True, text=True).stdout
    missing = [line.split()[0] for line in said.splitlines() if line.endswith("not found")]
    if missing:
        sys.exit(
            "error: These libraries are missing: " + ", ".join(missing) + ". On Debian 12 run: "
            "apt-get install libopenblas0-pthread libhdf5-103-1 libgsl27"
        )
    os.execv(program, [program] + sys.argv[1:])
