import math

import opd_teacher


class MyTeacher(opd_teacher.Teacher):
    name = "mine"

    def score(self, prompts, support, k):
        each = -math.log(len(self.vocabulary.words))
        return [
            [opd_teacher.Score([each] * len(response)) for response in prompt.responses]
            for prompt in prompts
        ]


opd_teacher.serve(MyTeacher())
