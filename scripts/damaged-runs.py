#!/usr/bin/env python3
"""Damages every file of a finished run in turn, and lets every command that reads runs at it.

Usage: scripts/damaged-runs.py OPD      e.g. scripts/damaged-runs.py .build/debug/opd
Each file is deleted, emptied, cut in half, made text, bytes or a folder, and made unreadable. A command may refuse or
not; it may not crash, hang, or say what only its programmers understand. Status 1 where one does.
"""
import os, re, shutil, subprocess, sys, tempfile

OPD = os.path.realpath(sys.argv[1])
RUN = """
data: {world: {videos: 6, devVideos: 2, queriesPerVideo: 2, frames: 10, difficulty: easy}}
student: {decoder: {layers: 1, width: 16, heads: 2, keyValueHeads: 1, hidden: 32}}
keyframes: {selector: tad, budget: 4}
teacher: oracle
checkpoint: {every: 2}
threads: 1
stages: [{method: opd, steps: 4, prompts: 2}]
"""
RAW = re.compile(
    r"NSCocoa|NSPOSIX|DecodingError|EncodingError|CocoaError|Foundation\.|Swift\.|Error Domain|codingPath|"
    r"dataCorrupted|keyNotFound|typeMismatch|valueNotFound|couldn.t be|Fatal error|HDF5-DIAG|H5[A-Z][a-z]")
COMMANDS = {
    "compare": ["compare", "sweep"],
    "report": ["report", "sweep", "-o", "page.html"],
    "evaluate": ["evaluate", "sweep/case/seed-0", "-o", "answers.jsonl"],
    "train": ["train", "run.yaml", "--out", "sweep/case/seed-0", "--resume"],
    "sweep": ["sweep", "sweep.yaml", "--out", "sweep"],
    "frozen sweep": ["sweep", "sweep"],
    "dry run": ["sweep", "sweep", "--dry-run"],
    "repro": ["repro", "sweep/case/seed-0"],
    "select": ["select", "run.yaml", "--run", "sweep/case/seed-0"],
}
DAMAGES = ["gone", "empty", "half", "text", "bytes", "folder", "unreadable"]


def damage(path, kind):
    with open(path, "rb") as file:
        data = file.read()
    os.remove(path)
    if kind == "folder":
        os.mkdir(path)
    elif kind != "gone":
        content = {"empty": b"", "half": data[: len(data) // 2], "text": b"not what it was\n",
                   "bytes": bytes(range(256)) * 4, "unreadable": data}[kind]
        with open(path, "wb") as file:
            file.write(content)
        if kind == "unreadable":
            os.chmod(path, 0)


def run(words, folder):
    try:
        done = subprocess.run([OPD] + words, cwd=folder, capture_output=True, timeout=60)
        return done.returncode, (done.stdout + done.stderr).decode("utf8", "replace")
    except subprocess.TimeoutExpired:
        return None, ""


def copy(base, name):
    folder = os.path.join(os.path.dirname(base), name)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(base, folder, symlinks=True)
    return folder


def main():
    scratch = tempfile.mkdtemp()
    base = os.path.join(scratch, "base")
    os.mkdir(base)
    with open(base + "/run.yaml", "w") as file:
        file.write(RUN)
    with open(base + "/sweep.yaml", "w") as file:
        file.write("name: x\nseeds: 1\ncases: {case: {}}\nbase:" + RUN.replace("\n", "\n  ") + "\n")
    status, text = run(["sweep", "sweep.yaml", "--out", "sweep"], base)
    assert status == 0, text
    root = base + "/sweep"
    files = sorted(os.path.relpath(os.path.join(folder, name), base)
                   for folder, _, names in os.walk(root) for name in names)
    tried, faults = 0, 0
    for file in files:
        for kind in DAMAGES:
            if kind == "unreadable" and os.geteuid() == 0:
                continue  # Nothing is unreadable to root.
            for state in ["done", "running"]:
                folder = copy(base, "damaged")
                status = folder + "/sweep/case/seed-0/status.json"
                if state == "running":
                    with open(status) as old:
                        text = old.read().replace('"done"', '"running"')
                    with open(status, "w") as new:
                        new.write(text)
                damage(os.path.join(folder, file), kind)
                for name, words in COMMANDS.items():
                    if state == "running" and name not in ("train", "frozen sweep"):
                        continue
                    target = copy(folder, "target")
                    code, text = run(words, target)
                    tried += 1
                    log = os.path.join(target, "sweep/case/seed-0/log.txt")
                    if name.endswith("sweep") and os.path.isfile(log) and os.access(log, os.R_OK):
                        with open(log, "rb") as lines:
                            text += lines.read().decode("utf8", "replace")[-2000:]
                    raw = RAW.search(text)
                    if code is None or code < 0 or code > 128 or raw:
                        faults += 1
                        print(f"{file} {kind} ({state}), {name}: status {code}: {text.strip()[-300:]}", flush=True)
    shutil.rmtree(scratch, ignore_errors=True)
    print(f"{tried} commands on damaged runs, {faults} faults")
    sys.exit(1 if faults else 0)


main()
