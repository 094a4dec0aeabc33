#!/usr/bin/env python3
"""One Markdown row an arm: means of numbers that `opd compare` does not read, over a run's steps and then over seeds.

    scripts/arm-means.py [--stage NAME] [--baseline ARM] [--after STEP] DIR KEY…

A KEY is a metric of metrics.jsonl, averaged over the lines that have it, the difference of two of them ("a minus b"), or
`ledger:seconds/teacher`, a number of ledger.json. A cell is the mean over seeds with its 95 % interval (Student's t); with
--baseline it is the mean, and the mean difference over paired seeds with its interval.
"""
import argparse
import json
import math
import pathlib
import statistics

# Student's t at 0.975 for 1 … 9 degrees of freedom; runs have 2 to 10 seeds.
QUANTILES = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262]


def value(run: pathlib.Path, key: str, stage: str | None, after: int) -> float | None:
    """A number of one run; None where it was not measured."""
    if key.startswith("ledger:"):
        found = json.loads((run / "ledger.json").read_text())
        for part in key.removeprefix("ledger:").split("/"):
            found = found.get(part) if isinstance(found, dict) else None
        return found
    first, _, second = key.partition(" minus ")
    lines = map(json.loads, (run / "metrics.jsonl").read_text().splitlines())
    values = [
        line[first] - (line[second] if second else 0) for line in lines
        if first in line and (not second or second in line)
        and line["step"] > after and stage in (None, line.get("stage"))
    ]
    return statistics.fmean(values) if values else None


def number(value: float, sign: str = "") -> str:
    """Three digits after the point, or three in all of what is counted in millions."""
    return f"{value:{sign}.3g}" if abs(value) >= 1e6 else f"{value:{sign}.3f}"


def interval(values: list[float], sign: str = "") -> str:
    """The mean with its interval; the mean alone of a single value."""
    middle = statistics.fmean(values)
    if len(values) < 2:
        return number(middle, sign)
    reach = QUANTILES[len(values) - 2] * statistics.stdev(values) / math.sqrt(len(values))
    ends = [number(end, sign) for end in (middle - reach, middle + reach)]
    return f"{number(middle, sign)} [{ends[0]}, {ends[1]}]"


def cell(own: dict[int, float], other: dict[int, float] | None) -> str:
    """The mean over seeds, and the paired difference where there is somebody to pair with."""
    if not own:
        return "–"
    if other is None:
        return interval(list(own.values()))
    seeds = [] if own == other else sorted(own.keys() & other.keys())
    text = number(statistics.fmean(own.values()))
    return f"{text} ({interval([own[s] - other[s] for s in seeds], '+')})" if seeds else text


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("keys", nargs="+")
    parser.add_argument("--stage", help="only lines of this stage")
    parser.add_argument("--after", type=int, default=0, help="only lines after this step")
    parser.add_argument("--baseline", help="the arm that the others are paired with")
    arguments = parser.parse_args()
    plan = json.loads((arguments.folder / "plan.json").read_text())
    table: dict[str, dict[str, dict[int, float]]] = {}
    for run in plan["runs"]:
        folder = arguments.folder / run["arm"] / f"seed-{run['seed']}"
        if not (folder / "ledger.json").exists():
            continue
        for key in arguments.keys:
            found = value(folder, key, arguments.stage, arguments.after)
            if found is not None:
                table.setdefault(run["arm"], {}).setdefault(key, {})[run["seed"]] = found
    print("| arm | " + " | ".join(arguments.keys) + " |")
    print("|---|" + "---:|" * len(arguments.keys))
    for arm in plan["arms"]:
        row = table.get(arm, {})
        base = table.get(arguments.baseline, {})
        cells = [cell(row.get(key, {}), base.get(key)) for key in arguments.keys]
        print(f"| {arm} | " + " | ".join(cells) + " |")


main()
