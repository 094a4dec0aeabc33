#!/usr/bin/env python3
"""The means of arms over folds, each question answered once, with 95 % intervals over whole videos; differences are paired. Then the same by the length of
the right windows and by how many there are.

Usage: scripts/fold-means.py SWEEP [BASELINE]

Arms are folders CASE+fold=N/seed-S of a sweep over data.qvhighlights.fold; several seeds of a question are averaged first. The interval
is that of the mean of clusters (videos) of unequal size, 1.96 standard errors.
"""
import collections
import json
import math
import pathlib
import sys


kinds = collections.defaultdict(set)


def answers(sweep):
    """Qualities by case, question and video, one a seed; notes of which kind a question is."""
    found = collections.defaultdict(lambda: collections.defaultdict(list))
    for path in sorted(pathlib.Path(sweep).glob("*fold=*/seed-*/evaluation.jsonl")):
        case = path.parent.parent.name.split("+")[0]
        for line in path.read_text().splitlines():
            record = json.loads(line)
            key = record["cluster"], record["id"]
            found[case][key].append(record["quality"])
            for name, group in record.get("groups", {}).items():
                kinds[f"{name} {group['title']}"].add(key)
            kinds["one right window" if len(record.get("truth", [])) < 2 else "several right windows"].add(key)
    return found


def averaged(own, worth=lambda quality: quality):
    """What answers to each question are worth, on average over seeds."""
    return {key: sum(map(worth, v)) / len(v) for key, v in own.items()}


def mean(values):
    """The mean over questions and its standard error over videos."""
    clusters = collections.defaultdict(list)
    for (video, _), value in values.items():
        clusters[video].append(value)
    count = len(values)
    middle = sum(values.values()) / count
    squares = sum(sum(v - middle for v in own) ** 2 for own in clusters.values())
    return middle, math.sqrt(squares * len(clusters) / max(1, len(clusters) - 1)) / count


def shown(values):
    middle, error = mean(values)
    return f"{middle:+.4f} [{middle - 1.96 * error:+.4f}, {middle + 1.96 * error:+.4f}]"


def main():
    found = answers(sys.argv[1])
    if not found:
        sys.exit(f"No folds with answers lie in '{sys.argv[1]}'. Give the folder of a sweep over data.qvhighlights.fold.")
    arms = {case: averaged(own) for case, own in found.items()}
    baseline = arms.get(sys.argv[2] if len(sys.argv) > 2 else "base")
    print("arm\tquestions\tquality, 95 % over videos\tR@0.5\tR@0.7\tdifference from the baseline")
    for case, values in arms.items():
        shares = [mean(averaged(found[case], lambda v, t=t: v >= t))[0] for t in (0.5, 0.7)]
        difference = ""
        if baseline and values is not baseline and values.keys() == baseline.keys():
            difference = shown({key: values[key] - baseline[key] for key in values})
        print(f"{case}\t{len(values)}\t{shown(values)}\t{shares[0]:.3f}\t{shares[1]:.3f}\t{difference}")
    for kind, keys in sorted(kinds.items()):
        for case, values in arms.items():
            own = {key: values[key] for key in keys if key in values}
            print(f"{case}, {kind}\t{len(own)}\t{shown(own)}")


if __name__ == "__main__":
    main()
