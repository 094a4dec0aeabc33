#!/usr/bin/env python3
"""Prints the oldest GNU C library that a program and its libraries run on: glibc-floor.py FILE…

It is the highest version any of them asks a symbol of: `GLIBC_2.34` makes 2.34, wherever they were built.
"""

import re
import sys


def floor(paths):
    """The highest version, as (major, minor)."""
    found = [(2, 0)]
    for path in paths:
        with open(path, "rb") as file:
            found += [(int(a), int(b)) for a, b in re.findall(rb"\0GLIBC_(\d+)\.(\d+)", file.read())]
    return max(found)


if __name__ == "__main__":
    print("%d.%d" % floor(sys.argv[1:]))
