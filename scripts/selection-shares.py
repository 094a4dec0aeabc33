#!/usr/bin/env python3
"""One Markdown row an arm and round of a curriculum: where in their videos the answers of what it took lie, and how good the student was on it.

    scripts/selection-shares.py DIR

DIR is a sweep's folder. Positions are those of the teacher's best answers (`teacherPosition` in selection.jsonl), which are known of a prompt where any arm
of the sweep had them measured (`tvdf: {positions: …}`). "Outer" are the first and the last quarter of a video. Means over seeds.
"""
import collections
import json
import pathlib
import statistics
import sys


def lines(run: pathlib.Path) -> list[dict]:
    """The candidates of all rounds of a curriculum that asked the teacher; others may have questions of the same names about other videos."""
    found = map(json.loads, (run / "selection.jsonl").read_text().splitlines())
    return [line for line in found if line.get("teacher") is not None]


def share(values: list[bool]) -> float:
    """How many of them are true, 0 … 1."""
    return sum(values) / len(values) if values else float("nan")


def main() -> None:
    folder = pathlib.Path(sys.argv[1])
    runs = sorted(file.parent for file in folder.glob("*/seed-*/selection.jsonl"))
    found = {run: lines(run) for run in runs}
    places = {
        line["id"]: line["evidence"]["teacherPosition"]
        for run in runs for line in found[run] if "teacherPosition" in line.get("evidence", {})
    }
    if not places:
        sys.exit(f"No run of {folder} knows where answers lie: none has `positions` in its curriculum.")
    table = collections.defaultdict(lambda: collections.defaultdict(list))
    for run in runs:
        for number in sorted({line["round"] for line in found[run]}):
            own = [line for line in found[run] if line["round"] == number]
            outer = {line["id"]: not 0.25 <= places[line["id"]] < 0.75 for line in own if line["id"] in places}
            taken = [line for line in own if line["taken"]]
            row = table[run.parent.name, number]
            row["taken"].append(share([outer[line["id"]] for line in taken if line["id"] in outer]))
            row["left"].append(share([outer[line["id"]] for line in own if line["admitted"] and not line["taken"] and line["id"] in outer]))
            if all(line.get("student") is not None for line in taken):
                row["student"].append(statistics.fmean(line["student"] for line in taken))
    print("| arm | round | outer, of what is taken | outer, of what is admitted and left | the student's mean quality on what is taken |")
    print("|---|---:|---:|---:|---:|")
    for (arm, number), row in sorted(table.items()):
        cells = [f"{statistics.fmean(row[key]):.3f}" if row[key] else "" for key in ("taken", "left", "student")]
        print(f"| {arm} | {number} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
