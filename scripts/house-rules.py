#!/usr/bin/env python3
"""Checks the rules of the house that the compiler does not: lengths, unsafe code, imports between rooms.

Usage: scripts/house-rules.py [--list]      --list prints every function and file beyond the limits, for the list of exceptions

Exceptions stand in scripts/house-rules.txt, one a line: what, how long it may be, why. One that is needed no more is a
failure too, so that the list only shrinks.
"""
import os
import re
import sys

FUNCTION, FILE = 25, 250
UNSAFE_ROOMS = {"Tensors", "Storage"}
# Floors: a room imports rooms of lower floors only, and of its own floor those named beside it.
FLOORS = [
    {"Core", "Tensors", "Storage", "Statistics", "Programs"},
    {"Plugins", "Records", "Tokenizers", "Networks"},
    {"Student", "Teacher", "Curriculum", "TAD", "Tasks"},
    {"Distill", "Video", "Analysis", "Sweeps", "Engines", "Serve"},
    {"Runs"},
    {"Selfcheck", "DistillTesting"},
    {"OPDCommands"},
    {"opd"},
]
BESIDE = {("Storage", "Core"), ("Statistics", "Core"), ("Programs", "Core"), ("Records", "Plugins"), ("Sweeps", "Analysis")}
LIBRARIES = {"COpenBLAS", "CHDF5", "CHDF5Library", "CGSL"}

HEAD = re.compile(
    r"^( *)(?:@\S+ )*(?:(?:public|package|private|fileprivate|static|mutating|nonmutating|final|convenience) )*"
    r"(func [^ (<]+|init|subscript)[ (<?]"
)
IMPORT = re.compile(r"^(?:(?:public|package|internal|private|fileprivate|@\w+) )*import (\w+)$")


def functions(lines):
    """Name and number of lines between the braces of every function."""
    for start, line in enumerate(lines):
        head = HEAD.match(line)
        if not head:
            continue
        end = re.compile("^" + head.group(1) + r"\}")
        first = start
        # The head ends with its brace; a requirement of a protocol has none, and `init() {}` has no lines between.
        while not lines[first].rstrip().endswith(("{", "}", "*/")) and lines[first].strip():
            first += 1
            if first == len(lines) or lines[first].lstrip().startswith("///"):
                break
        if first == len(lines) or not lines[first].rstrip().endswith("{"):
            continue
        last = first + 1
        while last < len(lines) and not end.match(lines[last]):
            last += 1
        yield head.group(2).replace("func ", ""), last - first - 1


def sources(root):
    for folder, _, names in sorted(os.walk(os.path.join(root, "Sources"))):
        for name in sorted(names):
            if name.endswith(".swift"):
                path = os.path.join(folder, name)
                with open(path, encoding="utf-8") as file:
                    yield os.path.relpath(path, root), file.read().split("\n")


def lengths(files):
    """What is longer than the limits: {name: lines}; the longest where a file has several functions of a name."""
    found = {}
    for path, lines in files:
        if len(lines) - 1 > FILE:
            found[path] = len(lines) - 1
        for name, length in functions(lines):
            if length > FUNCTION:
                key = f"{path}:{name}"
                found[key] = max(length, found.get(key, 0))
    return found


def exceptions(path):
    allowed = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                what, length, why = line.rstrip("\n").split(None, 2)
                assert why, f"{what} has no reason"
                allowed[what] = int(length)
    return allowed


def faults_of_length(found, allowed):
    for what, length in sorted(found.items()):
        if length > allowed.get(what, 0):
            yield f"{what} has {length} lines"
    for what, length in sorted(allowed.items()):
        if found.get(what, 0) < length:
            yield f"{what} is listed with {length} lines and has fewer now: shorten the list"


def faults_of_rooms(files):
    floor = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
    for path, lines in files:
        room = path.split(os.sep)[1]
        if room not in floor:
            yield f"{path}: the room '{room}' has no floor"
            continue
        for number, line in enumerate(lines, 1):
            if re.search(r"\bunsafe\b(?! code)", line.split("//")[0]) and room not in UNSAFE_ROOMS:
                yield f"{path}:{number}: unsafe code outside {' and '.join(sorted(UNSAFE_ROOMS))}"
            found = IMPORT.match(line)
            if not found or found.group(1) in LIBRARIES or found.group(1) not in floor:
                continue
            other = found.group(1)
            if floor[other] >= floor[room] and (room, other) not in BESIDE:
                yield f"{path}:{number}: {room} may not import {other}"


def main():
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    files = list(sources(root))
    found = lengths(files)
    if "--list" in sys.argv:
        for what, length in sorted(found.items()):
            print(what, length)
        return 0
    allowed = exceptions(os.path.join(root, "scripts", "house-rules.txt"))
    faults = list(faults_of_length(found, allowed)) + list(faults_of_rooms(files))
    for fault in faults:
        print("   ", fault)
    print(f"    {len(files)} files, {len(allowed)} exceptions, {len(faults)} faults")
    return 1 if faults else 0


sys.exit(main())
