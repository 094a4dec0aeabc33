#!/usr/bin/env python3
"""How often tests of a difference without effect reject at .05, where seeds and clusters of questions are crossed.

    python3 benchmarks/crossed_test_size.py

Five seeds × 100 clusters of normal differences, whose seeds, clusters and cells have the deviations of each row. Compares Student's
test with the variance of both sources, random signs of clusters, and random signs of seeds and clusters of the studentised mean: what
the comment of CrossedTest quotes. Needs numpy and scipy.
"""
import numpy as np
from scipy.stats import t as student

SEEDS, CLUSTERS, REPETITIONS, DRAWS = 5, 100, 1500, 400


def variances(d):
    return d.mean(-1).var(-1, ddof=1) / d.shape[-2], d.mean(-2).var(-1, ddof=1) / d.shape[-1]


def rejections(rng, of_seeds, of_clusters, of_cells):
    hits = np.zeros(3)
    for _ in range(REPETITIONS):
        d = (rng.normal(0, of_seeds, (SEEDS, 1)) + rng.normal(0, of_clusters, (1, CLUSTERS))
             + rng.normal(0, of_cells, (SEEDS, CLUSTERS)))
        center, (vs, vc) = d.mean(), variances(d)
        freedom = (vs + vc) ** 2 / (vs ** 2 / (SEEDS - 1) + vc ** 2 / (CLUSTERS - 1))
        t = abs(center) / np.sqrt(vs + vc)
        signs = rng.choice([-1, 1], (DRAWS, 1, CLUSTERS))
        flipped = np.abs((signs[:, 0] * d.mean(0)).mean(1))
        both = d * signs * rng.choice([-1, 1], (DRAWS, SEEDS, 1))
        fs, fc = variances(both)
        crossed = np.abs(both.mean((-1, -2))) / np.sqrt(fs + fc)
        p = np.array([2 * student.sf(t, freedom), (1 + (flipped >= abs(center)).sum()) / (1 + DRAWS),
                      (1 + (crossed >= t).sum()) / (1 + DRAWS)])
        hits += p < 0.05
    return hits / REPETITIONS


if __name__ == "__main__":
    rng = np.random.default_rng(1)
    print("deviations of seeds, clusters, cells: Student, signs of clusters, signs of both")
    for row in ((0, 0, 1), (0.2, 0, 1), (1, 0.2, 1)):
        print(row, *(f"{rate:.3f}" for rate in rejections(rng, *row)))
