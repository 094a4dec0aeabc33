#!/usr/bin/env python3
"""Throws damaged and nonsensical inputs at the program and lists what it should not have done.

    scripts/hostile.py [--opd .build/debug/opd] [--kind NAME …] [--seed 0] [--count N] [--seconds S] [--jobs 2] [--keep FOLDER]

An input is a finding if the program dies of a signal, takes longer than 20 seconds, says something raw (an error of
Foundation or of a decoder, a type of Swift), or ends with status 0 and nonsense (a number that is none, a mean IoU outside
0 … 1).  Input number n of a kind is the same for the same seed, whatever else is tried.  The folder of each finding is kept
with its command in `command.txt`.  Status 1 if there is any finding.  Standard library only.
"""

import argparse
import base64
import collections
import concurrent.futures
import gzip
import http.server
import json
import os
import random
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
import time

LIMIT = 20
RAW = re.compile(
    r"NSCocoaErrorDomain|Error Domain=|DecodingError|EncodingError|CodingKeys|debugDescription|Fatal error|Optional\("
    r"|Program crashed|Precondition failed|Index out of range|(?:Array|Dictionary|Set)<|\bAny\b>|Swift\.\w+|_?JSONKey"
)
NOT_A_NUMBER = re.compile(r"(?<![\w./'-])-?(?:nan|inf|infinity)(?![\w./'-])", re.IGNORECASE)
MEAN_IOU = re.compile(r"(?:mIoU|R1@0\.\d)\W+(-?\d+(?:\.\d+)?(?:e[-+]?\d+)?)")
NASTY = [
    "-1", "0", "1e300", "-1e300", "1e999", "NaN", "null", '"abc"', '""', "[]", "{}", "3.5", "9223372036854775807",
    "-9223372036854775808", "99999999999999999999", "1e-320", "true", '"\\ud800"', "[[[[[[]]]]]]", ".inf", ".nan", "-0.0",
]
TINY = {
    "name": "tiny", "threads": 1, "codec": "timeTokens", "reward": "grounding", "teacher": "oracle",
    "data": {"world": {"videos": 4, "devVideos": 2, "queriesPerVideo": 1, "frames": 9, "patches": 1, "difficulty": "easy"}},
    "student": {"decoder": {"layers": 1, "width": 16, "heads": 2, "keyValueHeads": 1, "hidden": 16}},
    "keyframes": {"tad": {"budget": 4}},
    "stages": [{"method": "sft", "steps": 2, "prompts": 2}, {"method": "opd", "steps": 1, "prompts": 2}],
}

KINDS = {}


def kind(function):
    """Registers a maker of inputs: it gets a random stream, an empty folder and the laboratory, and returns a command."""
    KINDS[function.__name__] = function
    return function


# MARK: Damage


def damaged(data, stream):
    """Bytes with one to four changes of bytes."""
    data = bytearray(data)
    for _ in range(stream.choice([1, 1, 1, 2, 4])):
        if not data:
            break
        at, length = stream.randrange(len(data)), stream.choice([1, 2, 4, 8, 64])
        how = stream.randrange(7)
        if how == 0:
            data[at] ^= 1 << stream.randrange(8)
        elif how == 1:
            data[at] = stream.choice([0, 1, 0x7F, 0x80, 0xFF])
        elif how == 2:
            del data[at : at + length]
        elif how == 3:
            data[at:at] = bytes(stream.randrange(256) for _ in range(length))
        elif how == 4:
            data[at:at] = data[at : at + length]
        elif how == 5:
            data[at : at + length] = stream.choice([b"\0", b"\xff"]) * len(data[at : at + length])
        else:
            del data[at:]
    return bytes(data)


def misspelt(text, stream):
    """A text with a number, a word or a line that does not belong there."""
    how = stream.randrange(9)
    numbers = list(re.finditer(r"-?\d+(?:\.\d+)?", text))
    words = list(re.finditer(r'"[^"\n]*"', text))
    if how <= 3 and numbers:
        match = stream.choice(numbers)
        return text[: match.start()] + stream.choice(NASTY) + text[match.end() :]
    if how == 4 and words:
        match = stream.choice(words)
        return text[: match.start()] + stream.choice(NASTY) + text[match.end() :]
    if how == 5:
        lines = text.split("\n")
        lines.insert(stream.randrange(len(lines)), stream.choice(lines))
        return "\n".join(lines)
    if how == 6:
        return stream.choice(["\ufeff" + text, text.replace("\n", "\r\n"), text.replace("\n", "\u2028"), text * 2, ""])
    if how == 7:
        return text.replace(stream.choice("{}[]:,\"' "), stream.choice("{}[]:,\"' \t\0"), 1)
    return damaged(text.encode(), stream).decode("utf-8", "replace")


def twisted(value, stream):
    """A JSON value with one part dropped, doubled, retyped or renamed; the text, for a key may stand there twice."""
    places = []

    def walk(node):
        for key in node if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else []:
            places.append((node, key))
            walk(node[key])

    value = json.loads(json.dumps(value))
    walk(value)
    if not places:
        return stream.choice(NASTY)
    node, key = stream.choice(places)
    how = stream.randrange(4)
    marker = "@@hostile@@"
    if how == 0:
        del node[key]
    elif how == 1 and isinstance(node, dict):
        old = node[key]
        node[key] = marker
        return json.dumps(value).replace(
            json.dumps(marker), f"{json.dumps(old)}, {json.dumps(key)}: {stream.choice(NASTY)}")
    elif how == 2 and isinstance(node, list):
        node[key:key] = [node[key]] * stream.choice([1, 2, 50])
    else:
        node[key] = marker
        return json.dumps(value).replace(json.dumps(marker), stream.choice(NASTY))
    return json.dumps(value)


def spoilt(text, stream):
    """Lines of JSON, one of them changed in its structure or in its spelling."""
    lines = text.splitlines()
    if not lines or stream.random() < 0.4:
        return misspelt(text, stream)
    at = stream.randrange(len(lines))
    try:
        lines[at] = twisted(json.loads(lines[at]), stream)
    except ValueError:
        return misspelt(text, stream)
    return "\n".join(lines) + "\n"


def write(path, content):
    """Writes bytes or text."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    return path


def read(path):
    """The bytes of a file."""
    with open(path, "rb") as file:
        return file.read()


# MARK: What the program is given


class Laboratory:
    """Sound inputs, made once by the program itself: data, a run, tensors, a video."""

    def __init__(self, opd, folder):
        self.opd, self.folder = opd, folder
        self.config = write(folder + "/tiny.yaml", json.dumps(TINY))
        self.call("data", "export", self.config, "--out", folder + "/data")
        self.call("train", self.config, "--out", folder + "/run")
        cached = {"cached": {"teacher": "oracle", "folder": folder + "/cache"}}
        self.call("train", self.config, "teacher=" + json.dumps(cached), "--out", folder + "/cached-run")
        self.keys = sorted(set(self.paths(TINY)) | set(self.registered()))
        self.video = folder + "/v.mp4"
        command = f"ffmpeg -v error -y -f lavfi -i testsrc=size=64x48:rate=10:duration=2 -pix_fmt yuv420p {self.video}"
        if not shutil.which("ffmpeg") or subprocess.run(command.split(), check=False).returncode != 0:
            self.video = None
        questions = read(folder + "/data/highlight_val_release.jsonl").decode().splitlines()
        self.questions = [json.loads(line) for line in questions]
        self.truth = {q["qid"]: q for q in self.questions}

    def call(self, *arguments):
        subprocess.run([self.opd, *arguments], check=True, capture_output=True, cwd=self.folder)

    def paths(self, value, prefix=""):
        """The dotted keys of a configuration."""
        items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else []
        for key, inner in items:
            yield f"{prefix}{key}"
            yield from self.paths(inner, f"{prefix}{key}.")

    def registered(self):
        """A key for each parameter of each plug-in that needs nothing from outside, and those of a run and a stage."""
        text = subprocess.run([self.opd, "plugins", "--format", "json"], capture_output=True, check=True).stdout
        places = {"data": "data", "selector": "keyframes", "teacher": "teacher", "reward": "reward",
                  "curriculum": "stages.0.curriculum", "student": "student", "codec": "codec"}
        for plugin in json.loads(text):
            for parameter in plugin["parameters"]:
                if plugin["kind"] in places:
                    yield f"{places[plugin['kind']]}=/{plugin['name']}/{parameter['name']}"
        for key in ["seed", "threads", "checkpoint.every", "evaluation.every", "evaluation.count", "evaluation.consensus",
                    "diagnostics.every", "diagnostics.gradientAudit", "diagnostics.k", "cache"]:
            yield key
        for key in ["steps", "prompts", "group", "temperature", "maximumLength", "innerSteps", "miniBatches", "refills",
                    "chunkMegabytes", "learningRate", "schedule.warmUp", "schedule.floor", "optimizer.beta1",
                    "optimizer.clipNorm", "optimizer.weightDecay", "optimizer.epsilon", "stop.tokens", "data", "method"]:
            yield "stages.0." + key


def tensors(shape=(2, 3)):
    """A small file in the safetensors format."""
    count = shape[0] * shape[1]
    header = {"a.weight": {"dtype": "F32", "shape": list(shape), "data_offsets": [0, 4 * count]},
              "b": {"dtype": "I64", "shape": [2], "data_offsets": [4 * count, 4 * count + 16]},
              "__metadata__": {"format": "pt"}}
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + struct.pack(f"<{count}f", *range(count)) + struct.pack("<2q", 1, 2)


def packed_model():
    """A small file in the GGUF format: three settings and a tensor."""

    def text(word):
        return struct.pack("<Q", len(word)) + word.encode()

    settings = (text("general.architecture") + struct.pack("<I", 8) + text("llama")
                + text("llama.block_count") + struct.pack("<II", 4, 1)
                + text("tokenizer.ggml.tokens") + struct.pack("<IIQ", 9, 8, 2) + text("a") + text("b"))
    tensor = text("token_embd.weight") + struct.pack("<IQQIQ", 2, 4, 2, 0, 0)
    head = b"GGUF" + struct.pack("<IQQ", 3, 1, 3) + settings + tensor
    return head + b"\0" * (-len(head) % 32) + struct.pack("<8f", *range(8))


CONFIG = {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 8, "intermediate_size": 16,
          "num_attention_heads": 2, "num_key_value_heads": 1, "num_hidden_layers": 1, "vocab_size": 4,
          "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "max_position_embeddings": 64, "tie_word_embeddings": True}


@kind
def annotations(stream, folder, lab):
    """Published annotations in three layouts."""
    layout = stream.choice(["jsonl", "json", "txt"])
    train = [q for q in lab.questions if "train" in q["vid"]]
    dev = [q for q in lab.questions if "train" not in q["vid"]]

    def written(questions, layout):
        if layout == "jsonl":
            return "".join(json.dumps(q) + "\n" for q in questions)
        if layout == "txt":
            return "".join(f"{q['vid']} {q['relevant_windows'][0][0]} {q['relevant_windows'][0][1]}##{q['query']}\n"
                           for q in questions)
        return json.dumps({q["vid"]: {"duration": q["duration"], "timestamps": [q["relevant_windows"][0]],
                                      "sentences": [q["query"]]} for q in questions})

    bad = written(train, layout)
    for question in train:
        question = dict(question, relevant_clip_ids=[0, 1], saliency_scores=[[1, 2, 3], [4, 4, 4]])
        if layout == "jsonl" and stream.random() < 0.3:
            bad += json.dumps(dict(question, qid=question["qid"] + "b")) + "\n"
    path = write(f"{folder}/a.{layout}", spoilt(bad, stream) if layout != "txt" else misspelt(bad, stream))
    if stream.random() < 0.1:
        path = write(path + ".gz", damaged(gzip.compress(read(path)), stream))
    good = write(f"{folder}/b.jsonl", written(dev, "jsonl"))
    command = ["data", "import", "--train", path, "--dev", good, "--features", lab.folder + "/data/features.h5",
               "--out", folder + "/out"]
    return command + (["--drop-unusable"] if stream.random() < 0.3 else [])


@kind
def predictions(stream, folder, lab):
    """A folder of annotations by hand, and predictions for it."""
    data = folder + "/data"
    os.makedirs(data)
    os.symlink(lab.folder + "/data/features.h5", data + "/features.h5")
    judged = [dict(q, relevant_clip_ids=[0, 1], saliency_scores=[[1, 2, 3], [4, 4, 4]]) for q in lab.questions]
    truths = "".join(json.dumps(q) + "\n" for q in judged)
    answers = "".join(
        json.dumps({"qid": q["qid"], "pred_relevant_windows": [[1, 4, 0.5], [0, 9, 0.1]],
                    "pred_saliency_scores": [0.1 * i for i in range(5)]}) + "\n" for q in judged)
    split = read(lab.folder + "/data/split.json").decode()
    which = stream.randrange(3)
    write(data + "/highlight_val_release.jsonl", spoilt(truths, stream) if which == 0 else truths)
    write(data + "/split.json", spoilt(split, stream) if which == 1 else split)
    path = write(folder + "/p.jsonl", spoilt(answers, stream) if which == 2 else answers)
    if which == 1 and stream.random() < 0.5:
        return ["data", "show", lab.config, f"data={{qvhighlights: {{path: {data}}}}}"]
    return ["evaluate", "--predictions", path, "--data", data, "--part", stream.choice(["train", "dev", "all"])]


@kind
def hdf5(stream, folder, lab):
    """Features in HDF5 with changed bytes."""
    data = read(lab.folder + "/data/features.h5")
    if stream.random() < 0.7:  # The structure lies at the beginning of each object; most bytes are numbers.
        at = stream.randrange(min(len(data), 6000))
        data = data[:at] + damaged(data[at : at + 64], stream) + data[at + 64 :]
    else:
        data = damaged(data, stream)
    path = write(folder + "/d/features.h5", data)
    if stream.random() < 0.5:
        return ["keyframes", path, "--budget", "3", "--selector", stream.choice(["uniform", "tad"])]
    for name in ["highlight_val_release.jsonl", "split.json"]:
        shutil.copy(f"{lab.folder}/data/{name}", folder + "/d")
    return ["data", "show", lab.config, f"data={{qvhighlights: {{path: {folder}/d}}}}"]


@kind
def safetensors(stream, folder, lab):
    """A folder of a pretrained model."""
    header, data = json.dumps(CONFIG), tensors()
    if stream.random() < 0.4:
        header = spoilt(header, stream)
    elif stream.random() < 0.5:
        length = struct.unpack("<Q", data[:8])[0]
        text = spoilt(data[8 : 8 + length].decode(), stream).encode("utf-8", "surrogatepass")
        data = struct.pack("<Q", len(text)) + text + data[8 + length :]
    else:
        data = damaged(data, stream)
    write(folder + "/m/config.json", header)
    write(folder + "/m/model.safetensors", data)
    return ["model", "show", folder + "/m"]


@kind
def gguf(stream, folder, lab):
    """A model in one file."""
    return ["model", "show", write(folder + "/m.gguf", damaged(packed_model(), stream))]


@kind
def yaml(stream, folder, lab):
    """A configuration with a wrong shape or spelling."""
    text = json.dumps(TINY, indent=1)
    how = stream.randrange(6)
    if how == 0:
        text = re.sub(r'"(\w+)":', r"\1:", text)
        text = misspelt(text, stream)
    elif how == 1:
        depth = stream.choice([3, 10, 100])
        text = "a0: &a0 [x, x]\n" + "".join(
            f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, depth)) + text
    elif how == 2:
        text = stream.choice(["[", "{a: ", "- "]) * stream.choice([10, 1000, 100000]) + text
    else:
        text = twisted(TINY, stream) if how < 5 else misspelt(text, stream)
    command = stream.choice([["train", "--out", folder + "/out"], ["data", "show"], ["plan"]])
    return [command[0], *command[1:2], write(folder + "/c.yaml", text), *command[2:]] if command[0] == "data" else [
        command[0], write(folder + "/c.yaml", text), *command[1:]]


@kind
def keys(stream, folder, lab):
    """Each key of a configuration with values that it cannot have."""
    key = stream.choice(lab.keys)
    value = stream.choice(NASTY).replace("NaN", ".nan").replace("1e999", ".inf")
    if "=/" in key:
        place, path = key.split("=/")
        name, parameter = path.split("/")
        override = f"{place}={{{name}: {{{parameter}: {value}}}}}"
    else:
        override = f"{stream.choice(['', '', '+'])}{key}={value}"
    command = stream.choice([["train", lab.config, override, "--out", folder + "/out"], ["plan", lab.config, override]])
    return command


@kind
def runs(stream, folder, lab):
    """The folder of a run, one file of which is damaged, under each command that reads runs."""
    run = folder + "/run"
    shutil.copytree(lab.folder + "/run", run)
    files = [os.path.join(at, name) for at, _, names in os.walk(run) for name in names]
    path = stream.choice(sorted(files))
    data = read(path)
    how = stream.randrange(4)
    os.remove(path)
    if how == 0 and not path.endswith((".safetensors", ".v2")):
        write(path, spoilt(data.decode("utf-8", "replace"), stream))
    elif how == 1:
        os.makedirs(path)
    elif how != 2:
        write(path, damaged(data, stream))
    return stream.choice([
        ["train", lab.config, "--out", run, "--resume"], ["evaluate", run], ["report", run, "--out", folder + "/r.html"],
        ["repro", run], ["compare", run], ["train", lab.config, f"teacher={{model: {{run: {run}}}}}", "--out", folder + "/o"],
    ])


@kind
def videos(stream, folder, lab):
    """A video with changed bytes, or one with a truth that is not its own."""
    if lab.video is None:
        return None
    data = read(lab.video)
    name = folder + "/" + stream.choice(["v.mp4", "v.mp4", "-v.mp4", "v #1.mp4", "ü.mp4"])
    command = ["keyframes", write(name, data if stream.random() < 0.3 else damaged(data, stream)), "--quiet", "--budget", "4"]
    if stream.random() < 0.4:
        truth = {"cuts": [3, 9], "cutTimes": [0.5], "windows": [[0.2, 1.1]]}
        command += ["--truth", write(folder + "/t.json", spoilt(json.dumps(truth), stream))]
    return command + ["--selector", stream.choice(["tad", "uniform", "scene-cuts", "random"])]


PROGRAM = """import json, random, sys
sys.path[:0] = [{helpers!r}, {own!r}]
import hostile, opd_teacher as o

class Teacher(o.Teacher):
    def score(self, prompts, support, k):
        return [[o.Score([-1.0] * len(r)) for r in p.responses] for p in prompts]

class Reward(o.Reward):
    def judge(self, prompts):
        return [[1.0 / (1 + len(r)) for r in p.responses] for p in prompts]

class Selector(o.Selector):
    def choose(self, prompts):
        return [[0, 2] for p in prompts]

class Curriculum(o.Curriculum):
    needs, every = ["student_quality"], 4
    def choose(self, round, candidates, observations, state, seed):
        return [{{"id": c.id, "score": 0.5, "reason": "x"}} for c in candidates[:3]], "s"

class Advantage(o.Advantage):
    def advantages(self, groups):
        return [[[r.reward.total] * len(r.tokens) for r in responses] for _, responses in groups]

class Task(o.Task):
    def judge(self, answers):
        return [0.5 for a in answers]

class Data(o.Data):
    def questions(self, seed):
        seen = {{"values": [0.5, 1.0, 2.0, 3.0], "channels": 2, "timestamps": [0.5, 1.5], "duration": 2.0, "captions": ["a", "b"]}}
        return [{{"part": "dev" if i < 3 else "train", "id": f"q{{i}}", "video": f"v{{i}}", "query": "how many", "answers": [str(i)],
                  "features": seen}} for i in range(6)]

class Encoder(o.Encoder):
    channels, texts = 3, True
    def encode(self, pictures):
        return [[0.5, 1.0, i] for i, _ in enumerate(pictures)]

plugin, stream = {kind}(), random.Random({seed})
for number, line in enumerate(sys.stdin):
    request = json.loads(line)
    text = json.dumps(o._greet(plugin, request) if "hello" in request else o._answer(plugin, request))
    if number == {at}:
        text = hostile.spoilt(text, stream).strip("\\n") if stream.random() < 0.9 else stream.choice(["[" * 5000, "x" * 10**6, ""])
    sys.stdout.buffer.write((text + "\\n").encode("utf-8", "surrogatepass"))
    sys.stdout.buffer.flush()
"""


@kind
def programs(stream, folder, lab):
    """A plug-in in another language that speaks the protocol, but for one line of it."""
    places = {"Teacher": "teacher=", "Reward": "reward=", "Selector": "keyframes=", "Curriculum": "stages.0.curriculum=",
              "Advantage": "advantage="}
    looked = {"Data": ["codec=gsm8k", "data="], "Task": ["data={countdown: {train: 6, dev: 4}}", "codec="]}
    chosen = stream.choice([*places, *looked, "Encoder"] if lab.video else [*places, *looked])
    own = os.path.dirname(os.path.abspath(__file__))
    source = PROGRAM.format(
        helpers=os.path.join(own, "..", "Examples", "python-teacher"), own=own, kind=chosen, seed=stream.randrange(2**32),
        at=stream.choice([0, 1, 1, 1, 2]))
    command = {"command": ["python3", write(folder + "/p.py", source)], "answerSeconds": 2, "startSeconds": 2, "attempts": 2}
    program = json.dumps({"process": command})
    if chosen == "Encoder":
        return ["features", lab.video, "--encoder", program, "--seconds", "0.5", "--out", folder + "/f.h5", "--quiet"]
    if chosen in looked:
        given, place = looked[chosen]
        return ["data", "show", lab.config, given, place + program]
    method = ["stages.1.method={components: [{signals: [plugIn(process), reward(weight=0)]}]}"] if chosen == "Advantage" else []
    return ["train", lab.config, places[chosen] + program, *method, "--out", folder + "/out"]


@kind
def caches(stream, folder, lab):
    """What a teacher said before, changed on disk."""
    cache = folder + "/cache"
    shutil.copytree(lab.folder + "/cache", cache)
    files = sorted(os.path.join(at, name) for at, _, names in os.walk(cache) for name in names)
    path = stream.choice(files)
    data = read(path)
    write(path, damaged(data, stream) if stream.random() < 0.4 else spoilt(data.decode("utf-8", "replace"), stream))
    teacher = json.dumps({"cached": {"teacher": "oracle", "folder": cache}})
    return ["train", lab.config, "teacher=" + teacher, "--out", folder + "/out"]


class Server(http.server.BaseHTTPRequestHandler):
    """Answers every request with the same bytes."""

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, headers, body = self.server.reply
        try:
            self.send_response_only(status)
            for name, value in headers:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            pass
        self.close_connection = True

    do_GET = do_POST = answer

    def log_message(self, *arguments):
        pass


@kind
def servers(stream, folder, lab):
    """A live teacher that answers with something else."""
    body = {"id": "1", "object": "text_completion", "model": "m", "tokens": [1, 2], "choices": [{
        "text": "ab", "index": 0, "finish_reason": "length", "prompt_logprobs": [None, {"1": {"logprob": -0.1, "rank": 1}}],
        "logprobs": {"tokens": ["a", "b"], "token_logprobs": [None, -0.5], "top_logprobs": [None, {"b": -0.5}],
                     "text_offset": [0, 1]}}], "usage": {"prompt_tokens": 2, "completion_tokens": 0, "total_tokens": 2},
        "data": [{"id": "m"}], "count": 2, "max_model_len": 10}
    text = spoilt(json.dumps(body), stream).encode("utf-8", "surrogatepass")
    headers = [("Content-Type", "application/json"), ("Content-Length", stream.choice([str(len(text))] * 9 + ["-1", "9" * 30]))]
    if stream.random() < 0.3:
        headers.append(stream.choice([("Retry-After", "nan"), ("Retry-After", "1e300"), ("Location", "http://[::1"),
                                      ("Content-Encoding", "gzip"), ("X", "\u00ff" * 9000)]))
    reply = (stream.choice([200] * 6 + [204, 301, 400, 404, 500, 999]), headers, text)
    write(folder + "/reply.json", json.dumps([reply[0], headers, text.decode("utf-8", "replace")]))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    server.reply, server.daemon_threads = reply, True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    command = ["teacher", "probe", "--url", f"http://127.0.0.1:{server.server_address[1]}/v1", "--model", "m",
               "--tokens", stream.choice(["same", "tokenize", "text"])]
    return command, server


# MARK: Judging


def nonsense(output):
    """What the text of a success says that cannot be, or `None`."""
    bad = NOT_A_NUMBER.search(output)
    if bad:
        return f"it says '{bad.group(0)}'"
    for match in MEAN_IOU.finditer(output):
        if not -1e-9 <= float(match.group(1)) <= 100 + 1e-9:
            return f"it says {match.group(0)}"
    return None


def finding(status, output, errors):
    """Why what the program did is a finding, or `None`."""
    if status is None:
        return f"no end within {LIMIT} s"
    if status < 0 or status in (132, 133, 134, 136, 138, 139):
        return f"died of signal {-status if status < 0 else status - 128}"
    raw = RAW.search(output + errors)
    if raw:
        return f"said '{raw.group(0)}'"
    if status == 0:
        return nonsense(output)
    return None if errors.strip() or output.strip() else f"status {status} without a word"


class Trial:
    """One input, made, given and judged."""

    def __init__(self, name, number, seed, lab, keep):
        self.name, self.number, self.lab, self.keep = name, number, lab, keep
        self.stream = random.Random(f"{seed} {name} {number}")

    def run(self):
        """The reason of a finding with the command and the place of its input, or `None`; `False` where there is no input."""
        folder = tempfile.mkdtemp(prefix=f"{self.name}-{self.number}-", dir=self.lab.folder)
        made = KINDS[self.name](self.stream, folder, self.lab)
        if made is None:
            return False
        command, server = made if isinstance(made, tuple) else (made, None)
        reason, said = self.give([self.lab.opd, *command], folder)
        if server is not None:
            server.shutdown()
            server.server_close()
        if reason is None:
            shutil.rmtree(folder, ignore_errors=True)
            return None
        kept = os.path.join(self.keep, os.path.basename(folder))
        shutil.copytree(folder, kept, symlinks=True, dirs_exist_ok=True)
        line = " ".join(repr(word) if re.search(r"[^\w./=:-]", word) else word for word in ["opd", *command])
        write(kept + "/command.txt", line.replace(folder, kept) + "\n" + reason + "\n\n" + said)
        shutil.rmtree(folder, ignore_errors=True)
        return reason, line.replace(folder, kept)

    def give(self, command, folder):
        """Why this is a finding, if it is, and what the program said."""
        environment = dict(os.environ, SWIFT_BACKTRACE="enable=no", NO_PROXY="*")
        with open(folder + ".out", "w+b") as out, open(folder + ".err", "w+b") as err:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=environment,
                                       cwd=folder, start_new_session=True)
            try:
                status = process.wait(LIMIT)
            except subprocess.TimeoutExpired:
                status = None
                os.killpg(process.pid, 9)
                process.wait()
            texts = []
            for file in (out, err):
                file.seek(0)
                texts.append(file.read(1 << 20).decode("utf-8", "replace"))
        os.remove(folder + ".out")
        os.remove(folder + ".err")
        return finding(status, *texts), "".join(texts)[-4000:]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--opd", default=".build/debug/opd")
    parser.add_argument("--kind", action="append", choices=sorted(KINDS), help="only these; may be given several times")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=10**9, help="inputs of each kind")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", default=None, help="where inputs of findings are kept; a temporary folder if left out")
    return parser.parse_args()


def trials(options, lab, counts, findings):
    """Tries inputs until the count or the time is reached; the kind that took the least time comes next."""
    end = time.monotonic() + options.seconds
    spent = dict.fromkeys(options.kind or KINDS, 0.0)
    started = collections.Counter()
    lock = threading.Lock()

    def begin():
        """The next input; half a second is booked on its kind until it is known what it takes."""
        with lock:
            open_kinds = [name for name in spent if started[name] < options.count]
            if not open_kinds or time.monotonic() >= end:
                return None
            name = min(open_kinds, key=spent.get)
            spent[name] += 0.5
            started[name] += 1
            return name, started[name] - 1

    def work():
        while (chosen := begin()) is not None:
            name, number = chosen
            start = time.monotonic()
            result = Trial(name, number, options.seed, lab, options.keep).run()
            with lock:
                spent[name] += time.monotonic() - start - 0.5
                counts[name] += result is not False
                if result:
                    findings.append((name, number, *result))
                    print(f"finding {name} {number}: {result[0]}\n    {result[1][:300]}", flush=True)

    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for future in [pool.submit(work) for _ in range(options.jobs)]:
            future.result()


def main():
    options = arguments()
    options.opd = os.path.abspath(options.opd)
    options.keep = os.path.abspath(options.keep or tempfile.mkdtemp(prefix="hostile-findings-"))
    counts, findings = collections.Counter(), []
    with tempfile.TemporaryDirectory(prefix="hostile-") as folder:
        trials(options, Laboratory(options.opd, folder), counts, findings)
    for name in options.kind or KINDS:
        print(f"{name:12} {counts[name]:6} inputs, {sum(f[0] == name for f in findings):4} findings")
    print(f"{sum(counts.values())} inputs with seed {options.seed}, {len(findings)} findings"
          + (f", kept in {options.keep}" if findings else ""))
    return 1 if findings or not counts else 0


if __name__ == "__main__":
    sys.exit(main())
