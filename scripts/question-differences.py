#!/usr/bin/env python3
"""Differences of a number that is known of every question, over paired seeds and the videos that all seeds share, with 95 %.

    scripts/question-differences.py DIR KEY ARM:OTHER…

KEY is one of `metrics` in evaluation.jsonl, such as narration_precision, of which `opd compare` knows the mean of a run alone. The variance is that of seeds and
of videos together, with Satterthwaite's degrees of freedom, as comparisons of qualities have it; p is Student's, after Holm over the pairs.
"""
import collections
import json
import math
import pathlib
import statistics
import sys

from scipy.stats import t as student


def videos(run: pathlib.Path, key: str) -> dict[str, float]:
    """The mean of each video's questions."""
    found = collections.defaultdict(list)
    for line in map(json.loads, (run / "evaluation.jsonl").read_text().splitlines()):
        found[line["cluster"]].append(line["metrics"].get(key, 0.0))
    return {name: statistics.fmean(values) for name, values in found.items()}


def difference(folder: pathlib.Path, key: str, arm: str, other: str) -> tuple[float, float, float, int]:
    """Mean, half the interval, p and how many seeds."""
    seeds = [run.name for run in sorted((folder / arm).glob("seed-*")) if (folder / other / run.name / "evaluation.jsonl").exists()]
    rows = [(videos(folder / arm / seed, key), videos(folder / other / seed, key)) for seed in seeds]
    names = sorted(set.intersection(*(set(a) & set(b) for a, b in rows)))
    table = [[a[name] - b[name] for name in names] for a, b in rows]
    of_seeds = statistics.variance(map(statistics.fmean, table)) / len(seeds)
    of_videos = statistics.variance(map(statistics.fmean, zip(*table))) / len(names)
    freedom = (of_seeds + of_videos) ** 2 / (of_seeds**2 / (len(seeds) - 1) + of_videos**2 / (len(names) - 1))
    mean, deviation = statistics.fmean(map(statistics.fmean, table)), math.sqrt(of_seeds + of_videos)
    return mean, student.ppf(0.975, freedom) * deviation, 2 * student.sf(abs(mean) / deviation, freedom), len(seeds)


def main() -> None:
    folder, key, pairs = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3:]
    found = [difference(folder, key, *pair.split(":")) for pair in pairs]
    holm, largest = {}, 0.0
    for rank, place in enumerate(sorted(range(len(pairs)), key=lambda place: found[place][2])):
        largest = max(largest, min(1.0, (len(pairs) - rank) * found[place][2]))
        holm[place] = largest
    print("| pair | difference | 95 % | p (Holm) | seeds |\n|---|---:|---:|---:|---:|")
    for place, (pair, (mean, reach, _, seeds)) in enumerate(zip(pairs, found)):
        print(f"| {pair.replace(':', ' − ')} | {mean:+.3f} | [{mean - reach:+.3f}, {mean + reach:+.3f}] | {holm[place]:.4f} | {seeds} |")


if __name__ == "__main__":
    main()
