#!/usr/bin/env python3
"""How well `opd plan` predicts: for each configuration, the plan, then the run itself, its wall and processor seconds and its peak memory.

    benchmarks/plan_accuracy.py OPD CONFIG…          e.g. .build/release/opd runs/world/*/seed-0/config.yaml

Prints a row of Markdown a configuration; a ratio is predicted / actual. Processor seconds are predicted as the plan's seconds times the cores
that its trial kept busy, so that they can be compared on a machine with neighbours too. Runs are written into a temporary folder.
"""
import json, os, subprocess, sys, tempfile, time


def call(command):
    """Standard output of a command, its wall and processor seconds, and its peak memory in bytes."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    text = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"{' '.join(command)} ended with status {status}")
    return text, time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    opd, configs = sys.argv[1], sys.argv[2:]
    print("| configuration | plan took, s | predicted, s | actual, s | ratio | processor: predicted, s | actual, s | ratio "
          "| peak: predicted, MB | actual, MB | ratio |")
    print("|---|" + "---:|" * 10)
    for config in configs:
        text, took, _, _ = call([opd, "plan", "--format", "json", config])
        plan = json.loads(text)
        wall = sum(sum(part["seconds"].values()) for part in plan["parts"])
        cpu = wall * plan["busyCores"]
        with tempfile.TemporaryDirectory() as folder:
            _, seconds, busy, peak = call([opd, "train", config, "--quiet", "--out", folder + "/run"])
        name = "/".join(config.split("/")[-4:-2]) if config.endswith("config.yaml") else os.path.basename(config)
        print(f"| {name} | {took:.1f} | {wall:.1f} | {seconds:.1f} | {wall / seconds:.2f} | {cpu:.1f} | {busy:.1f} | {cpu / busy:.2f} "
              f"| {plan['peakMemory'] / 1e6:.0f} | {peak / 1e6:.0f} | {plan['peakMemory'] / peak:.2f} |", flush=True)


if __name__ == "__main__":
    main()
