#!/usr/bin/env python3
"""Checks that the colours of a report can be told apart by everybody, and seen on their ground.

Usage: scripts/colours.py [--list]      --list prints the nearest pair of each palette in each kind of sight

Between any two colours of a palette CIEDE2000 must be at least 15 for normal sight and in simulated protanopia, deuteranopia
and tritanopia (Machado, Oliveira and Fernandes 2009, severity 1). Lines and bars must have a contrast of at least 3:1 to
the card they are on (WCAG 2.2, 1.4.11).
"""
import itertools
import math
import pathlib
import re
import sys

STYLE = pathlib.Path(__file__).parent.parent / "Sources/Records/Pages/ReportStyle.swift"
LEAST_DIFFERENCE, LEAST_CONTRAST = 15.0, 3.0

# On linear RGB; the tables of the paper's authors, severity 1.
SIGHTS = {
    "normal": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881)),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900)),
}
TO_XYZ = (
    (0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041))
WHITE = (0.95047, 1.0, 1.08883)


def product(matrix, vector):
    return [sum(m * v for m, v in zip(row, vector)) for row in matrix]


def linear(rgb):
    """sRGB 0 … 255 as linear light 0 … 1."""
    shares = [c / 255 for c in rgb]
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares]


def lab(rgb, sight):
    """CIELAB (D65) of a colour as somebody with this sight has it."""
    seen = [min(1, max(0, c)) for c in product(SIGHTS[sight], linear(rgb))]
    x, y, z = (
        t ** (1 / 3) if t > (6 / 29) ** 3 else t / (3 * (6 / 29) ** 2) + 4 / 29
        for t in (c / w for c, w in zip(product(TO_XYZ, seen), WHITE)))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def difference(one, other):
    """CIEDE2000 of two CIELAB colours, as Sharma, Wu and Dalal (2005) write it."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    middle = ((math.hypot(a1, b1) + math.hypot(a2, b2)) / 2) ** 7
    g = 0.5 * (1 - math.sqrt(middle / (middle + 25 ** 7)))
    a1, a2 = (1 + g) * a1, (1 + g) * a2
    c1, c2 = math.hypot(a1, b1), math.hypot(a2, b2)
    h1, h2 = (math.degrees(math.atan2(b, a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = 0.0 if c1 * c2 == 0 else (h2 - h1 + 180) % 360 - 180
    hue = h1 + h2 if c1 * c2 == 0 else (h1 + turn / 2) % 360
    dl, dc = l2 - l1, c2 - c1
    dh = 2 * math.sqrt(c1 * c2) * math.sin(math.radians(turn / 2))
    light, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    t = (
        1 - 0.17 * math.cos(math.radians(hue - 30)) + 0.24 * math.cos(math.radians(2 * hue))
        + 0.32 * math.cos(math.radians(3 * hue + 6)) - 0.20 * math.cos(math.radians(4 * hue - 63)))
    sl = 1 + 0.015 * (light - 50) ** 2 / math.sqrt(20 + (light - 50) ** 2)
    sc, sh = 1 + 0.045 * chroma, 1 + 0.015 * chroma * t
    spin = math.radians(60 * math.exp(-(((hue - 275) / 25) ** 2)))
    rt = -2 * math.sqrt(chroma ** 7 / (chroma ** 7 + 25 ** 7)) * math.sin(spin)
    return math.sqrt(
        (dl / sl) ** 2 + (dc / sc) ** 2 + (dh / sh) ** 2 + rt * (dc / sc) * (dh / sh))


# Of the test data of Sharma, Wu and Dalal: each way in which the formula is usually got wrong.
SHARMA = [
    ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425), ((50, -1, 2), (50, 0, 0), 2.3669),
    ((50, 2.49, -0.001), (50, -2.49, 0.0009), 7.1792), ((50, 2.5, 0), (56, -27, -3), 31.9030),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
]


def contrast(one, other):
    """WCAG's ratio of two colours."""
    low, high = sorted(product(TO_XYZ, linear(c))[1] for c in (one, other))
    return (high + 0.05) / (low + 0.05)


def rgb(text):
    """`#rgb`, `#rrggbb` or `r g b`."""
    if " " in text:
        return tuple(int(c) for c in text.split())
    digits = text[1:] if len(text) == 7 else "".join(2 * c for c in text[1:])
    return tuple(int(digits[i:i + 2], 16) for i in (0, 2, 4))


def palettes():
    """The colours of each palette of the style sheet with the card they are on: light and dark."""
    text = STYLE.read_text()
    root = re.search(r":root\{(.*?)\}", text, re.S).group(1)
    dark = re.search(r"prefers-color-scheme:dark\)\{:root\{(.*?)\}", text, re.S).group(1)
    for theme, block in (("light", root), ("dark", dark)):
        values = {**dict(re.findall(r"--(\w+):\s*([^;}]+)", root)), **dict(re.findall(r"--(\w+):\s*([^;}]+)", block))}
        card = rgb(values["card"])
        for name, pattern in (("arms", r"c\d"), ("costs", r"l\d"), ("good and bad", "good|bad")):
            yield f"{theme}: {name}", card, {
                key: rgb(value.replace("\n", " ").strip())
                for key, value in values.items() if re.fullmatch(pattern, key)}


def main():
    for one, other, right in SHARMA:
        assert abs(difference(one, other) - right) < 1e-4, (one, other, difference(one, other))
    failures, pairs = [], 0
    for name, card, colours in palettes():
        assert len(colours) > 1, name
        for sight in SIGHTS:
            seen = {key: lab(value, sight) for key, value in colours.items()}
            found = sorted(
                (difference(seen[a], seen[b]), a, b) for a, b in itertools.combinations(seen, 2))
            pairs += len(found)
            failures += [
                f"{name}, {sight}: {a} and {b} differ by {d:.1f}"
                for d, a, b in found if d < LEAST_DIFFERENCE]
            if "--list" in sys.argv:
                print(f"{name}, {sight}: {found[0][1]} and {found[0][2]} are nearest, {found[0][0]:.1f}")
        failures += [
            f"{name}: {key} has a contrast of {contrast(value, card):.2f}"
            for key, value in colours.items() if contrast(value, card) < LEAST_CONTRAST]
    print("\n".join(failures + [f"{pairs} pairs of colours, {len(failures)} too near or too faint"]))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
