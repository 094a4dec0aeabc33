"""Writes a LLaVA of 81 thousand random weights, and the words of a run: a model that sees, enough to try `frames: pixels`.

    opd teacher vocabulary CONFIG >words.json; python3 tiny-vlm.py FOLDER words.json

The same weights every time (seed 0). Needs torch, transformers and pillow.
"""

import json
import sys

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import CLIPImageProcessorPil, CLIPVisionConfig, LlamaConfig, LlavaConfig, LlavaForConditionalGeneration
from transformers import LlavaProcessor, PreTrainedTokenizerFast

folder, run = sys.argv[1], json.load(open(sys.argv[2]))
torch.manual_seed(0)
words = run["words"] + ["<image>"]
tokenizer = Tokenizer(models.WordLevel({word: number for number, word in enumerate(words)}, unk_token=words[0]))
tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
tokenizer.decoder = decoders.Fuse()
tokenizer = PreTrainedTokenizerFast(
    tokenizer_object=tokenizer, eos_token=words[run["end"]], pad_token=words[run["end"]], extra_special_tokens=["<image>"])
side, patch = 28, 14
LlavaProcessor(
    CLIPImageProcessorPil(size={"shortest_edge": side}, crop_size={"height": side, "width": side}), tokenizer,
    patch_size=patch, vision_feature_select_strategy="full", num_additional_image_tokens=1).save_pretrained(folder)
model = LlavaForConditionalGeneration(LlavaConfig(
    vision_config=CLIPVisionConfig(
        hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2, image_size=side, patch_size=patch,
        projection_dim=32),
    text_config=LlamaConfig(
        vocab_size=len(words), hidden_size=64, intermediate_size=128, num_hidden_layers=1, num_attention_heads=4,
        num_key_value_heads=2, max_position_embeddings=1024, bos_token_id=None, eos_token_id=run["end"],
        pad_token_id=run["end"]),
    image_token_index=len(run["words"]), vision_feature_select_strategy="full")).float()
model.save_pretrained(folder)
