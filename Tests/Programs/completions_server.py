"""A completions service for tests: a tiny language model behind the interfaces of vLLM and OpenAI, with failures to order.

    python3 completions_server.py '{"words": [...], "mode": "shifted", ...}' ['{more options}']

Prints its port on the first line. The model's logit of token v after tokens a, b is 3 sin(1.3 b + 0.7 a + 2.1 v + 0.37 v v).
Options: words; extras (also knows every printable character); interfaces ("prompt_logprobs", "echo"); ids (whether
tokens can be named by number); cap (most likeliest tokens); key; port; mode; lives (a file of what is left: it ends in the
middle of a request every `life` requests while there are lives).

/v1/chat/completions answers as vLLM does with `prompt_logprobs`. A turn is token 0, its texts, a token a picture, and token 1;
an answer is opened by token 3 and closed by `end` and token 3. To each logit is added sin(s + v), where s is the sum of the
bytes of all pictures' addresses modulo 97; not in mode "blind".
"""

import json
import math
import os
import random
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

options = {
    "extras": False,
    "interfaces": ["prompt_logprobs", "echo"],
    "ids": True,
    "cap": 20,
    "key": None,
    "port": 0,
    "mode": "",
    "lives": None,
    "life": 10,
    "end": None,
}
for text in sys.argv[1:]:
    options.update(json.loads(text))
mode = options["mode"]
words = list(options["words"])
if options["extras"]:
    words += [c for c in map(chr, range(32, 127)) if c not in words] + ["\n"] * ("\n" not in words)
requests = 0
lock = threading.Lock()


def logprobs(prefix, temperature=1.0, sight=None):
    a, b = ([0, 0] + prefix)[-2:]
    logits = [3 * math.sin(1.3 * b + 0.7 * a + 2.1 * v + 0.37 * v * v) for v in range(len(words))]
    if sight is not None and mode != "blind":
        logits = [x + math.sin(sight + v) for v, x in enumerate(logits)]
    if mode == "drift":
        logits = [x + random.gauss(0, 0.5) for x in logits]
    scaled = [x / temperature for x in logits]
    largest = max(scaled)
    total = math.log(sum(math.exp(x - largest) for x in scaled)) + largest
    return [x - total for x in scaled]


def tokenize(text):
    tokens, at = [], 0
    while at < len(text):
        fits = [w for w in words if w and text.startswith(w, at)]
        word = max(fits, key=len) if fits else "?"
        tokens.append(words.index(word))
        at += len(word)
    return tokens


def scored(tokens, sight=None):
    """For each token its distribution; the first has none."""
    temperature = 0.7 if mode == "warm" else 1.0
    rows = [None] + [logprobs(tokens[:i], temperature, sight) for i in range(1, len(tokens))]
    if mode == "shifted":
        rows = [None] + rows[2:] + [logprobs(tokens, temperature)]
    return rows


def likeliest(row, k):
    k = min(k, options["cap"])
    return sorted(range(len(row)), key=lambda v: -row[v])[:k]


def name(token, request):
    if options["ids"] and request.get("return_tokens_as_token_ids"):
        return f"token_id:{token}"
    return words[token]


def broken_value(value, position, count):
    if position == count - 1 and mode == "nan":
        return float("nan")
    if position == count - 1 and mode == "null":
        return None
    if position == count - 1 and mode == "positive":
        return 0.7
    return value


def complete(request):
    prompt = request["prompt"]
    tokens = tokenize(prompt) if isinstance(prompt, str) else list(prompt)
    if mode == "bos":
        tokens = [0] + tokens
    if mode == "other":
        tokens = [(t + 1) % len(words) for t in tokens]
    temperature = request.get("temperature", 1.0)
    generated, rows = [], []
    for _ in range(request["max_tokens"]):
        row = logprobs(tokens + generated)
        best = max(range(len(row)), key=lambda v: row[v])
        generated.append(best)
        rows.append(logprobs(tokens + generated[:-1], temperature or 1.0))
        if mode == "silent":
            return {"choices": [{"text": "", "logprobs": {"tokens": [], "token_logprobs": []}}]}
    choice = {"index": 0, "text": "".join(words[t] for t in generated), "finish_reason": "length"}
    wanted = request.get("prompt_logprobs")
    if wanted is not None and "prompt_logprobs" in options["interfaces"]:
        table = []
        for position, (token, row) in enumerate(zip(tokens, scored(tokens))):
            if row is None:
                table.append(None)
                continue
            listed = dict.fromkeys([token, *likeliest(row, wanted)])
            table.append(
                {
                    str(t): {
                        "logprob": broken_value(row[t], position, len(tokens)),
                        "rank": 1,
                        "decoded_token": words[t] if mode != "renamed" else words[t - 1],
                    }
                    for t in listed
                }
            )
        choice["prompt_logprobs"] = table[:-1] if mode == "short" else table
    k = request.get("logprobs")
    if k is not None:
        everything, all_rows = generated, rows
        if request.get("echo") and "echo" in options["interfaces"]:
            everything, all_rows = tokens + generated, scored(tokens) + rows
        count = len(everything) - (len(generated) if everything is not generated else 0)
        choice["logprobs"] = {
            "tokens": [name(t, request) for t in everything],
            "token_logprobs": [
                None if row is None else broken_value(row[t], i, count)
                for i, (t, row) in enumerate(zip(everything, all_rows))
            ],
            "top_logprobs": [
                None if row is None else {name(t, request): row[t] for t in likeliest(row, k)}
                for row in all_rows
            ],
        }
        if mode == "short" and everything is not generated:
            for field in choice["logprobs"].values():
                del field[-1 - len(generated)]
    usage = {"prompt_tokens": len(tokens), "completion_tokens": len(generated)}
    return {"choices": [choice], "usage": usage, "system_fingerprint": "stub"}


def turn(messages, opened, continued):
    """The tokens of a conversation, and what its pictures add up to."""
    tokens, sight = [], None
    for message in messages:
        if message["role"] == "assistant":
            tokens += [3] + tokenize(message["content"])
            tokens += [] if continued else [words.index(options["end"]), 3]
            continue
        tokens.append(0)
        for part in message["content"]:
            if part["type"] == "text":
                tokens += tokenize(part["text"])
            else:
                tokens.append(4)
                sight = (sight or 0) + sum(part["image_url"]["url"].encode())
        tokens.append(1)
    return tokens + ([3] if opened else []), None if sight is None else sight % 97


def converse(request):
    opened = request["add_generation_prompt"]
    tokens, sight = turn(request["messages"], opened, request["continue_final_message"])
    generated, content = [], []
    for _ in range(request["max_tokens"]):
        greedy = logprobs(tokens + generated, 1.0, sight)
        row = logprobs(tokens + generated, request.get("temperature") or 1.0, sight)
        best = max(range(len(greedy)), key=lambda v: greedy[v])
        generated.append(best)
        named = likeliest(row, request.get("top_logprobs") or 0)
        content.append(
            {
                "token": name(best, request),
                "logprob": row[best],
                "bytes": list(words[best].encode()),
                "top_logprobs": [{"token": name(t, request), "logprob": row[t]} for t in named],
            }
        )
    answer = {
        "choices": [
            {
                "message": {"role": "assistant", "content": "".join(words[t] for t in generated)},
                "logprobs": {"content": content} if request.get("logprobs") else None,
            }
        ],
        "usage": {"prompt_tokens": len(tokens), "completion_tokens": len(generated)},
        "system_fingerprint": "stub",
    }
    wanted = request.get("prompt_logprobs")
    if wanted is not None:
        answer["prompt_logprobs"] = [
            row
            and {
                str(t): {"logprob": row[t], "rank": 1, "decoded_token": words[t]}
                for t in dict.fromkeys([token, *likeliest(row, wanted)])
            }
            for token, row in zip(tokens, scored(tokens, sight))
        ]
    if request.get("return_token_ids"):
        answer["prompt_token_ids"] = tokens
    return answer


def die_if_mortal():
    with open(options["lives"], "r+") as file:
        left = int(file.read())
        if left > 0:
            file.seek(0)
            file.truncate()
            file.write(str(left - 1))
            file.close()
            os._exit(9)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def reply(self, status, answer, headers=()):
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for header in headers:
            self.send_header(*header)
        self.end_headers()
        if mode == "cut" and requests % 3 == 1:
            body = body[: len(body) // 2]
            self.close_connection = True
        self.wfile.write(body)

    def do_POST(self):
        global requests
        with lock:
            requests += 1
            number = requests
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if options["lives"] and number == options["life"]:
            die_if_mortal()
        if options["key"] and self.headers.get("Authorization") != "Bearer " + options["key"]:
            said = self.headers.get("Authorization")
            return self.reply(401, {"error": f"no entry with {said}"})
        if mode == "flaky" and number % 3 == 1:
            return self.reply(500, {"error": "out of luck"})
        if mode == "busy" and number % 4 == 1:
            return self.reply(429, {"error": "too many"}, [("Retry-After", "0.01")])
        if mode == "down":
            return self.reply(503, {"error": "loading"})
        if mode == "slow" and number % 4 == 1:
            time.sleep(3)
        if mode == "garbage":
            return self.reply(200, {"hello": "world"})
        if self.path == "/tokenize":
            return self.reply(200, {"tokens": tokenize(request["prompt"])})
        if self.path == "/v1/chat/completions" and options["end"] is not None:
            return self.reply(200, converse(request))
        if self.path != "/v1/completions":
            return self.reply(404, {"error": f"no {self.path}"})
        cap = max(request.get("logprobs") or 0, request.get("prompt_logprobs") or 0)
        if mode == "capped" and cap > options["cap"]:
            return self.reply(400, {"error": f"at most {options['cap']} logprobs"})
        self.reply(200, complete(request))


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    allow_reuse_address = True


server = Server(("127.0.0.1", options["port"]), Handler)
# One segment an answer: otherwise the second write waits for an acknowledgement.
Handler.wbufsize = -1
Handler.disable_nagle_algorithm = True
print(server.server_address[1], flush=True)
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
server.serve_forever()
