"""A teacher made of scored windows: the twin of the window-distribution teacher, to the last bit.

    python3 window_teacher.py WINDOWS.jsonl [--step 1] [--scale 4] [--floor-share 0.02] ...
    python3 window_teacher.py TABLE.json

WINDOWS.jsonl: {"qid": prompt id, "pred_relevant_windows": [[start, end, confidence], ...]} a line, for answers in time
tokens `step` seconds apart; `opd teacher windows` writes such a file.
TABLE.json, for any other way to write answers: {"smoothing": {"scale", "floorShare", "confidenceTemperature",
"offGridMass"}, "windows": {prompt id: [[start, end, confidence], ...]},
"answers": {duration as text: [[start, end, [tokens ...]], ...]}}.
"""

import argparse
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

    def __init__(self, options):
        with open(options.path, "rb") as file:
            content = file.read()
        settings = json.dumps(sorted(vars(options).items() - {("path", options.path)}))
        self.identity = hashlib.sha256(content + settings.encode()).hexdigest()
        self.step = options.step
        self.known, self.tries = {}, {}
        if options.path.endswith(".jsonl"):
            lines = [json.loads(line) for line in content.splitlines() if line.strip()]
            self.windows = {line["qid"]: line["pred_relevant_windows"] for line in lines}
            self.smoothing = {
                "scale": options.scale,
                "floorShare": options.floor_share,
                "confidenceTemperature": options.confidence_temperature,
                "offGridMass": options.off_grid_mass,
            }
            return
        table = json.loads(content)
        self.smoothing = table["smoothing"]
        self.windows = table["windows"]
        self.tries = {float(key): AnswerTrie(value) for key, value in table["answers"].items()}

    def time_tokens(self, duration):
        """Every answer in time tokens for a video of this length."""
        numbers, end = self.vocabulary.numbers, self.vocabulary.end
        last = max(1, int(duration / self.step + 1e-9))
        while f"<t{last}>" not in numbers:
            last -= 1
        token = [numbers[f"<t{index}>"] for index in range(last + 1)]
        time = [round(index * self.step * 1e6) / 1e6 for index in range(last + 1)]
        return [
            [time[a], time[b], [token[a], token[b], end]]
            for a in range(last)
            for b in range(a + 1, last + 1)
        ]

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
            if prompt.duration not in self.tries:
                self.tries[prompt.duration] = AnswerTrie(self.time_tokens(prompt.duration))
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
    parser = argparse.ArgumentParser()
    parser.add_argument("path")
    parser.add_argument("--step", type=float, default=1.0)
    parser.add_argument("--scale", type=float, default=4.0)
    parser.add_argument("--floor-share", type=float, default=0.02)
    parser.add_argument("--confidence-temperature", type=float, default=1.0)
    parser.add_argument("--off-grid-mass", type=float, default=1e-4)
    opd_teacher.serve(WindowTeacher(parser.parse_args()))
