import math

import opd_teacher


class MyTeacher(opd_teacher.Teacher):
    name = "mine"
    identity = "five seconds"

    def start(self):
        words = self.vocabulary.words
        self.second = {n: int(w[2:-1]) for n, w in enumerate(words) if w.startswith("<t")}

    def score(self, prompts, support, k):
        return [
            [opd_teacher.Score(self.log_probabilities(response)) for response in prompt.responses]
            for prompt in prompts
        ]

    def log_probabilities(self, response):
        values = []
        for position, token in enumerate(response):
            weights = [self.weight(v, response[:position]) for v in range(len(self.vocabulary.words))]
            values.append(math.log(weights[token] / sum(weights)))
        return values

    def weight(self, token, before):
        """How much the teacher likes a token after some others; nothing is impossible."""
        if len(before) == 0:
            return 1.0 if token in self.second else 1e-3
        if len(before) == 1 and before[0] in self.second and token in self.second:
            length = self.second[token] - self.second[before[0]]
            return math.exp(-abs(length - 5)) + 1e-3
        return 1.0 if len(before) == 2 and token == self.vocabulary.end else 1e-3


opd_teacher.serve(MyTeacher())
