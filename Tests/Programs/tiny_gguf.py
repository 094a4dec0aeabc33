"""Writes a model file for llama.cpp: a Llama of two layers with random weights that reads characters.

    python3 tiny_gguf.py MODEL.gguf

Needs the package `gguf`.
"""

import sys

import gguf
import numpy

WIDTH, HIDDEN, LAYERS, HEADS = 64, 128, 2, 4

characters = [chr(c) for c in range(33, 127)]
tokens = ["<unk>", "<s>", "</s>"] + [f"<0x{byte:02X}>" for byte in range(256)] + ["\u2581"] + characters
kinds = (
    [gguf.TokenType.UNKNOWN, gguf.TokenType.CONTROL, gguf.TokenType.CONTROL]
    + [gguf.TokenType.BYTE] * 256
    + [gguf.TokenType.NORMAL] * (1 + len(characters))
)
writer = gguf.GGUFWriter(sys.argv[1], "llama")
writer.add_context_length(512)
writer.add_embedding_length(WIDTH)
writer.add_block_count(LAYERS)
writer.add_feed_forward_length(HIDDEN)
writer.add_head_count(HEADS)
writer.add_head_count_kv(HEADS)
writer.add_rope_dimension_count(WIDTH // HEADS)
writer.add_layer_norm_rms_eps(1e-5)
writer.add_vocab_size(len(tokens))
writer.add_tokenizer_model("llama")
writer.add_token_list(tokens)
writer.add_token_scores([0.0] * len(tokens))
writer.add_token_types(kinds)
writer.add_bos_token_id(1)
writer.add_eos_token_id(2)
writer.add_unk_token_id(0)

random = numpy.random.default_rng(1)


def add(name, *shape):
    values = numpy.ones(shape) if len(shape) == 1 else random.normal(0, 4 / shape[1] ** 0.5, shape)
    if name == "output.weight":
        values[: len(kinds) - len(characters)] = 0  # Bytes and marks are hardly ever written.
    writer.add_tensor(name, values.astype(numpy.float32))


add("token_embd.weight", len(tokens), WIDTH)
for layer in range(LAYERS):
    for name in ("q", "k", "v", "output"):
        add(f"blk.{layer}.attn_{name}.weight", WIDTH, WIDTH)
    add(f"blk.{layer}.attn_norm.weight", WIDTH)
    add(f"blk.{layer}.ffn_norm.weight", WIDTH)
    add(f"blk.{layer}.ffn_gate.weight", HIDDEN, WIDTH)
    add(f"blk.{layer}.ffn_up.weight", HIDDEN, WIDTH)
    add(f"blk.{layer}.ffn_down.weight", WIDTH, HIDDEN)
add("output_norm.weight", WIDTH)
add("output.weight", len(tokens), WIDTH)
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
