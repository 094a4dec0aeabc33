#!/usr/bin/env python3
"""Makes reference values of other sizes, k, bounds and seeds from the generator of a folder of reference values.

    PYTHON scripts/golden-variants.py GENERATOR OUT     PYTHON has torch and numpy
    for folder in OUT/*/; do opd selftest --golden "$folder"; done

GENERATOR is the generate.py beside objectives.json; only its first part, the objectives, is run, with its constants
replaced. Each variant is a folder with one objectives.json.
"""
import pathlib
import random
import re
import subprocess
import sys

VARIANTS = [
    # seed, responses, longest, vocabulary, group, k, clip low, clip high, beta, dual, weight of the teacher
    (1, 8, 6, 13, 4, 4, 0.2, 0.28, 0.04, 3, 0.5),
    (2, 12, 9, 29, 3, 7, 0.1, 0.3, 0.01, 2, 0.25),
    (3, 10, 4, 6, 5, 2, 0.3, 0.4, 0.2, 5, 1.5),
    (4, 4, 1, 5, 2, 1, 0.2, 0.2, 0.1, 3, 0.5),
    (5, 16, 17, 101, 8, 16, 0.2, 0.28, 0.001, 3, 2),
]


def replaced(text: str, pattern: str, new: str) -> str:
    """The text with every match replaced; none is an error, for the generator is then another."""
    result, count = re.subn(pattern, lambda _: new, text)
    if count == 0:
        sys.exit(f"golden-variants: '{pattern}' does not occur in the generator")
    return result


def variant(text: str, seed, count, longest, width, group, k, low, high, beta, dual, weight) -> str:
    """The generator with other constants."""
    dice = random.Random(seed)
    lengths = [longest] + [dice.randint(1, longest) for _ in range(count - 1)]
    text = text.split("# ---------------------------------------------------------------- keyframes")[0]
    text = replaced(text, r"from scipy import stats", "")
    text = replaced(text, r"B, T, V, G = 8, 6, 13, 4", f"B, T, V, G = {count}, {longest}, {width}, {group}")
    text = replaced(text, r"lengths = \[[^\]]*\]", f"lengths = {lengths}")
    text = replaced(text, r"rewards\[4:\] = torch\.tensor\([^)]*\)", "rewards[0] = 0.25")
    text = replaced(text, r"top4_", f"top{k}_")
    text = replaced(text, r"topk\(lp, 4, support", f"topk(lp, {k}, support")
    text = replaced(text, r"clip0\.2_beta0\.04/", f"clip{low}_beta{beta}/")
    text = replaced(text, r"\+ 0\.04 \* k3\(lp\)", f"+ {beta} * k3(lp)")
    text = replaced(text, r"col\(grpo\)\) \+", f"col(grpo), {low}, {low}) +")
    text = replaced(text, r"clip0\.2_0\.28/", f"clip{low}_{high}/")
    text = replaced(text, r"col\(grpo\), 0\.2, 0\.28\)", f"col(grpo), {low}, {high})")
    text = replaced(text, r"opd_dual_clip_3/", f"opd_dual_clip_{dual}/")
    text = replaced(text, r"dual=3\.0\)", f"dual={float(dual)})")
    text = replaced(text, r"clip_high0\.28/", f"clip_high{high}/")
    text = replaced(text, r"clamp\(max=1\.28\)", f"clamp(max={1 + high})")
    text = replaced(text, r"grpo_plus_teacher_0\.5/", f"grpo_plus_teacher_{weight}/")
    text = replaced(text, r"col\(grpo\) \+ 0\.5 \* adv_b", f"col(grpo) + {weight} * adv_b")
    return text


def main() -> None:
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    generator = pathlib.Path(sys.argv[1]).read_text()
    out = pathlib.Path(sys.argv[2])
    for number, settings in enumerate(VARIANTS):
        folder = out / f"variant-{number}"
        folder.mkdir(parents=True, exist_ok=True)
        program = folder / "generate.txt"
        program.write_text(variant(generator, *settings))
        subprocess.run(
            [sys.executable, str(program), "--seed", str(settings[0]), "--out", str(folder)], check=True)
        program.unlink()
        print(folder)


main()
