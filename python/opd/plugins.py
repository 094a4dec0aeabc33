"""Teachers, rewards, selectors, curricula, advantages, tasks and data sets as functions.

    import opd

    @opd.reward
    def short(prompt, response, text):
        return 1.0 / len(response)

    opd.serve()

and in the experiment: `reward: {process: {command: [python3, short.py]}}`.  A file holds one plug-in.  What needs more
than a function derives from the classes of `opd.program`.
"""

from __future__ import annotations

from typing import Any, Callable, List, Optional

from . import program

_plugins: List[program.Teacher] = []


def _offer(plugin: program.Teacher, function: Callable, **about: Any) -> Callable:
    plugin.name, plugin.function = function.__name__, function
    for key, value in about.items():
        if not hasattr(plugin, key):
            raise TypeError(f"A {plugin.kind} has no '{key}'. Choose from name, identity, support, k, features, needs, every.")
        setattr(plugin, key, value)
    _plugins.append(plugin)
    return function


def teacher(function: Optional[Callable] = None, **about: Any) -> Callable:
    """A teacher by what it finds each token of a response to be: `f(prompt, response, vocabulary)`.

    It returns the natural log-probability of each token of the response, or with `support="full"` a row of log-probabilities
    over the vocabulary for each token.
    """

    def offer(function: Callable) -> Callable:
        class Own(program.Teacher):
            def score(self, prompts, support, k):
                return [[self._score(p, r) for r in p.responses] for p in prompts]

            def _score(self, prompt, response):
                said = function(prompt, response, self.vocabulary)
                if self.support != "full":
                    return program.Score([float(value) for value in said])
                flat = [float(value) for row in said for value in row]
                size = len(self.vocabulary.words)
                return program.Score([flat[i * size + t] for i, t in enumerate(response)], rows=flat)

        return _offer(Own(), function, **about)

    return offer(function) if function else offer


def reward(function: Optional[Callable] = None, **about: Any) -> Callable:
    """A reward by what one response is worth: `f(prompt, response, text)`.

    It returns a number, or a dict with total, terms and parsed.
    """

    def offer(function: Callable) -> Callable:
        class Own(program.Reward):
            def judge(self, prompts):
                return [[function(p, r, self.vocabulary.text(r)) for r in p.responses] for p in prompts]

        return _offer(Own(), function, **about)

    return offer(function) if function else offer


def selector(function: Optional[Callable] = None, **about: Any) -> Callable:
    """A keyframe selector: `f(prompt)` returns the numbers of the frames to keep, ascending, at least one."""

    def offer(function: Callable) -> Callable:
        class Own(program.Selector):
            def choose(self, prompts):
                return [function(p) for p in prompts]

        return _offer(Own(), function, **about)

    return offer(function) if function else offer


def curriculum(function: Optional[Callable] = None, **about: Any) -> Callable:
    """A curriculum: `f(candidates)` returns the candidates to take, their ids, or dicts with id, score and reason.

    A candidate has id, and what `needs` says is measured: teacher_quality, student_quality, trajectory_reverse_kl and the like; see
    `opd.program.Candidate`.  `every=N` chooses anew after N dealt prompts.
    """

    def offer(function: Callable) -> Callable:
        class Own(program.Curriculum):
            def choose(self, round, candidates, observations, state, seed):
                return function(candidates), None

        return _offer(Own(), function, **about)

    return offer(function) if function else offer


def advantage(function: Optional[Callable] = None, **about: Any) -> Callable:
    """What to reinforce: `f(prompt, responses)` returns, for each response to a prompt, one number a token, or one for all.

    A response has tokens, behaviour, teacher, reference (log-probabilities, or None), reward (with total,
    terms and parsed, or None), cut and sampled.
    """

    def offer(function: Callable) -> Callable:
        class Own(program.Advantage):
            def advantages(self, groups):
                return [
                    [
                        [float(said)] * len(response.tokens) if isinstance(said, (int, float)) else [float(x) for x in said]
                        for said, response in self._paired(function(prompt, responses), responses)
                    ]
                    for prompt, responses in groups
                ]

            @staticmethod
            def _paired(said, responses):
                said = list(said)
                if len(said) != len(responses):
                    raise ValueError(f"{len(said)} advantages for {len(responses)} responses")
                return zip(said, responses)

        return _offer(Own(), function, **about)

    return offer(function) if function else offer


def task(function: Optional[Callable] = None, **about: Any) -> Callable:
    """How good an answer is: `f(answer)` returns 0 to 1.

    An answer has prompt (the question's id), query, answer (a text) and truth (texts that are right).
    """

    def offer(function: Callable) -> Callable:
        class Own(program.Task):
            def judge(self, answers):
                return [function(answer) for answer in answers]

        return _offer(Own(), function, **about)

    return offer(function) if function else offer


def data(function: Optional[Callable] = None, **about: Any) -> Callable:
    """The questions of a run: `f(seed)` returns dicts with part, id, query and answers, or windows; see `opd.program.Data`."""

    def offer(function: Callable) -> Callable:
        class Own(program.Data):
            def questions(self, seed):
                return list(function(seed))

        return _offer(Own(), function, **about)

    return offer(function) if function else offer


def serve() -> None:
    """Answers the program that started this one, until it has no more questions."""
    if len(_plugins) != 1:
        raise SystemExit(f"error: A program offers one plug-in, and this one has {len(_plugins)}. Put each in a file.")
    program.serve(_plugins[0])
