"""A Tinker-compatible training server for tests: a table as a model, both dialects, and lies to order.

    python3 training_server.py '{"dialect": "json", "mode": "shifted_scores", ...}'

Prints its port on the first line. The logit of token v after tokens a, b is 3 sin(1.3 b + 0.7 a + 2.1 v + 0.37 v v) plus a
trained number for each (b, v); gradients are exact. Options: dialect ("json", "protobuf"); mode (one lie or fault, "" for
none); reduction ("sum", "sequences", "tokens") and extent ("sum", "pass", "update"); key; port; size (tokens).
"""

import base64
import copy
import io
import json
import math
import os
import random
import socket
import struct
import sys
import tarfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

options = {"dialect": "json", "mode": "", "reduction": "sequences", "extent": "update", "key": None, "port": 0, "size": 16}
for text in sys.argv[1:]:
    options.update(json.loads(text))
mode = options["mode"]
SIZE = options["size"]
lock = threading.RLock()
models, futures, writes, checkpoints, samplers = {}, {}, {}, {}, {}
state = {"requests": 0, "heartbeats": 0, "number": 0}


class Refusal(Exception):
    def __init__(self, status, detail):
        self.status, self.detail = status, detail


def new_model():
    zeros = lambda: [[0.0] * SIZE for _ in range(SIZE)]
    return {"weights": zeros(), "gradient": zeros(), "m": zeros(), "v": zeros(), "steps": 0,
            "sequences": 0, "tokens": 0}


def logits(weights, prefix, shade=0.0):
    a, b = ([0, 0] + prefix)[-2:]
    return [3 * math.sin(1.3 * b + 0.7 * a + 2.1 * v + 0.37 * v * v + shade) + weights[b][v] for v in range(SIZE)]


def log_softmax(values, temperature=1.0):
    scaled = [x / temperature for x in values]
    top = max(scaled)
    total = math.log(sum(math.exp(x - top) for x in scaled)) + top
    return [x - total for x in scaled]


def single(x):
    return struct.unpack("<f", struct.pack("<f", x))[0]


# The adapter as PEFT would write it, of two layers.


def safetensors(tensors):
    header, body = {}, b""
    for name, (shape, values) in tensors.items():
        numbers = struct.pack("<%df" % len(values), *values)
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [len(body), len(body) + len(numbers)]}
        body += numbers
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + body


def exported_adapter():
    if mode == "broken_archive":
        return b"\x1f\x8b" + b"\0" * 40
    names = ["q_proj", "v_proj", "gate_proj"]
    tensors = {}
    for layer in range(2):
        for name in names:
            path = "model.layers.%d.%s" % (layer, name)
            stem = path + ".lora_" if mode == "own_names" else "base_model.model." + path + ".lora_"
            tensors[stem + "A.weight"] = ([2, 3], [0.5] * 6)
            if mode != "half_adapter" or name != "v_proj":
                odd = {"empty_adapter": 0.0, "infinite_adapter": math.inf}.get(mode, 0.1)
                tensors[stem + "B.weight"] = ([4, 2], [odd if name == "gate_proj" else 0.1] * 8)
    targets = None if mode == "no_targets" else names + ["down_proj"] * (mode == "other_targets")
    about = {"peft_type": "LORA", "r": 2, "lora_alpha": 4, "target_modules": targets, "bias": "none"}
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, content in [("adapter_config.json", json.dumps(about).encode()),
                              ("adapter_model.safetensors", safetensors(tensors))]:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


# Passes: a datum is {"tokens", "shade", "inputs": {name: (numbers, shape)}}.


def rows_of(datum, weights):
    """(position, target, log π, distribution) of each target."""
    tokens, shape = datum["tokens"], datum["inputs"]["target_tokens"][1]
    targets = datum["inputs"]["target_tokens"][0]
    width = shape[1] if shape and len(shape) == 2 and mode != "flattens" else 1
    found = []
    for index, target in enumerate(targets[: len(tokens) * width]):
        position = index // width
        if not 0 <= target < SIZE:
            raise Refusal(400, "token outside the vocabulary")
        row = log_softmax(logits(weights, tokens[: position + 1], datum["shade"]))
        found.append((position, target, row[target], row))
    return found


def run_pass(model, data, loss, forward_only):
    outputs, parts = [], []
    for datum in data:
        rows = rows_of(datum, model["weights"])
        mask = datum["inputs"].get("weights", ([1.0] * len(rows), None))[0]
        advantages = datum["inputs"].get("advantages", ([0.0] * len(rows), None))[0]
        old = datum["inputs"].get("logprobs", ([0.0] * len(rows), None))[0]
        terms = []
        for index, (position, target, value, row) in enumerate(rows):
            advantage = advantages[index] if index < len(advantages) else 0.0
            if mode == "ignores_advantages":
                advantage = 1.0
            if mode == "clips_advantages":
                advantage = max(-1.0, min(1.0, advantage))
            if mode == "wrong_sign":
                advantage = -advantage
            ratio = math.exp(min(value - old[index], 50)) if loss == "importance_sampling" and mask[index] else 1.0
            if mode == "ignores_ratio":
                ratio = 1.0
            if mode == "squares_ratio":
                ratio = ratio * ratio
            slope = 1.0 if loss == "cross_entropy" else ratio * advantage
            terms.append((position, target, row, mask[index] * slope))
        parts.append((datum, terms, sum(mask)))
        values = [value for _, _, value, _ in rows]
        if mode == "shifted_scores":
            values = [values[0]] + values[:-1]
        if mode == "drift":
            values = [value + random.gauss(0, 0.2) for value in values]
        if mode == "positive":
            values = [0.7 for _ in values]
        shape = datum["inputs"]["target_tokens"][1] or [len(values)]
        outputs.append({"logprobs": ([single(v) for v in values], shape if mode != "flattens" else [len(values)])})
    trains = not forward_only or (mode == "forward_trains" and loss == "importance_sampling")
    if trains:
        accumulate(model, parts)
    return outputs[1:] if mode == "loses_one" else outputs


def accumulate(model, parts):
    sequences, tokens = len(parts), sum(count for _, _, count in parts)
    model["sequences"] += sequences
    model["tokens"] += tokens
    for datum, terms, count in parts:
        factor = 1.0
        if options["reduction"] == "sequences":
            factor = 1.0 / (max(count, 1e-9))
        if mode == "odd_reduction":
            factor = 1.0 / math.sqrt(max(count, 1e-9))
        if options["extent"] == "pass":
            factor /= max(tokens if options["reduction"] == "tokens" else sequences, 1e-9)
        if mode == "leaks":
            # Half of an advantage goes to the next token.
            terms = terms + [(*after[:3], slope / 2) for (*_, slope), after in zip(terms, terms[1:])]
        for position, target, row, slope in terms:
            if slope == 0:
                continue
            at = min(position + 1, len(datum["tokens"]) - 1) if mode == "shifted_gradient" else position
            gradient = model["gradient"][datum["tokens"][at]]
            for v in range(SIZE):
                gradient[v] -= factor * slope * ((v == target) - math.exp(row[v]))


def step(model, adam):
    rate, b1, b2 = adam["learning_rate"], adam["beta1"], adam["beta2"]
    if mode == "root_rate":
        rate = math.sqrt(rate)
    if mode == "ignores_epsilon":
        adam = dict(adam, eps=1e-8)
    scale = 1.0
    if options["extent"] == "update":
        scale = 1.0 / max(model["tokens"] if options["reduction"] == "tokens" else model["sequences"], 1e-9)
    model["steps"] += 1
    for b in range(SIZE):
        for v in range(SIZE):
            g = model["gradient"][b][v] * scale
            m = model["m"][b][v] = b1 * model["m"][b][v] + (1 - b1) * g
            n = model["v"][b][v] = b2 * model["v"][b][v] + (1 - b2) * g * g
            m /= 1 - b1 ** model["steps"]
            n /= 1 - b2 ** model["steps"]
            model["weights"][b][v] -= rate * m / (math.sqrt(n) + adam["eps"])
    kept = 0.5 if mode == "keeps_gradients" else 0.0
    model["gradient"] = [[x * kept for x in row] for row in model["gradient"]]
    model["sequences"] = model["tokens"] = 0


def draw(weights, tokens, shade, parameters, count):
    temperature = 1.0 if mode == "ignores_temperature" else max(parameters.get("temperature", 1.0), 1e-6)
    seed = parameters.get("seed", 0)
    if mode == "one_seed":
        seed = 5
    generator = random.Random(None if mode == "no_seeds" else seed)
    stop = set(parameters.get("stop") or [])
    length = parameters["max_tokens"] + (2 if mode == "long_samples" else 0)
    sequences = []
    for index in range(count):
        if mode == "same_samples":
            generator = random.Random(3)
        written, said, reason = [], [], "length"
        while len(written) < length:
            values = logits(weights, tokens + written, shade)
            row = log_softmax(values, temperature)
            token = generator.choices(range(SIZE), [math.exp(x) for x in row])[0]
            scored = row if mode == "hot_scores" else log_softmax(values)
            written.append(token)
            said.append(single(scored[token]))
            if token in stop:
                reason = "stop"
                break
        sequences.append({"stop_reason": reason, "tokens": written, "logprobs": said})
    return sequences


def sample(body):
    weights = sampler_weights(body)
    tokens, shade = read_prompt(body["prompt"])
    answer = {"sequences": draw(weights, tokens, shade, body["sampling_params"], body.get("num_samples", 1))}
    top = body.get("topk_prompt_logprobs", 0)
    if body.get("prompt_logprobs") or top:
        rows = [log_softmax(logits(weights, tokens[: i + 1], shade)) for i in range(len(tokens) - 1)]
        answer["prompt_logprobs"] = [None] + [row[token] for row, token in zip(rows, tokens[1:])]
        if top and mode != "no_alternatives":
            ranked = lambda row: sorted(([v, x] for v, x in enumerate(row)), key=lambda pair: -pair[1])[:top]
            answer["topk_prompt_logprobs"] = [None] + [ranked(row) for row in rows]
    return answer


def sampler_weights(body):
    name = body.get("sampling_session_id") or body.get("model_path")
    if name not in samplers:
        raise Refusal(404, "no such sampler")
    model, weights = samplers[name]
    if mode == "base_sampler":
        return new_model()["weights"]
    if mode == "old_overwrites":
        models[model]["weights"] = copy.deepcopy(weights)
    return weights


def read_prompt(prompt):
    tokens, shade = [], 0.0
    for chunk in prompt["chunks"]:
        if "tokens" in chunk:
            tokens += chunk["tokens"]
        elif mode == "no_images":
            raise Refusal(422, "no images")
        else:
            data = base64.b64decode(chunk["data"])
            tokens += [1] * chunk.get("expected_tokens", 1)
            shade += 0.0 if mode == "drops_images" else 0.01 * (sum(data) % 97 + 1)
    return tokens, shade


# Operations: each returns what a future will answer.


def create_model(body):
    name = promise_name("model")
    models[name] = new_model()
    return name, {"model_id": name, "base_model": body["base_model"], "lora_config": dict(body["lora_config"])}


def promise_name(kind):
    state["number"] += 1
    return f"{kind}_{state['number']}"


def model_of(body):
    if body.get("model_id") not in models:
        raise Refusal(404, "Model not found")
    return models[body["model_id"]]


def save_weights(body):
    name = f"tinker://{body['model_id']}/weights/{body['path']}"
    if name in checkpoints:
        raise Refusal(500 if mode == "no_conflicts" else 409, "already exists")
    checkpoints[name] = copy.deepcopy(model_of(body))
    return {"path": name, "type": "save_weights"}


def load_weights(body):
    if body["path"] not in checkpoints:
        raise Refusal(404, "Checkpoint not found")
    if mode != "loads_nothing":
        model_of(body).update(copy.deepcopy(checkpoints[body["path"]]))
    if mode == "forgets_moments":
        fresh = new_model()
        model_of(body).update(m=fresh["m"], v=fresh["v"], steps=0)
    return {"type": "load_weights"}


def save_sampler(body):
    model, session = model_of(body), None
    if body.get("path"):
        name = f"tinker://{body['model_id']}/sampler_weights/{body['path']}"
        if name in samplers:
            raise Refusal(409, "already exists")
    else:
        name = session = promise_name("sampling")
    samplers[name] = (body["model_id"], copy.deepcopy(model["weights"]))
    return {"path": None if session else name, "type": "save_weights_for_sampler", "sampling_session_id": session}


def train(body, payload):
    model = model_of(body)
    number = (body["model_id"], body.get("seq_id"))
    if body.get("seq_id") and mode != "repeats_writes":
        if number in writes:
            kind, id = writes[number]
            if kind != payload and mode != "takes_other_payloads":
                raise Refusal(409, "Training request sequence number was reused")
            return id
    outputs = run_pass(model, body["data"], body["loss_fn"], body["forward_only"])
    id = promise(("pass", outputs))
    writes[number] = (payload, id)
    return id


def promise(result):
    state["number"] += 1
    futures[str(state["number"])] = result
    return str(state["number"])


# The two dialects.


def datum_of(json_datum):
    tokens, shade = read_prompt(json_datum["model_input"])
    inputs = {name: (tensor["data"], tensor.get("shape")) for name, tensor in json_datum["loss_fn_inputs"].items()}
    return {"tokens": tokens, "shade": shade, "inputs": inputs}


def fields_of(data):
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value

    while at < len(data):
        key = varint()
        if key & 7 == 0:
            yield key >> 3, varint()
        else:
            length = varint()
            yield key >> 3, data[at : at + length]
            at += length


def tensor_of(data):
    dense, kind, shape = b"", 0, []
    for number, value in fields_of(data):
        if number == 1:
            dense = value
        if number == 3:
            kind = value
        if number == 4:
            shape = list(value)
    return list(struct.unpack(f"<{len(dense) // (4 if kind == 1 else 8)}{'f' if kind == 1 else 'q'}", dense)), shape


def chunk_of(data):
    for number, value in fields_of(data):
        inner = dict(fields_of(value))
        if number == 1:
            return {"tokens": list(struct.unpack(f"<{len(inner[1]) // 4}i", inner[1]))}
        return {"data": base64.b64encode(inner[1]), "expected_tokens": inner.get(3, 1)}


def pass_of(data):
    body = {"data": [], "forward_only": False, "seq_id": 0}
    for number, value in fields_of(data):
        if number == 1:
            body["model_id"] = value.decode()
        if number == 2:
            body["seq_id"] = value
        if number == 4:
            body["loss_fn"] = value.decode()
        if number == 6:
            body["forward_only"] = bool(value)
        if number == 3:
            chunks, inputs = [], {}
            for inner, part in fields_of(value):
                if inner == 1:
                    chunks.append(chunk_of(part))
                else:
                    entry = dict(fields_of(part))
                    inputs[entry[1].decode()] = tensor_of(entry[2])
            tokens, shade = read_prompt({"chunks": chunks})
            body["data"].append({"tokens": tokens, "shade": shade, "inputs": inputs})
    return body


def varint(value):
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def pass_message(outputs):
    parts = [struct.pack(f"<{len(o['logprobs'][0])}f", *o["logprobs"][0]) for o in outputs]
    ends = [sum(map(len, parts[:i])) for i in range(len(parts) + 1)]
    trailing = outputs[0]["logprobs"][1][1:] if outputs else []
    tensor = field(1, b"".join(parts)) + field(2, struct.pack(f"<{len(ends)}q", *ends)) + field(3, 1)
    if trailing:
        tensor += field(4, b"".join(map(varint, trailing)))
    record = field(2, field(1, b"logprobs") + field(2, tensor)) + field(3, len(outputs))
    return field(1, b"scalar") + field(2, record)


def sample_message(answer):
    message = b""
    for sequence in answer["sequences"]:
        count = len(sequence["tokens"])
        inner = field(1, 1) if sequence["stop_reason"] == "length" else b""
        inner += field(2, struct.pack(f"<{count}i", *sequence["tokens"]))
        message += field(1, inner + field(3, struct.pack(f"<{count}f", *sequence["logprobs"])))
    if "prompt_logprobs" in answer:
        values = [math.nan if x is None else x for x in answer["prompt_logprobs"]]
        message += field(2, struct.pack(f"<{len(values)}f", *values))
    if "topk_prompt_logprobs" in answer:
        rows = answer["topk_prompt_logprobs"]
        width = max(len(row) for row in rows if row)
        cells = [cell for row in rows for cell in (row or [[0, -99999.0]] * width)]
        inner = field(1, struct.pack(f"<{len(cells)}i", *[c[0] for c in cells]))
        inner += field(2, struct.pack(f"<{len(cells)}f", *[c[1] for c in cells]))
        message += field(3, inner + field(3, width) + field(4, len(rows)))
    return message


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *arguments):
        pass

    def answer(self, status, body, kind="application/json", headers=()):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        self.do_POST()

    def do_POST(self):
        data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        operation = self.path.removeprefix("/api/v1/")
        try:
            with lock:
                if not self.fault(operation):
                    self.handle_operation(operation, data)
        except Refusal as refusal:
            self.answer(refusal.status, {"detail": refusal.detail})

    def fault(self, operation):
        """Faults of the transport; whether one happened."""
        state["requests"] += 1
        if options["key"] and self.headers.get("X-API-Key") != options["key"]:
            raise Refusal(401, f"not {self.headers.get('X-API-Key')}")
        if mode == "echoes_key" and operation == "create_session":
            raise Refusal(403, f"key {self.headers.get('X-API-Key')} is not wanted")
        if mode == "restarts" and state["requests"] == 150:
            models.clear()
        if mode == "redirects":
            self.answer(307, {}, headers=[("Location", "http://127.0.0.1:9/elsewhere")])
        elif mode == "busy" and state["requests"] % 2:
            self.answer(503, {"detail": "busy"}, headers=[("Retry-After", "-1e999")])
        elif mode == "endless" and operation == "create_session":
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Connection", "close")
            self.end_headers()
            try:
                while True:
                    self.wfile.write(b"[" * 65536)
            except OSError:
                pass
            self.close_connection = True
        elif mode == "slow" and operation == "create_session":
            time.sleep(3)
            self.answer(200, {})
        elif mode == "garbage" and operation == "create_session":
            self.answer(200, b"<html>not found</html>")
        elif mode == "breaks_steps" and operation == "optim_step":
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
        else:
            return False
        return True

    def handle_operation(self, operation, data):
        binary = self.headers.get("Content-Type") == "application/x-protobuf"
        if operation == "stub_state":
            return self.answer(200, dict(state, models=len(models)))
        if operation == "get_server_capabilities":
            return self.answer(200, {"supported_models": [{"model_name": "table"}]})
        if operation.endswith("/download"):
            if mode == "no_archive":
                raise Refusal(404, "Checkpoint not found")
            return self.answer(200, exported_adapter(), "application/octet-stream")
        if operation == "retrieve_future":
            return self.retrieve(json.loads(data)["request_id"])
        if operation == "forward_backward" and options["dialect"] == "protobuf":
            if not binary:
                raise Refusal(415, "forward_backward requires a protobuf body")
            return self.promised(train(pass_of(data), data))
        body = json.loads(data)
        if operation in ("forward", "forward_backward"):
            name = operation + "_input"
            if name not in body:
                raise Refusal(422, [{"type": "missing", "loc": ["body", name]}])
            inner = body[name]
            request = dict(body, data=[datum_of(d) for d in inner["data"]], loss_fn=inner["loss_fn"],
                           forward_only=operation == "forward")
            return self.promised(train(request, data))
        self.handle_json(operation, body)

    def handle_json(self, operation, body):
        if operation == "create_session":
            return self.answer(200, {"type": "create_session", "session_id": "session_1"})
        if operation == "session_heartbeat":
            state["heartbeats"] += 1
            return self.answer(200, {"type": "session_heartbeat"})
        if operation == "create_model":
            name, result = create_model(body)
            return self.answer(200, {"model_id": name, "request_id": promise(("json", result))})
        if operation == "unload_model":
            models.pop(body["model_id"], None)
            return self.promised(promise(("json", {"type": "unload_model"})))
        if operation == "optim_step":
            step(model_of(body), body["adam_params"])
            return self.promised(promise(("json", {"metrics": {"norm": 1.0}})))
        if operation == "asample":
            return self.promised(promise(("sample", sample(body))))
        operations = {"save_weights": save_weights, "load_weights": load_weights,
                      "save_weights_for_sampler": save_sampler}
        if operation not in operations:
            raise Refusal(404, "Not Found")
        self.promised(promise(("json", operations[operation](body))))

    def promised(self, id):
        self.answer(200, {"future_id": id, "status": "pending", "request_id": id})

    def retrieve(self, id):
        kind, result = futures.get(id, (None, None))
        if kind is None:
            raise Refusal(404, "Future not found")
        if mode == "late":
            # Not yet by status, then in words, then the answer.
            futures[id] = (kind, result)
            state[id] = state.get(id, 0) + 1
            if state[id] == 1:
                raise Refusal(408, "Timeout waiting for result")
            if state[id] == 2:
                return self.answer(200, {"type": "try_again", "request_id": id, "queue_state": "active"})
        if mode == "fails_futures" and kind == "pass":
            raise Refusal(400, "the engine ran out of memory")
        if mode == "fails_and_hangs" and kind == "pass":
            state[id] = state.get(id, 0) + 1
            if state[id] % 2:
                raise Refusal(500, "Out of range float values are not JSON compliant")
            return
        binary = options["dialect"] == "protobuf" and "protobuf" in self.headers.get("Accept", "")
        if kind == "json":
            return self.answer(200, result)
        if binary:
            data = pass_message(result) if kind == "pass" else sample_message(result)
            return self.answer(200, data, "application/x-protobuf")
        if kind == "pass":
            named = lambda pair: {"data": pair[0], "dtype": "float32", "shape": pair[1]}
            result = {"loss_fn_output_type": "scalar", "metrics": {},
                      "loss_fn_outputs": [{name: named(pair) for name, pair in o.items()} for o in result]}
        self.answer(200, result)


def end_with_parent():
    """The test holds the other end of the input; when it dies, so does this."""
    sys.stdin.buffer.read()
    os._exit(0)


threading.Thread(target=end_with_parent, daemon=True).start()
server = ThreadingHTTPServer(("127.0.0.1", options["port"]), Handler)
server.daemon_threads = True
print(server.server_address[1], flush=True)
server.serve_forever()
