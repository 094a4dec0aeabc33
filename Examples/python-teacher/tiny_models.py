"""Makes tiny models with random weights, to try the adapters without downloading anything.

    python3 tiny_models.py torch VOCABULARY.json MODEL.pt
    python3 tiny_models.py transformers FOLDER

VOCABULARY.json is what `opd teacher vocabulary` prints.
"""

import json
import sys


def make_torch(vocabulary, path):
    import torch

    with open(vocabulary) as file:
        size = len(json.load(file)["words"])

    class Tiny(torch.nn.Module):
        """The mean frame and the tokens so far, mixed and projected to logits."""

        def __init__(self, size: int):
            super().__init__()
            self.words = torch.nn.Embedding(size + 1, 16)
            self.output = torch.nn.Linear(16, size)

        def forward(self, features, times, query, response):
            before = torch.full((response.shape[0], 1), self.words.num_embeddings - 1)
            prefix = torch.cat([before, response[:, :-1]], dim=1)
            return self.output(self.words(prefix).cumsum(1) + features.mean() + times.mean() / 100)

    torch.manual_seed(1)
    torch.jit.script(Tiny(size)).save(path)


def make_transformers(folder):
    import tokenizers
    import torch
    import transformers

    model = tokenizers.Tokenizer(tokenizers.models.BPE(byte_fallback=False))
    model.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    model.decoder = tokenizers.decoders.ByteLevel()
    alphabet = tokenizers.pre_tokenizers.ByteLevel.alphabet()
    trainer = tokenizers.trainers.BpeTrainer(
        special_tokens=["<eos>"], initial_alphabet=alphabet, vocab_size=320
    )
    model.train_from_iterator(["A video lasts 30 seconds. When does this happen: "] * 4, trainer)
    tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_object=model, eos_token="<eos>")
    torch.manual_seed(1)
    config = transformers.LlamaConfig(
        vocab_size=len(tokenizer), hidden_size=32, intermediate_size=64, num_hidden_layers=2,
        num_attention_heads=2, eos_token_id=tokenizer.eos_token_id,
    )
    transformers.LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)


if __name__ == "__main__":
    {"torch": make_torch, "transformers": make_transformers}[sys.argv[1]](*sys.argv[2:])
