"""A teacher made of scored windows: the twin of the window-distribution teacher, to the last bit.

    python3 window_teacher.py TABLE.json

TABLE.json: {"smoothing": {"scale", "floorShare", "confidenceTemperature", "offGridMass"},
"windows": {prompt id: [[start, end, confidence], ...]},
"answers": {duration as text: [[start, end, [tokens ...]], ...]}}: how each answer of the grid is written.
"""

import hashlib
import json
import math
import sys

import opd_teacher


class AnswerTrie:
    """The answers for videos of one length as a tree of tokens; a parent's number is below its children's."""

    def __init__(self, answers):
        self.windows = [(start, end) for start, end, _ in answers]
        self.parents, self.children, self.leaves = [0], [{}], []
        for _, _, tokens in answers:
            node = 0
            for token in tokens:
                child = self.children[node].get(token)
                if child is None:
                    child = self.children[node][token] = len(self.parents)
                    self.parents.append(node)
                    self.children.append({})
                node = child
            self.leaves.append(node)

    def masses(self, weights):
        masses = [0.0] * len(self.parents)
        for leaf, weight in zip(self.leaves, weights):
            masses[leaf] += weight
        for node in range(len(masses) - 1, 0, -1):
            masses[self.parents[node]] += masses[node]
        return masses


class WindowTeacher(opd_teacher.Teacher):
    name = "windows"
    support = "full"

    def __init__(self, path):
        with open(path, "rb") as file:
            content = file.read()
        table = json.loads(content)
        self.identity = hashlib.sha256(content).hexdigest()
        self.smoothing = table["smoothing"]
        self.windows = table["windows"]
        self.tries = {float(key): AnswerTrie(value) for key, value in table["answers"].items()}
        self.known = {}

    def score(self, prompts, support, k):
        return [[self.scored(p, r, support, k) for r in p.responses] for p in prompts]

    def scored(self, prompt, response, support, k):
        trie, masses = self.distribution(prompt)
        size = len(self.vocabulary.words)
        sampled, top, rows, node = [], [], [], 0
        for token in response:
            likely, rest = self.next_token(trie, masses, node, size)
            sampled.append(math.log(likely.get(token, rest)))
            if support == "top":
                ranked = sorted(range(size), key=lambda t: (-likely.get(t, rest), t))[:k]
                top.append([(t, math.log(likely.get(t, rest))) for t in ranked])
            elif support == "full":
                rows += [math.log(likely.get(t, rest)) for t in range(size)]
            node = trie.children[node].get(token) if node is not None else None
        if support == "top":
            return opd_teacher.Score(sampled, top=top)
        return opd_teacher.Score(sampled, rows=rows if support == "full" else None)

    def next_token(self, trie, masses, node, size):
        """The probability of each token that some window goes on with, and of every other one."""
        if node is None or not trie.children[node] or not masses[node] > 0:
            return {}, 1 / size
        off_grid = self.smoothing["offGridMass"]
        uniform, share, mass = off_grid / size, 1 - off_grid, masses[node]
        likely = {t: share * masses[c] / mass + uniform for t, c in trie.children[node].items()}
        return likely, uniform

    def distribution(self, prompt):
        key = (prompt.id, prompt.duration)
        if key not in self.known:
            trie = self.tries[prompt.duration]
            self.known[key] = trie, trie.masses(self.weights(trie, self.windows[prompt.id]))
        return self.known[key]

    def weights(self, trie, scored):
        scale, floor = self.smoothing["scale"], self.smoothing["floorShare"]
        power = 1 / self.smoothing["confidenceTemperature"]
        largest = max(confidence for _, _, confidence in scored)
        sums = [0.0] * len(trie.windows)
        for start, end, confidence in scored:
            strength = math.pow(confidence / largest, power) if largest > 0 else 1.0
            if strength <= 0:
                continue
            by_start = {s: strength * math.exp(-abs(s - start) / scale) for s, _ in trie.windows}
            by_end = {e: math.exp(-abs(e - end) / scale) for _, e in trie.windows}
            for index, (s, e) in enumerate(trie.windows):
                sums[index] += by_start[s] * by_end[e]
        # One addition after the other: sum() compensates for rounding in newer versions and would differ in the last bit.
        total = 0.0
        for value in sums:
            total += value
        if total < 1e-200:
            raise ValueError(f"the windows are too far from every answer at scale {scale}")
        share, each = (1 - floor) / total, floor / len(sums)
        return [value * share + each for value in sums]


if __name__ == "__main__":
    opd_teacher.serve(WindowTeacher(sys.argv[1]))
