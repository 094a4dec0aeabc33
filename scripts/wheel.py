#!/usr/bin/env python3
"""Makes a Python wheel of the package in python/opd with the installed program: wheel.py VERSION PREFIX OUT GLIBC

`pip install` of it puts `opd` on the PATH and gives `import opd`; completions, the manual page and the experiments go where
PREFIX has them. The wheel's tag states the oldest C library it runs on, GLIBC (scripts/glibc-floor.py). OpenBLAS, HDF5 and
GSL are the system's; where they are missing, `opd` says which packages bring them.
"""

import base64
import hashlib
import os
import platform
import sys
import zipfile

PACKAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "python", "opd")


def contents(version, prefix, tag):
    """Names in the wheel, with their bytes and whether they are programs."""
    folder = os.path.join(prefix, "lib", "opd")
    for name in sorted(os.listdir(PACKAGE)):
        if name.endswith((".py", ".typed")):
            with open(os.path.join(PACKAGE, name), "rb") as file:
                yield "opd/" + name, file.read(), False
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), "rb") as file:
            yield "opd/bin/" + name, file.read(), name == "opd"
    for place, folders, names in sorted(os.walk(os.path.join(prefix, "share"))):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(place, name)
            with open(path, "rb") as file:
                yield f"opd_lab-{version}.data/data/{os.path.relpath(path, prefix)}", file.read(), False
    about = f"opd_lab-{version}.dist-info/"
    metadata = (
        f"Metadata-Version: 2.1\nName: opd-lab\nVersion: {version}\nSummary: A laboratory for on-policy distillation\n"
        "License: Apache-2.0\nRequires-Python: >=3.9\n"
    )
    yield about + "METADATA", metadata.encode(), False
    yield about + "WHEEL", f"Wheel-Version: 1.0\nGenerator: opd\nRoot-Is-Purelib: false\nTag: {tag}\n".encode(), False
    yield about + "entry_points.txt", b"[console_scripts]\nopd = opd.launcher:main\n", False


def main():
    version, prefix, out, floor = sys.argv[1:]
    tag = f"py3-none-manylinux_{floor.replace('.', '_')}_{platform.machine()}"
    record = []
    path = os.path.join(out, f"opd_lab-{version}-{tag}.whl")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:

        def add(name, data, program):
            entry = zipfile.ZipInfo(name)
            entry.external_attr = (0o100755 if program else 0o100644) << 16
            wheel.writestr(entry, data, zipfile.ZIP_DEFLATED)

        for name, data, program in contents(version, prefix, tag):
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            record.append(f"{name},sha256={digest},{len(data)}")
            add(name, data, program)
        name = f"opd_lab-{version}.dist-info/RECORD"
        add(name, ("\n".join(record) + f"\n{name},,\n").encode(), False)
    print(path)


main()
