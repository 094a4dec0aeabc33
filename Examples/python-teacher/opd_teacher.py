"""Write a teacher, reward, keyframe selector, curriculum, advantage, task, data set or encoder of frames for `opd` in Python.  Standard
library only.

    import opd_teacher

    class Uniform(opd_teacher.Teacher):
        name = "uniform"

        def score(self, prompts, support, k):
            logp = -math.log(len(self.vocabulary.words))
            return [[opd_teacher.Score([logp] * len(r)) for r in p.responses] for p in prompts]

    opd_teacher.serve(Uniform())

and in the experiment: `teacher: {process: {command: [python3, my_teacher.py]}}`.

The protocol is one JSON object a line.  The host greets with its vocabulary, the program says what it is and what it can
do; then requests with an `id` are answered in any order under the same `id`.  Numbers are little-endian Float32 in
base64, tokens Int32 in base64, so scores arrive bit for bit.  Log-probabilities are natural logarithms.
"""

from __future__ import annotations

import array
import base64
import hashlib
import inspect
import json
import os
import sys
import sysconfig
import traceback

PROTOCOL = 1

#: What only an encoder or a curriculum says of itself.
OWN = ["channels", "tokens_per_frame", "side", "texts", "needs", "every"]


class Vocabulary:
    """The student's words; `end` is the number of the word that ends a response."""

    def __init__(self, words, end, fingerprint):
        self.words = words
        self.end = end
        self.fingerprint = fingerprint
        self.numbers = {word: number for number, word in enumerate(words)}

    def text(self, tokens):
        """The words of some tokens joined by nothing, up to the end token."""
        words = []
        for token in tokens:
            if token == self.end:
                break
            words.append(self.words[token])
        return "".join(words)


def fingerprint(words, end):
    """The digest by which two vocabularies are compared; `end` is a word."""
    digest = hashlib.sha256()
    for part in [*words, "end=" + end]:
        encoded = part.encode()
        digest.update(len(encoded).to_bytes(8, "little"))
        digest.update(encoded)
    return digest.hexdigest()


class Prompt:
    """A question about a video, with the responses to look at.

    id, video, query, tokens, duration (s), timestamps (s, one a frame), keyframes (what the student sees, or None),
    truth (rewards only), responses (lists of tokens), and, if the program asked for features, `features`: an
    array('f') of frames * tokens_per_frame * channels numbers, row-major, and `query_embedding` or None.
    `frames`: what the program asked to be shown of the frames in view, or None.
    """

    id: str
    video: str
    query: str
    tokens: list[int]
    duration: float
    timestamps: list[float]
    keyframes: list[int] | None
    truth: list | None
    responses: list[list[int]]
    features: array.array | None
    query_embedding: array.array | None
    frames: "Frames | None"

    def __init__(self, wire):
        self.id = wire["id"]
        self.video = wire["video"]
        self.query = wire["query"]
        self.tokens = wire["tokens"]
        self.duration = wire["duration"]
        self.timestamps = wire["timestamps"]
        self.keyframes = wire.get("keyframes")
        self.truth = wire.get("truth")
        self.responses = [decode_integers(text) for text in wire["responses"]]
        features = wire.get("features")
        self.features = self.query_embedding = None
        if features:
            self.features = decode_floats(features["values"])
            self.tokens_per_frame = features["tokens_per_frame"]
            self.channels = features["channels"]
            if features.get("query") is not None:
                self.query_embedding = decode_floats(features["query"])
        self.frames = Frames(wire["frames"]) if wire.get("frames") else None


class Frames:
    """The frames in view: the video's name, their times (s), the path of its file or None, JPEG files (bytes) or None."""

    def __init__(self, wire):
        self.video = wire["video"]
        self.times = wire["times"]
        self.file = wire.get("file")
        pictures = wire.get("pictures")
        self.pictures = None if pictures is None else [base64.b64decode(text) for text in pictures]


class Score:
    """What a teacher says of one response of T tokens.

    sampled: T log-probabilities.  top: T lists of (token, log-probability), likeliest first, equally long.
    rows: T * V log-probabilities, flat, row-major.  Lists, array('f') or anything with a float32 `tobytes()`.
    """

    def __init__(self, sampled, top=None, rows=None):
        self.sampled = sampled
        self.top = top
        self.rows = rows

    def wire(self, vocabulary_size):
        out = {"sampled": encode_floats(self.sampled)}
        if self.top is not None:
            out["k"] = len(self.top[0]) if self.top else 0
            out["top_tokens"] = encode_integers([t for row in self.top for t, _ in row])
            out["top_logprobs"] = encode_floats([value for row in self.top for _, value in row])
        if self.rows is not None:
            out["vocabulary"] = vocabulary_size
            out["rows"] = encode_floats(self.rows)
        return out


class Teacher:
    """Override `score`, and what else differs."""

    kind = "teacher"
    #: What errors and reports call it.
    name = "a Python teacher"
    #: A digest of everything the scores depend on (weights, tables, versions), or None if it cannot tell.
    identity = None
    #: "sampled", "top" (then `k` is the most it gives) or "full".
    support = "sampled"
    k = None
    #: Whether prompts should come with features.
    features = False
    #: What prompts should show of the frames in view: "times", "files" (with the path of the video's file, too) or "pixels" (with
    #: JPEG files, too); the last two need `pictures: {folder: ...}` in the configuration.  Teachers, rewards, selectors.
    frames = None
    #: For the cost ledger.
    flops_per_token = 0.0
    #: Set before `start` is called.
    vocabulary = None
    #: The function that it is made of, where it is made of one: errors say where that is written.
    function = None

    def start(self):
        """Called once with `self.vocabulary` set: load what is needed."""

    def own_fingerprint(self):
        """The digest of the words this teacher works in; override it if they are not the student's."""
        return self.vocabulary.fingerprint

    def score(self, prompts, support, k):
        """Returns, for each prompt, for each response, a Score with at least what `support` asks for."""
        raise NotImplementedError

    def answer(self, request):
        body = request["score"]
        prompts = [Prompt(wire) for wire in body["prompts"]]
        scores = self.score(prompts, body["support"], body.get("k"))
        size = len(self.vocabulary.words)
        return {"scores": [[score.wire(size) for score in group] for group in scores]}


class Reward(Teacher):
    """Override `judge`."""

    kind = "reward"
    name = "a Python reward"

    def judge(self, prompts):
        """Returns, for each prompt, for each response, a number or a dict with total, terms and parsed."""
        raise NotImplementedError

    def answer(self, request):
        prompts = [Prompt(wire) for wire in request["reward"]["prompts"]]
        return {"rewards": [[self._wire(r) for r in group] for group in self.judge(prompts)]}

    @staticmethod
    def _wire(reward):
        if isinstance(reward, dict):
            return {"terms": {}, "parsed": True, **reward}
        return {"total": float(reward), "terms": {}, "parsed": True}


class Selector(Teacher):
    """Override `choose`."""

    kind = "selector"
    name = "a Python selector"
    features = True
    #: Whether what is chosen depends on the question.
    looks_at_query = False

    def choose(self, prompts):
        """Returns, for each prompt, the numbers of the frames to keep, ascending, at least one."""
        raise NotImplementedError

    def answer(self, request):
        prompts = [Prompt(wire) for wire in request["select"]["prompts"]]
        return {"selections": [[int(frame) for frame in frames] for frames in self.choose(prompts)]}


class Candidate:
    """A prompt that may be taken: its `id`, and what was measured of it; None is what was not, see `Curriculum.needs`.

    teacher_quality (of each of the teacher's answers, its best guess first), student_quality, trajectory_reverse_kl (nats, summed over
    the student's answer), response_length (tokens), reward_spread, teacher_entropy (nats), teacher_agreement, student_agreement, and
    teacher_position (the middle of its best answer, 0 at the beginning of the video and 1 at its end).
    """

    id: str
    teacher_quality: list[float] | None
    student_quality: float | None
    trajectory_reverse_kl: float | None
    response_length: int | None
    reward_spread: float | None
    teacher_entropy: float | None
    teacher_agreement: float | None
    student_agreement: float | None
    teacher_position: float | None

    def __init__(self, wire):
        _take(self, wire)


class Observation:
    """What training has shown of a prompt: `id`, `step`, and mean_reward, reward_spread and mean_log_ratio, None where there was none."""

    id: str
    step: int
    mean_reward: float | None
    reward_spread: float | None
    mean_log_ratio: float | None

    def __init__(self, wire):
        _take(self, wire)


class Curriculum(Teacher):
    """Override `choose`."""

    kind = "curriculum"
    name = "a Python curriculum"
    #: What must be measured before a round: teacher_quality, student_quality, trajectory_reverse_kl.
    needs = []
    #: After how many dealt prompts the next round begins, or None for one round.
    every = None

    def choose(self, round, candidates, observations, state, seed):
        """Returns the candidates to take and what to be told as `state` at the next round.

        round counts from 0; candidates are `Candidate`s; observations, what training has shown since the last round, `Observation`s;
        state is a text, None at first.  To take is a candidate, its id, or a dict with id, score and reason.  What is returned must
        follow from the arguments alone: a run that was killed asks again.
        """
        raise NotImplementedError

    def answer(self, request):
        body = request["curriculum"]
        candidates, observations = map(Candidate, body["candidates"]), map(Observation, body["observations"])
        taken, state = self.choose(body["round"], list(candidates), list(observations), body.get("state"), body["seed"])
        return {"taken": [self._wire(one) for one in taken], "state": state}

    @staticmethod
    def _wire(taken):
        if isinstance(taken, dict):
            return taken
        return {"id": taken.id if isinstance(taken, Candidate) else taken}


class Judgement:
    """How good a response is: `total`, what is maximised, its `terms` by name, and whether it could be read at all (`parsed`)."""

    total: float
    terms: dict[str, float]
    parsed: bool

    def __init__(self, wire):
        _take(self, wire)


class Response:
    """A response to reinforce: `tokens`, `behaviour` (log-probability of each when it was sampled), `teacher` and `reference`
    (theirs, or None where nobody was asked), `reward` (a `Judgement`, or None), `cut` (whether the length limit ended it) and
    `sampled` (False for a demonstration).
    """

    tokens: list[int]
    behaviour: array.array
    teacher: array.array | None
    reference: array.array | None
    reward: Judgement | None
    cut: bool
    sampled: bool

    def __init__(self, wire):
        self.tokens = decode_integers(wire["tokens"])
        self.behaviour = decode_floats(wire["behaviour"])
        self.teacher, self.reference = (
            decode_floats(wire[name]) if wire.get(name) is not None else None for name in ("teacher", "reference")
        )
        self.reward = Judgement(wire["reward"]) if wire.get("reward") is not None else None
        self.cut = wire["cut"]
        self.sampled = wire["sampled"]


class Advantage(Teacher):
    """Override `advantages`."""

    kind = "advantage"
    name = "a Python advantage"

    def advantages(self, groups):
        """Returns, for each group, for each Response, one number a token.

        groups are lists of (prompt id, responses).  What is returned must follow from the arguments alone: a run that was killed
        asks again.
        """
        raise NotImplementedError

    def answer(self, request):
        groups = [
            (group["prompt"], [Response(wire) for wire in group["responses"]])
            for group in request["advantage"]["groups"]
        ]
        return {"advantages": [[[float(x) for x in row] for row in rows] for rows in self.advantages(groups)]}


class Answer:
    """An answer to judge: `prompt` (the question's id), `query`, `answer` (a text) and `truth` (texts that are right)."""

    prompt: str
    query: str
    answer: str
    truth: list[str]

    def __init__(self, wire):
        _take(self, wire)


class Task(Teacher):
    """Override `judge`.  For `codec: {process: {command: [...]}}`: answers are texts."""

    kind = "task"
    name = "a Python task"

    def judge(self, answers):
        """Returns how good each Answer is, 0 to 1."""
        raise NotImplementedError

    def answer(self, request):
        answers = [Answer(wire) for wire in request["judge"]["answers"]]
        return {"qualities": [float(quality) for quality in self.judge(answers)]}


class Data(Teacher):
    """Override `questions`.  For `data: {process: {command: [...]}}`: it is asked once, at the start of a run."""

    kind = "data"
    name = "a Python data set"

    def questions(self, seed):
        """Returns dicts with part ("train", "dev" or "tune"), id, query and either `answers` (texts that are right) or `windows` ([start,
        end] in seconds).  What is about a video has `video`, and `features`: a dict with values (a flat list or array of numbers, frame
        after frame), channels, timestamps (seconds), duration and perhaps captions, one a frame.
        """
        raise NotImplementedError

    def answer(self, request):
        return {"questions": [self._wire(one) for one in self.questions(request["data"]["seed"])]}

    @staticmethod
    def _wire(question):
        if question.get("features") is None:
            return dict(question)
        features = question["features"]
        return {**question, "features": {**features, "values": encode_floats(features["values"])}}


class Picture:
    """A picture of a video: width, height, and `pixels`, 3 * width * height bytes of red, green and blue, from the top."""

    width: int
    height: int
    pixels: bytes

    def __init__(self, wire):
        self.width = wire["width"]
        self.height = wire["height"]
        self.pixels = base64.b64decode(wire["pixels"])


class Encoder(Teacher):
    """Override `encode`, set `channels`, and what else differs.  For `opd features`."""

    kind = "encoder"
    name = "a Python encoder"
    #: Numbers a row, and rows a picture.
    channels = None
    tokens_per_frame = 1
    #: To how many pixels the longer side of a picture is scaled down before it is sent.
    side = 224
    #: Whether `embed` makes a row of a text.
    texts = False

    def encode(self, pictures):
        """Returns, for each picture, tokens_per_frame * channels numbers, flat."""
        raise NotImplementedError

    def embed(self, texts):
        """Returns, for each text, channels numbers in the space of the pictures, or beside it."""
        raise NotImplementedError

    def answer(self, request):
        body = request["encode"]
        if body.get("texts") is not None:
            rows = self.embed(body["texts"])
        else:
            rows = self.encode([Picture(wire) for wire in body["pictures"]])
        return {"rows": [encode_floats(row) for row in rows]}


def serve(plugin):
    """Answers the host until it closes the connection."""
    # The real standard output belongs to the protocol; a stray print() goes to the log instead.
    output = os.fdopen(os.dup(1), "wb", buffering=1 << 16)
    os.dup2(2, 1)
    for line in sys.stdin.buffer:
        request = json.loads(line)
        answer = _greet(plugin, request) if "hello" in request else _answer(plugin, request)
        output.write(_line(plugin, answer))
        output.flush()


def _greet(plugin, request):
    hello = request["hello"]
    if plugin.vocabulary is None:
        plugin.vocabulary = Vocabulary(hello["words"], hello["end"], hello["vocabulary"])
        plugin.start()
    return {
        "hello": {
            "protocol": PROTOCOL,
            "kind": plugin.kind,
            "name": plugin.name,
            "identity": plugin.identity,
            "vocabulary": plugin.own_fingerprint(),
            "support": plugin.support,
            "k": plugin.k,
            "features": plugin.features,
            "frames": plugin.frames,
            "flops_per_token": plugin.flops_per_token,
            "looks_at_query": getattr(plugin, "looks_at_query", None),
            **{name: getattr(plugin, name) for name in OWN if hasattr(plugin, name)},
        }
    }


def _answer(plugin, request):
    try:
        return {"id": request["id"], **plugin.answer(request)}
    except Exception as error:  # The host stops with this message; the rest is in the log.
        return _failure(plugin, request, error)


def _line(plugin, answer):
    """An answer as it is sent; not everything that a function returns can be."""
    try:
        text = json.dumps(answer, separators=(",", ":"))
    except (TypeError, ValueError) as error:
        if "id" not in answer:
            raise
        text = json.dumps(_failure(plugin, answer, error))
    return text.encode() + b"\n"


def _failure(plugin, request, error):
    traceback.print_exception(type(error), error, error.__traceback__)
    return {"id": request["id"], "error": complaint(plugin, error)}


def complaint(plugin, error):
    """What went wrong, in a line, and where: the last line of the plug-in's own before it was in the hands of a library."""
    kind, said, (file, begins) = type(error).__name__, " ".join(str(error).split()), _written(plugin)
    steps = [(f.f_globals.get("__name__"), f.f_code.co_filename, line) for f, line in traceback.walk_tb(error.__traceback__)]
    own = [step for step in steps if not _is_ours(step[0]) and (step[1] == file or not _is_library(step[1]))]
    if own:
        return f"'{plugin.name}' raised {kind} at {own[-1][1]}:{own[-1][2]}: {said}"
    return f"'{plugin.name}' at {file}:{begins} gave what cannot be used: {kind}: {said}"


def _is_ours(module):
    """Whether a module is this one, or of its package."""
    return module == __name__ or bool(__package__) and str(module).startswith(__package__ + ".")


def _is_library(file):
    places = [sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")]
    return file.startswith(("<frozen", *(place + os.sep for place in places)))


def _written(plugin):
    """The file and the line where a plug-in begins."""
    thing = inspect.unwrap(plugin.function) if plugin.function else type(plugin)
    try:
        return inspect.getsourcefile(thing), inspect.getsourcelines(thing)[1]
    except (OSError, TypeError):
        # Made by no source that can be read, such as a built-in function.
        return sys.argv[0], 1


def _take(thing, wire):
    """Gives a thing what a message says of it; None is what it does not say."""
    for name in type(thing).__annotations__:
        setattr(thing, name, wire.get(name))


def encode_floats(values):
    """Float32 numbers as base64."""
    return base64.b64encode(_bytes(values, "f")).decode()


def encode_integers(values):
    """Int32 numbers as base64."""
    return base64.b64encode(_bytes(values, "i")).decode()


def decode_floats(text):
    """base64 as an array of Float32 numbers."""
    return _numbers(text, "f")


def decode_integers(text):
    """base64 as a list of Int32 numbers."""
    return _numbers(text, "i").tolist()


def _bytes(values, code):
    if not isinstance(values, array.array) and hasattr(values, "tobytes"):
        return values.tobytes()
    numbers = array.array(code, values)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def _numbers(text, code):
    numbers = array.array(code, base64.b64decode(text))
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
