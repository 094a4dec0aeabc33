"""Write a student for `opd` in Python, or train a model of Hugging Face with PyTorch.

    student: {process: {command: [python3, Examples/python-student/opd_student.py], base: Qwen/Qwen3-0.6B, rank: 32}}

`base` is a model of transformers (a name or a folder) or `tiny`, a Llama of 50,000 weights for trials; `rank: 0` trains all
weights, any other an adapter of PEFT. What one process cannot hold or is too slow for is parted among several, each with a
share of the weights (FSDP2) and of the data:

    command: [torchrun, --nproc-per-node, "8", Examples/python-student/opd_student.py]

The first part of this file, the protocol, needs the standard library alone: import
it for a student of your own, as `table_student.py` does.

The protocol is one JSON object a line. The host greets with its vocabulary and what the student is made of; requests with
an `id` are answered one after the other under the same `id`. Numbers are little-endian Float32 in base64, tokens Int32 in
base64. `docs/students.md` has every operation. A student repeats itself to the bit, and goes on to the bit from a saved
state: that is what makes a killed run end as if nothing had happened.
"""

import array
import base64
import hashlib
import json
import math
import os
import random
import sys
import sysconfig
import traceback

PROTOCOL = 1
#: What the model beside the student is called where a saved state might be named.
TEACHER = "teacher"


class Frames:
    """What is told of the frames in view: the video's name, its duration and their times in seconds; with
    `frames: features` also `rows`, one a visual token, frame after frame, and last the question's where the data has it;
    with `frames: files` the path of the video's `file`; with `frames: pixels` also `pictures`, the bytes of a JPEG file
    each, which belong after `place` tokens of the prompt."""

    def __init__(self, wire, channels):
        self.video, self.duration, self.times = wire["video"], wire["duration"], wire["times"]
        self.file, self.place = wire.get("file"), wire.get("place", 0)
        self.pictures = [base64.b64decode(picture) for picture in wire.get("pictures", [])]
        numbers = [number for key in ("features", "query") if key in wire for number in decode_floats(wire[key])]
        self.rows = [numbers[at : at + channels] for at in range(0, len(numbers), channels or 1)]


class Prompt(list):
    """The tokens of a prompt; `frames` is what is told of its video, `None` where nothing is."""

    def __init__(self, tokens, wire, channels):
        super().__init__(decode_integers(tokens))
        self.frames = Frames(wire["frames"], channels) if wire.get("frames") else None


class Datum:
    """A prompt with a response; targets[t] are the tokens that matter at position t, the sampled one first."""

    def __init__(self, wire, channels=None):
        self.prompt = Prompt(wire["prompt"], wire, channels)
        self.response = decode_integers(wire["response"])
        flat = decode_integers(wire["targets"]) if "targets" in wire else self.response
        counts = decode_integers(wire["counts"]) if "counts" in wire else [1] * len(self.response)
        slopes = decode_floats(wire["slopes"]) if wire.get("slopes") is not None else None
        self.targets, self.slopes, at = [], [] if slopes is not None else None, 0
        for count in counts:
            self.targets.append(flat[at : at + count])
            if slopes is not None:
                self.slopes.append(list(slopes[at : at + count]))
            at += count
        #: The gradient in the logits, T * V numbers, where the loss looks at whole rows.
        self.rows = decode_floats(wire["rows"]) if wire.get("rows") is not None else None
        #: Whose distributions the student's are compared with, and how; `None` and nothing where no loss compares.
        self.teacher = Teacher(wire["teacher"], channels) if wire.get("teacher") is not None else None
        self.divergences = [Divergence(one) for one in wire.get("divergences") or []]


class Teacher:
    """Weights that the student's program has, by name, the prompt as they see it, and their temperature."""

    def __init__(self, wire, channels):
        self.weights, self.temperature = wire["weights"], wire["temperature"]
        self.prompt = Prompt(wire["prompt"], wire, channels)


class Divergence:
    """A divergence between the student's and the teacher's rows, both over the whole vocabulary, with a weight at each position.

    `jensen_shannon` is beta KL(q || m) + (1 - beta) KL(p || m) with m = beta q + (1 - beta) p, and divided by beta (1 - beta)
    where it is normalised; its ends are then the forward and the reverse KL divergence, and else 0.
    """

    def __init__(self, wire):
        self.kind, self.weights = wire["kind"], list(decode_floats(wire["weights"]))
        if self.kind not in ("reverse_kl", "forward_kl", "jensen_shannon"):
            raise ValueError(f"there is no divergence '{self.kind}'")
        self.beta, self.factor = wire.get("beta"), 1.0
        if self.kind == "jensen_shannon" and not 0 < self.beta < 1:
            ends = "forward_kl" if self.beta <= 0 else "reverse_kl"
            self.kind = ends if wire["normalised"] else "nothing"
        elif self.kind == "jensen_shannon" and wire["normalised"]:
            self.factor = 1 / (self.beta * (1 - self.beta))


class Student:
    """Override everything that raises NotImplementedError."""

    name = "a Python student"
    #: Whether `logits` works and `train` takes `rows`.
    has_logits = False
    #: Whether `compare` works and `train` takes `divergences`.
    has_divergences = False
    #: Two operations a weight, for the cost ledger.
    flops_per_token = 0.0
    #: The same of the model that `settings["teacher"]` names, for a student that holds one beside itself.
    teacher_flops_per_token = None
    #: V, the token that ends a response, and the settings of the hello: base, rank, seed, states, `frames` where anything is
    #: told of them, and channels where rows of features come with prompts. Set before `start`.
    size = end = settings = None

    def start(self):
        """Make fresh weights."""

    def sample(self, tokens, seed, group, temperature, length, ends):
        """`group` responses to a `Prompt`, each (tokens, log-probabilities); with 0 the likeliest token each time.

        A response ends after one of `ends` (none: never) or `length` tokens. Draw slot i from random.Random(f"{seed}/{i}") or the
        like: the same answers whatever else is asked.
        """
        raise NotImplementedError

    def each(self, items, work):
        """What `work` makes of each item, without gradients; where several processes answer, each may do its share."""
        return [work(item) for item in items]

    def forward(self, datum, temperature):
        """log π of the targets at a temperature: a list for each position."""
        raise NotImplementedError

    def logits(self, datum):
        """Logits of each position before temperature: T * V numbers, row-major."""
        raise NotImplementedError

    def compare(self, data, temperature):
        """For each datum log π of its response, then each divergence from its teacher at each position."""
        raise NotImplementedError

    def train(self, data, temperature, step):
        """One step of AdamW along the sum over targets of slope times the gradient of log π, over `rows`, and over positions of
        weight times the gradient of each divergence.

        Forget the gradient of a request that failed. Returns (norm before clipping, whether the weights moved).
        """
        raise NotImplementedError

    def save(self):
        """Keeps everything under a name made of what it holds; returns (name, digest of the weights, updates)."""
        raise NotImplementedError

    def load(self, name, moments):
        """Goes on from a saved state, with fresh moments if told so."""
        raise NotImplementedError

    def digest(self):
        raise NotImplementedError

    def reset(self):
        """Moments become zero."""
        raise NotImplementedError

    def using(self, name):
        """A context in which a saved state answers, or `teacher`, the other model; `None` is the student itself."""
        raise NotImplementedError


def answer(student, request):
    operation, channels = request["operation"], student.settings.get("channels")
    if operation == "sample":
        def responses(question):
            found = student.sample(
                Prompt(question["tokens"], question, channels), question["seed"], request["group"], request["temperature"],
                request["length"], request.get("ends", []))
            return [{"tokens": encode_integers(tokens), "logprobs": encode_floats(scores)} for tokens, scores in found]

        with student.using(request.get("weights")):
            return {"responses": student.each(request["questions"], responses)}
    if operation in ("forward", "logits"):
        with student.using(request.get("weights")):
            data = [Datum(wire, channels) for wire in request["data"]]
            if operation == "logits":
                return {"values": [encode_floats(rows) for rows in student.each(data, student.logits)]}
            rows = student.each(data, lambda datum: student.forward(datum, request["temperature"]))
            return {"values": [encode_floats([v for row in r for v in row]) for r in rows]}
    if operation == "compare":
        found = student.compare([Datum(wire, channels) for wire in request["data"]], request["temperature"])
        return {"values": [encode_floats([v for row in rows for v in row]) for rows in found]}
    if operation == "train":
        data = [Datum(wire, channels) for wire in request["data"]]
        norm, applied = student.train(data, request.get("temperature") or 1.0, request["step"])
        finite = norm == norm and abs(norm) != float("inf")
        return {"norm": norm if finite else None, "applied": applied}
    if operation == "save":
        name, digest, updates = student.save()
        return {"name": name, "digest": digest, "updates": updates}
    if operation == "load":
        student.load(request["name"], request["moments"])
    elif operation == "reset":
        student.reset()
    elif operation != "digest":
        raise ValueError(f"no operation '{operation}'")
    with student.using(request.get("weights")):
        return {"digest": student.digest()}


def serve(student, lines=None):
    """Answers the host until it closes the connection; `lines` are what it says where that is not the standard input."""
    # The real standard output belongs to the protocol; a stray print() goes to the log instead.
    output = os.fdopen(os.dup(1), "wb", buffering=1 << 16)
    os.dup2(2, 1)
    for line in lines if lines is not None else sys.stdin.buffer:
        request = json.loads(line)
        if "hello" in request:
            hello = request["hello"]
            student.size, student.end, student.settings = len(hello["words"]), hello["end"], hello["student"]
            student.start()
            reply = {"hello": {"protocol": PROTOCOL, "kind": "student", "name": student.name,
                               "vocabulary": hello["vocabulary"], "logits": student.has_logits,
                               "divergences": student.has_divergences,
                               "flops_per_token": student.flops_per_token}}
            if student.teacher_flops_per_token is not None:
                reply["hello"]["teacher_flops_per_token"] = student.teacher_flops_per_token
        else:
            try:
                reply = {"id": request["id"], "student": answer(student, request["student"])}
            except Exception as error:  # The host stops with this message; the rest is in the log.
                traceback.print_exc()
                reply = {"id": request["id"], "error": complaint(student, error)}
        # One of the processes that answer together speaks for all.
        if os.environ.get("RANK", "0") == "0":
            output.write(json.dumps(reply, separators=(",", ":")).encode() + b"\n")
            output.flush()


def complaint(student, error):
    """What went wrong, in a line, and where: the last line that is no library's."""
    libraries = tuple(sysconfig.get_path(name) + os.sep for name in ("stdlib", "purelib", "platlib"))
    steps = [(frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(error.__traceback__)]
    file, line = [step for step in steps if not step[0].startswith(libraries)][-1]
    return f"'{student.name}' raised {type(error).__name__} at {file}:{line}: {' '.join(str(error).split())}"


def draw(row, uniform):
    """The token at which the cumulated probabilities pass a number from 0 to 1; `row` holds log-probabilities."""
    total = 0.0
    for token, value in enumerate(row):
        total += math.exp(value)
        if uniform < total:
            return token
    return max(range(len(row)), key=lambda token: row[token])


def state_path(settings, name):
    """The file of a state; a name is never a path."""
    if not name or any(c not in "0123456789abcdef-" for c in name):
        raise ValueError(f"'{name}' is no name of a state")
    return os.path.join(settings["states"], name)


def encode_floats(values):
    return base64.b64encode(_bytes("f", values)).decode()


def encode_integers(values):
    return base64.b64encode(_bytes("i", values)).decode()


def decode_floats(text):
    return _numbers("f", text)


def decode_integers(text):
    return _numbers("i", text).tolist()


def _bytes(code, values):
    numbers = array.array(code, values)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def _numbers(code, text):
    numbers = array.array(code, base64.b64decode(text))
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


# A model of transformers.


class Ranks:
    """The processes that torchrun started, or this one alone. All of them answer each request; each does its share.

    A pass through a sharded model is a pass of all ranks, so a rank that has nothing left to do keeps step with the others,
    with one whose gradient is zero.
    """

    def __init__(self, torch, device):
        self.torch, self.device = torch, device
        self.count, self.own = int(os.environ.get("WORLD_SIZE", "1")), int(os.environ.get("RANK", "0"))
        if self.count > 1:
            import datetime

            # The host may be silent for hours, while others score.
            torch.distributed.init_process_group(
                "gloo" if device.type == "cpu" else "nccl", timeout=datetime.timedelta(days=7))

    def lines(self):
        """What the host says to the first of them, for all."""
        if self.count == 1:
            yield from sys.stdin.buffer
        while self.count > 1:
            said = [sys.stdin.buffer.readline() if self.own == 0 else None]
            self.torch.distributed.broadcast_object_list(said, device=self.device)
            if not said[0]:
                return
            yield said[0]

    def share(self, items):
        """Every count-th of some items, with its place."""
        return [(place, item) for place, item in enumerate(items) if place % self.count == self.own]

    def gathered(self, found, length):
        """Results of all ranks, by place."""
        if self.count > 1:
            parts = [None] * self.count
            self.torch.distributed.all_gather_object(parts, found)
            found = [one for part in parts for one in part]
        result = [None] * length
        for place, value in found:
            result[place] = value
        return result

    def announce(self, works):
        """Says whether this rank is about to do a pass; returns whether any is."""
        if self.count == 1:
            return works
        flag = self.torch.tensor(int(works), device=self.device)
        self.torch.distributed.all_reduce(flag, self.torch.distributed.ReduceOp.MAX)
        return bool(flag.item())

    def sharded(self, model):
        """The model with a share of each weight on every rank; gradients become means over ranks."""
        if self.count == 1:
            return model
        from torch.distributed.device_mesh import init_device_mesh
        from torch.distributed.fsdp import fully_shard

        mesh = init_device_mesh(self.device.type, (self.count,))
        layers = [m for m in model.modules() if type(m).__name__.endswith("DecoderLayer")]
        for module in layers + [model]:
            # Nothing whole stays behind: a whole weight would be an old one after a step.
            fully_shard(module, mesh=mesh, reshard_after_forward=True)
        return model

    def whole(self, tensor):
        """All of a weight, of which a rank may have a share."""
        return tensor.full_tensor() if hasattr(tensor, "full_tensor") else tensor

    def parted(self, tensor, like):
        """The opposite of `whole`: this rank's share."""
        if not hasattr(like, "placements"):
            return tensor
        from torch.distributed.tensor import distribute_tensor

        return distribute_tensor(tensor, like.device_mesh, like.placements)


class TorchStudent(Student):
    """All weights or an adapter in float32, on the processor unless OPD_STUDENT_DEVICE names another device."""

    name = "a PyTorch student"
    has_logits = has_divergences = True

    def __init__(self, torch):
        self.torch = torch
        self.frozen = (None, None)
        self.device = torch.device(os.environ.get("OPD_STUDENT_DEVICE", "cpu"))
        if self.device.type == "cuda":
            self.device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
            torch.cuda.set_device(self.device)
        self.ranks = Ranks(torch, self.device)

    def start(self):
        torch, settings = self.torch, self.settings
        torch.set_num_threads(int(os.environ.get("OPD_STUDENT_THREADS", "1")))
        torch.use_deterministic_algorithms(True)
        torch.manual_seed(settings["seed"])
        model = self._model(settings["base"])
        tokens = model.config.get_text_config().vocab_size
        if tokens < self.size:
            sys.exit(f"The model has {tokens} tokens and the run's vocabulary {self.size}. "
                     "Choose a larger model or another codec.")
        if settings["rank"] > 0:
            import peft

            model = peft.get_peft_model(model, peft.LoraConfig(
                r=settings["rank"], lora_alpha=2 * settings["rank"], target_modules="all-linear"))
        if settings.get("channels"):
            model = self._with_frames(model, settings["channels"])
        self.flops_per_token = 2.0 * sum(p.numel() for p in model.parameters())
        self.model = self.ranks.sharded(model.to(self.device).eval())
        self.teacher = self._teacher(settings.get("teacher"), settings.get("channels"))
        self.trained = {n: p for n, p in self.model.named_parameters() if p.requires_grad}
        self.reset()

    def _model(self, base):
        import transformers

        if self.settings.get("frames") == "pixels":
            self.processor = transformers.AutoProcessor.from_pretrained(base)
            if not hasattr(self.processor, "image_token"):
                sys.exit(f"The processor of '{base}' has no token for a picture. Choose a vision-language model.")
            return transformers.AutoModelForImageTextToText.from_pretrained(base, dtype=self.torch.float32)
        if base != "tiny":
            return transformers.AutoModelForCausalLM.from_pretrained(base, dtype=self.torch.float32)
        return transformers.LlamaForCausalLM(transformers.LlamaConfig(
            vocab_size=self.size, hidden_size=64, intermediate_size=128, num_hidden_layers=1, num_attention_heads=4,
            num_key_value_heads=2, max_position_embeddings=512, tie_word_embeddings=False, bos_token_id=None,
            eos_token_id=None, pad_token_id=None))

    def _teacher(self, base, channels):
        """Another model with all of its weights as they are; it sees the pictures that the student sees, and no rows."""
        if base is None:
            return None
        if channels:
            sys.exit("A teacher beside the student reads no rows of features. Tell frames by times, files or pixels.")
        model = self._model(base).requires_grad_(False)
        if model.config.get_text_config().vocab_size < self.size:
            sys.exit(f"The teacher '{base}' has fewer tokens than the run's vocabulary. Choose one of the student's family.")
        self.teacher_flops_per_token = 2.0 * sum(p.numel() for p in model.parameters())
        return self.ranks.sharded(model.to(self.device).eval())

    def _with_frames(self, model, channels):
        """A model that reads rows of features before its tokens, through a matrix that is trained with it."""
        torch = self.torch

        class WithFrames(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.model = model
                width = model.get_input_embeddings().weight.shape[1]
                self.frames = torch.nn.Linear(channels, width, bias=False)
                # Rows of unit length come out as long as the embeddings of words.
                scale = model.get_input_embeddings().weight.detach().float().std().item()
                torch.nn.init.normal_(self.frames.weight, std=scale)

            def forward(self, tokens, rows=None, **options):
                embedded = self.model.get_input_embeddings()(tokens)
                if rows is not None:
                    embedded = torch.cat([self.frames(rows)[None].to(embedded.dtype), embedded], 1)
                return self.model(inputs_embeds=embedded, **options)

        return WithFrames()

    def _tensor(self, tokens):
        return self.torch.tensor([tokens], device=self.device)

    def _opening(self, prompt):
        """The tokens of a prompt and the options of a pass that begins with it: its rows of features, or its pictures with the
        tokens that stand for them, where there are any."""
        frames = getattr(prompt, "frames", None)
        if frames is None:
            return prompt, {}
        if self.settings.get("channels"):
            return prompt, {"rows": self.torch.tensor(frames.rows, device=self.device)}
        return self._seen(prompt, frames) if frames.pictures else (prompt, {})

    def _seen(self, prompt, frames):
        import io
        from PIL import Image

        pictures = [Image.open(io.BytesIO(picture)).convert("RGB") for picture in frames.pictures]
        made = self.processor(
            text=[self.processor.image_token * len(pictures)], images=[pictures], add_special_tokens=False,
            return_tensors="pt")
        shown = made["input_ids"]
        options = {n: v.to(self.device) for n, v in made.items() if n not in ("input_ids", "attention_mask")}
        # Of the prompt's other tokens and the response's nobody would say it.
        unknown = [name for name, value in options.items() if value.shape == shown.shape]
        if unknown:
            raise ValueError(f"the processor makes '{unknown[0]}' for each token, which this student does not know")
        return prompt[: frames.place] + shown[0].tolist() + prompt[frames.place :], options

    def _pass(self, tokens, **options):
        """One pass of the model over some tokens, in step with the other ranks."""
        self.ranks.announce(True)
        return self.model(self._tensor(tokens), **options)

    def _idle(self):
        """A pass of a rank that has nothing to do, through every weight that the others' passes need."""
        channels = self.settings.get("channels")
        options = {"rows": self.torch.zeros(1, channels, device=self.device)} if channels else {}
        return self.model(self._tensor([0]), **options).logits

    def each(self, items, work):
        with self.torch.no_grad():
            found = [(place, work(item)) for place, item in self.ranks.share(items)]
            while self.ranks.announce(False):
                self._idle()
        return self.ranks.gathered(found, len(items))

    def _rows(self, datum):
        """Logits over the run's words at the positions of the response."""
        prompt, options = self._opening(datum.prompt)
        logits = self._pass(prompt + datum.response[:-1], **options).logits[0, -len(datum.response) :]
        return logits[:, : self.size].float()

    def _targets(self, rows, datum, temperature):
        scores = self.torch.log_softmax(rows / temperature, -1)
        return [scores[t][self.torch.tensor(tokens, device=self.device)] for t, tokens in enumerate(datum.targets)]

    def sample(self, tokens, seed, group, temperature, length, ends):
        prompt, options = self._opening(tokens)
        row = self._pass(prompt, use_cache=True, **options).logits[0, -1]
        return [self._response(prompt, options, row, random.Random(f"{seed}/{slot}"), temperature, length, ends)
                for slot in range(group)]

    def _response(self, prompt, options, row, stream, temperature, length, ends):
        torch, tokens, scores, cache = self.torch, [], [], None
        while True:
            scaled = torch.log_softmax(row[: self.size].double() / (temperature or 1.0), -1)
            token = draw(scaled.tolist(), stream.random()) if temperature else int(scaled.argmax())
            tokens.append(token)
            scores.append(float(scaled[token]))
            if token in ends or len(tokens) == length:
                return tokens, scores
            # A cache is written to, so each response has its own.
            found = self._pass(
                prompt + tokens if cache is None else [token], past_key_values=cache, use_cache=True,
                **(options if cache is None else {}))
            cache, row = found.past_key_values, found.logits[0, -1]

    def forward(self, datum, temperature):
        return [row.tolist() for row in self._targets(self._rows(datum), datum, temperature)]

    def logits(self, datum):
        return self._rows(datum).flatten().tolist()

    def compare(self, data, temperature):
        found = []
        for part, teachers in self._parts(data):
            found += self.each(part, lambda datum: self._compared(datum, teachers, temperature))
        return found

    def _compared(self, datum, teachers, temperature):
        rows = self._rows(datum)
        found = [[row[0].item() for row in self._targets(rows, datum, temperature)]]
        return found + [values.tolist() for values in self._divergences(rows, datum, teachers, temperature)]

    def _parts(self, data):
        """Some data at a time, with what teachers say of this rank's share: T * V numbers each are held until they are used."""
        size = 4 * self.ranks.count
        for start in range(0, len(data), size):
            part = data[start : start + size]
            yield part, self._taught(part)

    def _taught(self, part):
        """log q over the run's words at the positions of each datum of this rank's share that has a teacher, by its identity."""
        import copy

        found = {}
        for weights in sorted({datum.teacher.weights for datum in part if datum.teacher}):
            with self.using(weights), self.torch.no_grad():
                for _, datum in self.ranks.share(part):
                    if datum.teacher and datum.teacher.weights == weights:
                        seen = copy.copy(datum)
                        seen.prompt = datum.teacher.prompt
                        found[id(datum)] = self.torch.log_softmax(self._rows(seen) / datum.teacher.temperature, -1)
                while self.ranks.announce(False):
                    self._idle()
        return found

    def _divergences(self, rows, datum, teachers, temperature):
        """Each divergence of a datum at each position."""
        torch = self.torch
        if not datum.divergences:
            return []
        p, q = torch.log_softmax(rows / temperature, -1), teachers[id(datum)]

        def kl(one, other):
            # A token that one side rules out has no part in its mean.
            return (one.exp() * torch.where(one > float("-inf"), one - other, 0.0)).sum(-1)

        def value(divergence):
            if divergence.kind == "reverse_kl":
                return kl(p, q)
            if divergence.kind == "forward_kl":
                return kl(q, p)
            if divergence.kind != "jensen_shannon":
                return p.sum(-1) * 0
            beta = divergence.beta
            m = torch.logaddexp(q + math.log(beta), p + math.log(1 - beta))
            return divergence.factor * (beta * kl(q, m) + (1 - beta) * kl(p, m))

        return [value(divergence) for divergence in datum.divergences]

    def _loss(self, datum, teachers, temperature):
        """A number whose gradient is the datum's."""
        torch, rows = self.torch, self._rows(datum)
        if datum.rows is not None:
            return (rows * torch.tensor(datum.rows, device=self.device).reshape(rows.shape)).sum()
        scores = torch.cat(self._targets(rows, datum, temperature))
        loss = (scores * torch.tensor([s for row in datum.slopes for s in row], device=self.device)).sum()
        for divergence, values in zip(datum.divergences, self._divergences(rows, datum, teachers, temperature)):
            loss = loss + (values * torch.tensor(divergence.weights, device=self.device)).sum()
        return loss

    def train(self, data, temperature, step):
        torch = self.torch
        self.model.zero_grad(set_to_none=True)
        for part, teachers in self._parts(data):
            for _, datum in self.ranks.share(part):
                self._loss(datum, teachers, temperature).backward()
            while self.ranks.announce(False):
                (self._idle() * 0).sum().backward()
        parameters = [p for p in self.trained.values() if p.grad is not None]
        for p in parameters if self.ranks.count > 1 else []:
            p.grad.mul_(self.ranks.count)
        limit = step["clip"] if step.get("clip") is not None else float("inf")
        norm = float(self.ranks.whole(torch.nn.utils.clip_grad_norm_(parameters, limit)))
        applied = norm == norm and norm != float("inf")
        if applied:
            self._adam(step)
        self.model.zero_grad(set_to_none=True)
        return norm, applied

    def _adam(self, step):
        """Loshchilov & Hutter, arXiv:1711.05101; written out, so that moments have names in a state."""
        torch, b1, b2 = self.torch, step["beta1"], step["beta2"]
        self.updates += 1
        with torch.no_grad():
            for name, p in self.trained.items():
                if p.grad is None:
                    continue
                m, v = self.moments[name]
                m.mul_(b1).add_(p.grad, alpha=1 - b1)
                v.mul_(b2).addcmul_(p.grad, p.grad, value=1 - b2)
                p.mul_(1 - step["rate"] * step["decay"])
                root = (v / (1 - b2**self.updates)).sqrt_().add_(step["epsilon"])
                p.addcdiv_(m / (1 - b1**self.updates), root, value=-step["rate"])

    def reset(self):
        zeros = self.torch.zeros_like
        self.moments = {n: (zeros(p), zeros(p)) for n, p in self.trained.items()}
        self.updates = 0

    def _hash(self, tensors):
        digest = hashlib.sha256()
        for name, tensor in tensors:
            digest.update(name.encode())
            digest.update(self.ranks.whole(tensor.detach()).cpu().contiguous().numpy().tobytes())
        return digest.hexdigest()

    def digest(self):
        return self._hash(self.trained.items())

    def save(self):
        import safetensors.torch

        whole = self.ranks.whole
        state = {n: whole(p.detach()).clone() for n, p in self.trained.items()}
        for n, (m, v) in self.moments.items():
            state["first." + n], state["second." + n] = whole(m), whole(v)
        name = f"{self._hash(sorted(state.items()))[:16]}-{self.updates}"
        path = state_path(self.settings, name) + ".safetensors"
        if self.ranks.own == 0 and not os.path.exists(path):
            os.makedirs(self.settings["states"], exist_ok=True)
            safetensors.torch.save_file(state, f"{path}.{os.getpid()}")
            os.replace(f"{path}.{os.getpid()}", path)
        return name, self.digest(), self.updates

    def _read(self, name):
        import safetensors.torch

        return safetensors.torch.load_file(state_path(self.settings, name) + ".safetensors", device=str(self.device))

    def _put(self, state):
        with self.torch.no_grad():
            for n, p in self.trained.items():
                p.copy_(self.ranks.parted(state[n], p))

    def load(self, name, moments):
        state = self._read(name)
        self._put(state)
        self.reset()
        if moments:
            self.moments = {n: tuple(self.ranks.parted(state[kind + n], p) for kind in ("first.", "second."))
                            for n, p in self.trained.items()}
            self.updates = int(name.rsplit("-", 1)[1])

    def using(self, name):
        import contextlib

        @contextlib.contextmanager
        def swapped():
            if name is None:
                yield
                return
            if name == TEACHER:
                own, self.model = self.model, self.teacher
                try:
                    yield
                finally:
                    self.model = own
                return
            own = {n: self.ranks.whole(p.detach()).clone() for n, p in self.trained.items()}
            if self.frozen[0] != name:
                self.frozen = (name, {n: t for n, t in self._read(name).items() if n in self.trained})
            self._put(self.frozen[1])
            try:
                yield
            finally:
                self._put(own)

        return swapped()


if __name__ == "__main__":
    try:
        import torch
        import transformers  # noqa: F401
    except ImportError as missing:
        sys.exit(f"The module '{missing.name}' is missing. Run this with a Python that has torch, transformers and peft.")
    student = TorchStudent(torch)
    serve(student, student.ranks.lines())
