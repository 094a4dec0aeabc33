import math

import opd_teacher


class MyTeacher(opd_teacher.Teacher):
    name = "mine"

    def start(self):
        words = self.vocabulary.words
        self.second = {n: int(w[2:-1]) for n, w in enumerate(words) if w.startswith("<t")}

    def score(self, prompts, support, k):
        each = -math.log(len(self.vocabulary.words))
        return [
            [opd_teacher.Score([each] * len(response)) for response in prompt.responses]
            for prompt in prompts
        ]


opd_teacher.serve(MyTeacher())
