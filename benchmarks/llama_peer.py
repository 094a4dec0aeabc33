#!/usr/bin/env python3
"""The rival of `opd model bench` in answers: llama.cpp on the same file, by the wheel `xllamacpp`.

    opd model bench SmolLM2-135M-Instruct.Q4_1.gguf --phases decode_1 --against 'python3 benchmarks/llama_peer.py SmolLM2-135M-Instruct.Q4_1.gguf'

Prints one JSON line a phase with `phase` and `ms`: a prompt of 16 tokens and 64 drawn ones, in one answer or in eight at a time. The model is
loaded, and asked once, before the clock starts. Without the wheel it says so and ends with status 3.
"""
import argparse, json, sys, time
from concurrent.futures import ThreadPoolExecutor

p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
p.add_argument("model")
p.add_argument("--threads", type=int, default=1)
p.add_argument("--phases", default="decode_1")
a = p.parse_args()
try:
    import xllamacpp
except ImportError:
    print("llama.cpp is not here: pip install xllamacpp", file=sys.stderr)
    sys.exit(3)

answers = {"decode_1": 1, "decode_8": 8}
phases = [phase for phase in a.phases.split(",") if phase in answers]
params = xllamacpp.CommonParams()
params.model.path = a.model
params.cpuparams.n_threads = params.cpuparams_batch.n_threads = a.threads
params.n_gpu_layers, params.warmup, params.verbosity = 0, True, -1
params.n_parallel = max(answers[phase] for phase in phases)
params.n_ctx = 1024 * params.n_parallel
server = xllamacpp.Server(params)


def answer(stream, count=64):
    """The prompt of `opd model bench`, and no token that ends an answer."""
    return server.handle_completions(dict(
        prompt=[(i * 7919 + 17) % 49152 for i in range(16)], n_predict=count, ignore_eos=True, temperature=1.0, top_k=0, top_p=1.0, min_p=0.0,
        seed=stream, cache_prompt=False, samplers=["temperature"]))


def together(count, tokens):
    with ThreadPoolExecutor(count) as pool: return list(pool.map(lambda stream: answer(stream, tokens), range(count)))


for phase in phases:
    together(answers[phase], 2)
    start = time.perf_counter()
    for found in together(answers[phase], 64):
        assert found.get("usage", {}).get("completion_tokens", found.get("tokens_predicted")) == 64, found
    print(json.dumps(dict(phase=phase, ms=1000 * (time.perf_counter() - start))), flush=True)
