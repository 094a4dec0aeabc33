"""A teacher that misbehaves in one way.

    python3 broken_teacher.py MODE STATE

Modes that end in `-once` misbehave until the file STATE exists, which they create; the program that is started after
that behaves. A behaving teacher gives token t at position p the log-probability -(t + p) / 8 - 1.
"""

import json
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../Examples/python-teacher"))
import opd_teacher

mode, state = sys.argv[1:3]
once = mode.endswith("-once")
mode = mode.removesuffix("-once")
broken = not (once and os.path.exists(state))
starts = len(open(state).read()) if os.path.exists(state) else 0
with open(state, "a") as file:
    file.write("x")


class Broken(opd_teacher.Teacher):
    name = "broken"
    identity = "one"
    support = "full"

    def score(self, prompts, support, k):
        if mode == "chatty":
            print("thinking", flush=True)
        return [[self.scored(r, support, k) for r in p.responses] for p in prompts]

    def scored(self, response, support, k):
        def logp(token, place):
            return -(token + place) / 8 - 1

        sampled = [logp(token, place) for place, token in enumerate(response)]
        if broken and mode == "long":
            sampled.append(-1.0)
        if broken and mode == "nan":
            sampled[-1] = float("nan")
        if broken and mode == "positive":
            sampled[0] = 0.5
        if broken and mode == "infinite":
            sampled[0] = float("-inf")
        if broken and mode == "raises":
            raise ValueError("no weights")
        size = len(self.vocabulary.words) + (1 if broken and mode == "wide" else 0)
        top = rows = None
        if support == "top":
            shift = 1000 if broken and mode == "foreign" else 0
            top = [[(t + shift, logp(t, p)) for t in range(k)] for p in range(len(response))]
        if support == "full":
            rows = [logp(t, p) for p in range(len(response)) for t in range(size)]
        return opd_teacher.Score(sampled, top=top, rows=rows)


def write(answer):
    os.write(1, json.dumps(answer).encode() + b"\n")


def main():
    teacher = Broken()
    waiting = []
    if broken and mode == "mute":
        time.sleep(600)
    for line in sys.stdin.buffer:
        request = json.loads(line)
        if "hello" in request:
            hello = opd_teacher._greet(teacher, request)
            if mode == "version":
                hello["hello"]["protocol"] = 99
            if mode == "kind":
                hello["hello"]["kind"] = "reward"
            if mode == "vocabulary":
                hello["hello"]["vocabulary"] = opd_teacher.fingerprint(["a", "b"], "b")
            if mode == "changes":
                hello["hello"]["identity"] = f"start {starts}"
            write(hello)
            if broken and mode == "deaf":
                time.sleep(600)
            continue
        if broken and mode in ("dies", "changes"):
            print("out of memory", file=sys.stderr, flush=True)
            sys.exit(3)
        if broken and mode == "torn":
            os.write(1, b'{"id": 1, "sco')
            sys.exit(0)
        if broken and mode == "killed":
            os.kill(os.getpid(), 9)
        if broken and mode == "hangs":
            time.sleep(600)
        if broken and mode == "garbage":
            os.write(1, b"Loading model...\n")
        if broken and mode == "closes":
            os.close(1)
            time.sleep(600)
        if mode == "loud":
            os.write(2, (b"y" * 99 + b"\n") * 20000)
        answer = opd_teacher._answer(teacher, request)
        if broken and mode == "stranger":
            answer["id"] += 1000
        if broken and mode == "few":
            answer["scores"] = answer["scores"][:-1]
        if broken and mode == "fewer":
            answer["scores"][0] = answer["scores"][0][:-1]
        if broken and mode == "base64":
            answer["scores"][0][0]["sampled"] = "?!"
        if mode == "reversed":
            waiting.append(answer)
            if len(waiting) == 2:
                for late in reversed(waiting):
                    write(late)
                waiting = []
            continue
        write(answer)
        if broken and mode == "twice":
            write(answer)


opd_teacher.serve(Broken()) if mode == "chatty" else main()
