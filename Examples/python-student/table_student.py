"""A student without any library: a table of logits by the last token, with exact gradients.

It shows every operation of the protocol in a hundred lines, and runs where PyTorch does not.
"""

import contextlib
import hashlib
import json
import math
import os
import random

import opd_student


class TableStudent(opd_student.Student):
    name = "a table"
    has_logits = has_divergences = True

    def start(self):
        self.flops_per_token = 2.0 * self.size
        self.weights = self.table(self.settings["seed"])
        if self.settings.get("teacher"):
            self.teacher, self.teacher_flops_per_token = self.table(self.settings["teacher"]), self.flops_per_token
        self.reset()

    def table(self, seed):
        generator = random.Random(seed)
        return [[generator.gauss(0, 0.5) for _ in range(self.size)] for _ in range(self.size)]

    def reset(self):
        zeros = lambda: [[0.0] * self.size for _ in range(self.size)]
        self.moments, self.updates = (zeros(), zeros()), 0

    def contexts(self, datum, prompt=None):
        """The token before each position of the response, perhaps to another prompt."""
        prompt = datum.prompt if prompt is None else prompt
        return ([0] + prompt + datum.response)[len(prompt) :][: len(datum.response)]

    def scores(self, last, temperature):
        row = [value / temperature for value in self.weights[last]]
        peak = max(row)
        total = peak + math.log(sum(math.exp(value - peak) for value in row))
        return [value - total for value in row]

    def sample(self, tokens, seed, group, temperature, length, ends):
        responses = []
        for slot in range(group):
            stream, response, found = random.Random(f"{seed}/{slot}"), [], []
            while len(response) < length and (not response or response[-1] not in ends):
                row = self.scores((tokens + response)[-1], temperature or 1.0)
                if temperature:
                    token = opd_student.draw(row, stream.random())
                else:
                    token = max(range(self.size), key=lambda v: row[v])
                response.append(token)
                found.append(row[token])
            responses.append((response, found))
        return responses

    def forward(self, datum, temperature):
        rows = [self.scores(last, temperature) for last in self.contexts(datum)]
        return [[row[token] for token in targets] for row, targets in zip(rows, datum.targets)]

    def logits(self, datum):
        return [value for last in self.contexts(datum) for value in self.weights[last]]

    def compare(self, data, temperature):
        found = []
        for datum in data:
            terms = self.divergences(datum, temperature)
            own = [row[token] for row, token in zip(self.own(datum, temperature), datum.response)]
            found.append([own] + [[value for value, _ in term] for term in terms])
        return found

    def own(self, datum, temperature):
        return [self.scores(last, temperature) for last in self.contexts(datum)]

    def divergences(self, datum, temperature):
        """For each divergence, at each position, its value and what the gradient in log π is, up to multiples of π."""
        if datum.teacher is None:
            return []
        with self.using(datum.teacher.weights):
            contexts = self.contexts(datum, datum.teacher.prompt)
            teacher = [self.scores(last, datum.teacher.temperature) for last in contexts]
        pairs = list(zip(self.own(datum, temperature), teacher))
        return [[self.divergence(one, p, q) for p, q in pairs] for one in datum.divergences]

    def divergence(self, one, p, q):
        if one.kind == "reverse_kl":
            pulls = [math.exp(a) * (a - b) for a, b in zip(p, q)]
            return sum(pulls), pulls
        if one.kind == "forward_kl":
            return (sum(math.exp(b) * (b - a) for a, b in zip(p, q)), [math.exp(a) - math.exp(b) for a, b in zip(p, q)])
        if one.kind != "jensen_shannon":
            return 0.0, [0.0 for _ in p]
        mixed = [math.log(one.beta * math.exp(b) + (1 - one.beta) * math.exp(a)) for a, b in zip(p, q)]
        pulls = [one.factor * (1 - one.beta) * math.exp(a) * (a - m) for a, m in zip(p, mixed)]
        rest = one.factor * one.beta * sum(math.exp(b) * (b - m) for b, m in zip(q, mixed))
        return sum(pulls) + rest, pulls

    def train(self, data, temperature, step):
        gradient = [[0.0] * self.size for _ in range(self.size)]
        for datum in data:
            for t, last in enumerate(self.contexts(datum)):
                row = gradient[last]
                if datum.rows is not None:
                    for v in range(self.size):
                        row[v] += datum.rows[t * self.size + v]
                    continue
                total = sum(datum.slopes[t])
                for v, score in enumerate(self.scores(last, temperature)):
                    row[v] -= total * math.exp(score) / temperature
                for token, slope in zip(datum.targets[t], datum.slopes[t]):
                    row[token] += slope / temperature
            self.push(gradient, datum, temperature)
        norm = math.sqrt(sum(g * g for row in gradient for g in row))
        if not math.isfinite(norm):
            return norm, False
        clip = step.get("clip")
        self.adam(gradient, step, min(1.0, clip / norm) if clip is not None and norm > 0 else 1.0)
        return norm, True

    def push(self, gradient, datum, temperature):
        """Adds the gradients of a datum's divergences."""
        for one, term in zip(datum.divergences, self.divergences(datum, temperature)):
            for last, own, weight, (_, pulls) in zip(self.contexts(datum), self.own(datum, temperature), one.weights, term):
                total = sum(pulls)
                for v, pull in enumerate(pulls):
                    gradient[last][v] += weight * (pull - total * math.exp(own[v])) / temperature

    def adam(self, gradient, step, scale):
        self.updates += 1
        b1, b2 = step["beta1"], step["beta2"]
        for b, row in enumerate(gradient):
            for v, g in enumerate(row):
                g *= scale
                m = self.moments[0][b][v] = b1 * self.moments[0][b][v] + (1 - b1) * g
                n = self.moments[1][b][v] = b2 * self.moments[1][b][v] + (1 - b2) * g * g
                m /= 1 - b1**self.updates
                root = math.sqrt(n / (1 - b2**self.updates)) + step["epsilon"]
                self.weights[b][v] -= step["rate"] * (step["decay"] * self.weights[b][v] + m / root)

    def digest(self):
        return hashlib.sha256(json.dumps(self.weights).encode()).hexdigest()

    def save(self):
        text = json.dumps([self.weights, self.moments, self.updates])
        name = f"{hashlib.sha256(text.encode()).hexdigest()[:16]}-{self.updates}"
        path = opd_student.state_path(self.settings, name) + ".json"
        os.makedirs(self.settings["states"], exist_ok=True)
        with open(f"{path}.{os.getpid()}", "w") as file:
            file.write(text)
        os.replace(f"{path}.{os.getpid()}", path)
        return name, self.digest(), self.updates

    def read(self, name):
        with open(opd_student.state_path(self.settings, name) + ".json") as file:
            return json.load(file)

    def load(self, name, moments):
        self.weights, kept, updates = self.read(name)
        self.reset()
        if moments:
            self.moments, self.updates = kept, updates

    @contextlib.contextmanager
    def using(self, name):
        own = self.weights
        if name == opd_student.TEACHER:
            self.weights = self.teacher
        elif name is not None:
            self.weights = self.read(name)[0]
        try:
            yield
        finally:
            self.weights = own


if __name__ == "__main__":
    opd_student.serve(TableStudent())
