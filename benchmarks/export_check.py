#!/usr/bin/env python3
"""Compares an exported student with transformers and PEFT, token for token.

    python3 benchmarks/export_check.py OPD RUN NEXT MODEL.gguf

NEXT starts from RUN (student: {from: {run: RUN}}) and makes one step of GRPO at a learning rate of 0, so that the
log-probabilities in its rollouts are those of the weights that are exported. OPD writes the adapter and the merged model; transformers computes the same responses with the adapter through
PEFT and with the merged model, in single precision. Prints the largest difference of a log-probability; fails above 1e-3 nats.
Needs torch, transformers, peft and gguf.
"""
import json
import pathlib
import subprocess
import sys
import tempfile

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM

TOLERANCE = 1e-3


def tokens(opd, model, text):
    lines = subprocess.run([opd, "model", "tokenize", model, text], check=True, capture_output=True, text=True).stdout
    return [int(line.split("\t")[0]) for line in lines.splitlines() if "\t" in line]


def log_probabilities(model, prompt, response):
    ids = torch.tensor([prompt + response])
    with torch.no_grad():
        rows = torch.log_softmax(model(ids).logits[0].float(), dim=-1)
    start = len(prompt) - 1
    return [rows[start + i, token].item() for i, token in enumerate(response)]


def main(opd, run, later, model):
    lines = [json.loads(line) for line in open(pathlib.Path(later) / "rollouts.jsonl")]
    last = [line for line in lines if line["step"] == lines[-1]["step"]]
    with tempfile.TemporaryDirectory() as folder:
        merged, adapter = folder + "/merged", folder + "/adapter"
        subprocess.run([opd, "export", run, "--merged", merged], check=True)
        subprocess.run([opd, "export", run, "--adapter", adapter], check=True)
        whole = AutoModelForCausalLM.from_pretrained(merged, dtype=torch.float32).eval()
        place = pathlib.Path(model).resolve()
        plain = AutoModelForCausalLM.from_pretrained(place.parent, gguf_file=place.name, dtype=torch.float32)
        adapted = PeftModel.from_pretrained(plain, adapter).eval()
        worst = {"adapter": 0.0, "merged": 0.0}
        count = 0
        for line in last:
            prompt = tokens(opd, model, line["query"] + ":")
            response = line["tokens"]
            for name, network in (("adapter", adapted), ("merged", whole)):
                found = log_probabilities(network, prompt, response)
                worst[name] = max([worst[name]] + [abs(a - b) for a, b in zip(found, line["student"])])
            count += len(response)
    print(f"{len(last)} responses, {count} tokens: largest difference {worst['adapter']:.2e} nats with the adapter, "
          f"{worst['merged']:.2e} merged")
    return 0 if count and max(worst.values()) < TOLERANCE else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:5]))
