#!/usr/bin/env python3
"""One Markdown row an arm: where its students look while they answer, layer by layer, means over seeds with 95 % (Student's t).

    scripts/attention-shares.py OPD DIR [--baseline CASE]

OPD is the program, DIR the folder of a sweep. `opd evaluate RUN --attention FILE` says of each question what share of every frame in view each layer has,
averaged over the answer's tokens and the heads. "Inside" is the part of what lies on frames that lies within the right answers, "chance" the part of the frames
in view that do. Questions of which all frames in view lie on one side are left out. With --baseline the differences of "inside" are added, paired by seed, to
the arm of the same axes whose case that is.
"""
import argparse
import collections
import json
import math
import pathlib
import statistics
import subprocess
import tempfile

# Student's t at 0.975 for 1 … 9 degrees of freedom; runs have 2 to 10 seeds.
QUANTILES = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262]


def looks(opd: str, run: pathlib.Path) -> list[dict]:
    """What the answers of a run look at."""
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as file:
        subprocess.run([opd, "evaluate", str(run), "--attention", file.name], check=True, stdout=subprocess.DEVNULL)
        lines = [json.loads(line) for line in pathlib.Path(file.name).read_text().splitlines()]
    return [line for line in lines if len(set(line["inside"])) == 2]


def shares(lines: list[dict], layer: int) -> tuple[float, float, float]:
    """On frames, of it inside, and at chance; means over questions."""
    whole, inside, chance = [], [], []
    for line in lines:
        values = line["layers"][layer]
        whole.append(sum(values))
        inside.append(sum(v for v, within in zip(values, line["inside"]) if within) / max(sum(values), 1e-30))
        chance.append(sum(line["inside"]) / len(values))
    return statistics.fmean(whole), statistics.fmean(inside), statistics.fmean(chance)


def interval(values: list[float], sign: str = "") -> str:
    """The mean with its interval; the mean alone of a single value."""
    middle = statistics.fmean(values)
    if len(values) < 2:
        return f"{middle:{sign}.3f}"
    reach = QUANTILES[len(values) - 2] * statistics.stdev(values) / math.sqrt(len(values))
    return f"{middle:{sign}.3f} [{middle - reach:{sign}.3f}, {middle + reach:{sign}.3f}]"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("opd")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--baseline")
    arguments = parser.parse_args()
    table = collections.defaultdict(dict)
    for status in sorted(arguments.folder.glob("*/seed-*/status.json")):
        run = status.parent
        lines = looks(arguments.opd, run)
        seed = int(run.name.removeprefix("seed-"))
        for layer in range(len(lines[0]["layers"])):
            table[run.parent.name, layer][seed] = shares(lines, layer)
    print("| arm | layer | on frames | of it inside | at chance | inside − the baseline's |")
    print("|---|---:|---:|---:|---:|---:|")
    for (arm, layer), seeds in sorted(table.items()):
        own = [seeds[seed] for seed in sorted(seeds)]
        case, _, axes = arm.partition("+")
        other = table.get((f"{arguments.baseline}+{axes}" if axes else arguments.baseline, layer), {})
        both = [seed for seed in sorted(seeds) if seed in other and case != arguments.baseline]
        difference = interval([seeds[seed][1] - other[seed][1] for seed in both], "+") if both else ""
        print(f"| {arm} | {layer + 1} | {statistics.fmean(x[0] for x in own):.3f} | {interval([x[1] for x in own])} | "
              f"{statistics.fmean(x[2] for x in own):.3f} | {difference} |")


if __name__ == "__main__":
    main()
