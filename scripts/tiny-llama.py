"""Writes a Llama of 82 thousand random weights and a tokenizer of 128 characters: enough to measure a training server.

    python3 tiny-llama.py FOLDER [WORDS]

WORDS is what `opd teacher vocabulary CONFIG` prints: then the model has the words of that run and no others, as a server's
must.  The same weights every time (seed 0). Needs torch and transformers, which the servers bring.
"""

import json
import sys

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

folder = sys.argv[1]
torch.manual_seed(0)
if len(sys.argv) > 2:
    run = json.load(open(sys.argv[2]))
    words, first, end = run["words"], 0, run["end"]
    padding = end
else:
    words = ["<pad>", "<s>", "</s>"] + [chr(code) for code in range(32, 127)]
    words += [f"<r{number}>" for number in range(len(words), 128)]
    padding, first, end = 0, 1, 2
tokenizer = Tokenizer(
    models.WordLevel({word: number for number, word in enumerate(words)}, unk_token=words[padding])
)
tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
tokenizer.decoder = decoders.Fuse()
PreTrainedTokenizerFast(
    tokenizer_object=tokenizer, bos_token=words[first], eos_token=words[end], pad_token=words[padding]
).save_pretrained(folder)
model = LlamaForCausalLM(
    LlamaConfig(
        vocab_size=len(words),
        hidden_size=64,
        intermediate_size=128,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=16,
        max_position_embeddings=512,
        tie_word_embeddings=True,
        bos_token_id=first,
        eos_token_id=end,
        pad_token_id=padding,
        dtype="float32",
    )
).float()
with torch.no_grad():
    for name, weights in model.named_parameters():
        if weights.ndim == 2:
            weights.normal_(0, 0.15 if "embed" in name else weights.shape[1] ** -0.5)
model.save_pretrained(folder)
