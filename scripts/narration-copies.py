#!/usr/bin/env python3
"""How narrated answers use their own sentences: one Markdown row a run of an arm, from evaluation.jsonl.

    scripts/narration-copies.py DIR/ARM

"Told": the share of answers with a sentence whose time agrees with the right window (IoU of at least 1/2). "Right of these": how many of them answer right.
"Copied": the share of answers whose window is that of a sentence of their own. Answers without a window are left out.
"""
import json
import pathlib
import statistics
import sys


def iou(a: list[float], b: list[float]) -> float:
    """The overlap of two stretches over their union."""
    both = max(0, min(a[1], b[1]) - max(a[0], b[0]))
    either = a[1] - a[0] + b[1] - b[0] - both
    return both / either if either > 0 else 0


def shares(file: pathlib.Path) -> list[float]:
    """Told, right of these, copied."""
    told, right, copied, count = 0, 0, 0, 0
    for line in map(json.loads, file.read_text().splitlines()):
        said = line.get("predicted") or []
        window = [part for part in said if isinstance(part, (int, float))]
        sentences = [part[1:3] for part in said if isinstance(part, list) and len(part) == 3]
        if len(window) != 2:
            continue
        count += 1
        copied += any(iou(one, window) >= 0.5 for one in sentences)
        if any(iou(one, line["truth"][0]) >= 0.5 for one in sentences):
            told += 1
            right += iou(window, line["truth"][0]) >= 0.5
    return [told / count, right / max(1, told), copied / count]


def main() -> None:
    rows = {file.parent.name: shares(file) for file in sorted(pathlib.Path(sys.argv[1]).glob("seed-*/evaluation.jsonl"))}
    rows["mean"] = [statistics.fmean(column) for column in zip(*rows.values())]
    print("| run | told | right of these | copied |\n|---|---:|---:|---:|")
    for name, row in rows.items():
        print(f"| {name} | {' | '.join(f'{value:.3f}' for value in row)} |")


if __name__ == "__main__":
    main()
