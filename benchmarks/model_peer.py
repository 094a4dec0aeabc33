#!/usr/bin/env python3
"""The rival of `opd model bench`: transformers and PEFT on the same shape, in single precision.

    opd model bench SmolLM2-135M-Instruct.Q4_1.gguf --against 'python3 benchmarks/model_peer.py --threads 1'

Prints one JSON line a phase with `phase` and `ms`. The weights are random, of SmolLM2-135M's shape: the time of none of these depends on
what is said. What a user of TRL gets: prompts are not shared between the answers of a group.
"""
import argparse, json, time

p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
p.add_argument("--threads", type=int, default=1)
p.add_argument("--phases", default="prefill_512,score_8x8,decode_1,decode_8,decode_64,lora_4x128,lora_step_8x8")
a = p.parse_args()
import torch
from transformers import LlamaConfig, LlamaForCausalLM
from peft import LoraConfig, get_peft_model

torch.set_num_threads(a.threads); torch.manual_seed(0)
config = LlamaConfig(vocab_size=49152, hidden_size=576, intermediate_size=1536, num_hidden_layers=30, num_attention_heads=9,
                     num_key_value_heads=3, max_position_embeddings=8192, rms_norm_eps=1e-5, rope_theta=1e5, tie_word_embeddings=True,
                     bos_token_id=1, eos_token_id=2)
plain = LlamaForCausalLM(config).eval()
names = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
lora = get_peft_model(LlamaForCausalLM(config), LoraConfig(r=16, lora_alpha=32, target_modules=names, task_type="CAUSAL_LM"))
optimizer = torch.optim.AdamW([w for w in lora.parameters() if w.requires_grad], lr=1e-5)


def tokens(rows, count): return torch.randint(3, 49152, (rows, count))


def said(model, x, answer):
    """log p of the last `answer` tokens."""
    logits = model(x, logits_to_keep=answer + 1).logits[:, :-1]
    return torch.log_softmax(logits, -1).gather(-1, x[:, -answer:, None])[..., 0]


def decode(model, batch, prompt=16, count=64):
    return model.generate(tokens(batch, prompt), attention_mask=torch.ones(batch, prompt), do_sample=True, top_k=0, top_p=1.0,
                          min_new_tokens=count, max_new_tokens=count, pad_token_id=2)


def update(x, answer):
    old = said(lora, x, answer); loss = -(torch.exp(old - old.detach()) * .1).mean()
    loss.backward(); optimizer.step(); optimizer.zero_grad()


def prefill():
    with torch.no_grad(): plain(tokens(1, 512), logits_to_keep=1)


def score():
    with torch.no_grad():
        for _ in range(8): said(plain, tokens(8, 194), 9)


def step():
    with torch.no_grad(): x = torch.cat([decode(lora, 8, 185, 9) for _ in range(8)])
    for part in x.split(8):
        old = said(lora, part, 9); (-(torch.exp(old - old.detach()) * .1).mean() / 8).backward()
    optimizer.step(); optimizer.zero_grad()


work = dict(prefill_512=prefill, score_8x8=score, decode_1=lambda: no_grad(1), decode_8=lambda: no_grad(8), decode_64=lambda: no_grad(64),
            lora_4x128=lambda: update(tokens(4, 129), 128), lora_step_8x8=step)


def no_grad(batch):
    with torch.no_grad(): decode(plain, batch)


for phase in a.phases.split(","):
    start = time.perf_counter(); work[phase]()
    print(json.dumps(dict(phase=phase, ms=1000 * (time.perf_counter() - start))), flush=True)
