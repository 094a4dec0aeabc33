#!/usr/bin/env python3
"""How the cost of a step grows with the sizes of the work: milliseconds of its parts and peak memory, measured and drawn.

    benchmarks/scaling.py .build/release/opd           about 4 minutes on two quiet cores
    benchmarks/scaling.py --draw                       draws docs/scaling.json again

One size at a time is varied around the reference workload of `opd bench`, each in a process of its own. Writes docs/scaling.json and docs/scaling.svg
and prints a table of Markdown; its exponent is the slope of the step's last doubling: 1 is proportional, 0 is free.
"""
import json, math, subprocess, sys
from pathlib import Path

DOCS = Path(__file__).resolve().parent.parent / "docs"
PHASES = {"step": "whole step", "opd_sampled": "student", "teacher": "teacher", "rollout": "rollout"}
QUERY = 16
REPETITIONS = "3"
# What is varied, its option, its values, and what the option is given for a value.
AXES = [
    ("tokens of an answer", "gen", [4, 8, 16, 32, 64, 128], lambda v: v),
    ("answers a prompt", "group", [1, 2, 4, 8, 16, 32], lambda v: v),
    ("tokens of a prompt", "frames", [32, 64, 128, 256, 512], lambda v: v - QUERY),
    ("words of the vocabulary", "vocab", [256, 512, 1024, 2048, 4096, 8192], lambda v: v),
    ("width of the student", "width", [64, 128, 256, 512], lambda v: v),
    ("layers of the student", "layers", [1, 2, 4, 8], lambda v: v),
]


def measure(opd):
    result = []
    for title, option, values, given in AXES:
        points = []
        for value in values:
            print(f"{title}: {value}", file=sys.stderr, flush=True)
            text = subprocess.run(
                [opd, "bench", "--format", "json", "--phases", ",".join(PHASES), "--rounds", "1", "--repetitions", REPETITIONS, f"--{option}", str(given(value))],
                check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
            report = json.loads(text)
            points.append(dict(
                value=value, megabytes=round(report["peakMemory"] / 1e6, 1), peak=round(report["peakGigaflops"], 1),
                ms={row["phase"]: round(row["milliseconds"], 2) for row in report["rows"]},
                gigaflops={row["phase"]: round(row["gigaflops"], 1) for row in report["rows"]}))
        result.append(dict(title=title, option=option, points=points))
    return result


def table(axes):
    print("| varied | from – to | whole step, ms | exponent | rollout, ms | teacher, ms | student, ms | GFLOP/s of a step | peak, MB |")
    print("|---|---|---:|---:|---:|---:|---:|---:|---:|")
    for axis in axes:
        first, before, last = axis["points"][0], axis["points"][-2], axis["points"][-1]
        slope = math.log(last["ms"]["step"] / before["ms"]["step"]) / math.log(last["value"] / before["value"])
        span = lambda f: f"{f(first):,.0f} – {f(last):,.0f}"
        print(f"| {axis['title']} | {first['value']} – {last['value']} | {span(lambda p: p['ms']['step'])} | {slope:.2f} "
              f"| {span(lambda p: p['ms']['rollout'])} | {span(lambda p: p['ms']['teacher'])} | {span(lambda p: p['ms']['opd_sampled'])} "
              f"| {span(lambda p: p['gigaflops']['step'])} | {span(lambda p: p['megabytes'])} |")


WIDTH, HEIGHT, LEFT, TOP, GAP = 300, 210, 52, 56, 44
STYLE = """
text{font:11px system-ui,sans-serif;fill:#444}.title{font-size:12px;font-weight:600;fill:#222}.grid{stroke:#ddd;stroke-width:1}
.line{stroke-width:2}.step{stroke:#1b1b1b;fill:#1b1b1b}.opd_sampled{stroke:#0a6ebd;fill:#0a6ebd}.teacher{stroke:#c2571a;fill:#c2571a}
.rollout{stroke:#2f8f4e;fill:#2f8f4e}.memory{stroke:#7a4fb5;fill:#7a4fb5}.back{fill:#fff}
@media(prefers-color-scheme:dark){text{fill:#bbb}.title{fill:#eee}.grid{stroke:#3a3a3a}.step{stroke:#f0f0f0;fill:#f0f0f0}.back{fill:#161616}}
"""


def ticks(low, high):
    """1, 2 and 5 times powers of ten that embrace a range, thinned to decades where there are many."""
    values = [m * 10.0 ** e for e in range(-3, 8) for m in (1, 2, 5)]
    first = max((i for i, v in enumerate(values) if v <= low), default=0)
    last = min((i for i, v in enumerate(values) if v >= high), default=len(values) - 1)
    chosen = values[first:max(last, first + 1) + 1]
    return chosen if len(chosen) < 9 else [v for v in chosen if math.isclose(math.log10(v) % 1, 0, abs_tol=1e-9) or v in (chosen[0], chosen[-1])]


def panel(title, xs, lines, left, top):
    """A chart with logarithmic axes; a line is a class with a y for each x."""
    marks = ticks(min(min(ys) for _, ys in lines), max(max(ys) for _, ys in lines))
    w, h = WIDTH - LEFT - 14, HEIGHT - 62
    x = lambda v: left + LEFT + w * math.log(v / xs[0]) / math.log(xs[-1] / xs[0])
    y = lambda v: top + 24 + h * (1 - math.log(v / marks[0]) / math.log(marks[-1] / marks[0]))
    parts = [f'<text class="title" x="{left + LEFT}" y="{top + 12}">{title}</text>']
    for mark in marks:
        parts.append(f'<line class="grid" x1="{left + LEFT}" x2="{left + LEFT + w}" y1="{y(mark):.1f}" y2="{y(mark):.1f}"/>'
                     f'<text x="{left + LEFT - 6}" y="{y(mark) + 4:.1f}" text-anchor="end">{mark:g}</text>')
    for v in xs:
        parts.append(f'<text x="{x(v):.1f}" y="{top + 24 + h + 16}" text-anchor="middle">{v}</text>')
    for name, ys in lines:
        parts.append(f'<polyline class="line {name}" style="fill:none" points="{" ".join(f"{x(a):.1f},{y(b):.1f}" for a, b in zip(xs, ys))}"/>')
        parts += [f'<circle class="{name}" cx="{x(a):.1f}" cy="{y(b):.1f}" r="2.6"/>' for a, b in zip(xs, ys)]
    return "".join(parts)


def draw(axes):
    columns, rows = 3, 4
    width, height = columns * WIDTH + 12, TOP + rows * HEIGHT + GAP
    parts = ['<text class="title" x="52" y="20">Milliseconds of a step and its parts (both axes logarithmic)</text>']
    for place, (name, words) in enumerate(PHASES.items()):
        parts.append(f'<circle class="{name}" cx="{58 + 110 * place}" cy="36" r="4"/><text x="{67 + 110 * place}" y="40">{words}</text>')
    parts.append(f'<text class="title" x="52" y="{TOP + 2 * HEIGHT + 24}">Peak memory of the process, megabytes</text>')
    for index, axis in enumerate(axes):
        xs = [p["value"] for p in axis["points"]]
        left, top = index % columns * WIDTH, TOP + index // columns * HEIGHT
        parts.append(panel(axis["title"], xs, [(n, [p["ms"][n] for p in axis["points"]]) for n in PHASES], left, top))
        parts.append(panel(axis["title"], xs, [("memory", [p["megabytes"] for p in axis["points"]])], left, top + 2 * HEIGHT + GAP))
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
            f'aria-label="Cost of a training step against the sizes of the work"><style>{STYLE}</style>'
            f'<rect class="back" width="{width}" height="{height}"/>' + "\n".join(parts) + "</svg>\n")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    if sys.argv[1] == "--draw":
        axes = json.loads((DOCS / "scaling.json").read_text())
    else:
        axes = measure(sys.argv[1])
        (DOCS / "scaling.json").write_text(json.dumps(axes, indent=1) + "\n")
    (DOCS / "scaling.svg").write_text(draw(axes))
    table(axes)


if __name__ == "__main__":
    main()
