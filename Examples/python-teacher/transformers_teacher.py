"""A teacher that is a causal language model of Hugging Face `transformers`.

    python3 transformers_teacher.py MODEL [--template "Video of {duration} s. {query} Answer: "]

The model has a tokenizer of its own.  Each word of the student's vocabulary is written in the model's tokens, and the
model's belief is restricted to these words: q(w | prefix) is proportional to the probability of the tokens of w after
the tokens of the prefix.  That is a proper distribution over the student's vocabulary whatever the tokenizer does.
Words of one token (digits, letters, punctuation mostly) cost one pass a response; longer ones a pass a position.
"""

import argparse
import sys

import opd_teacher
from torch_teacher import to_score


class TransformersTeacher(opd_teacher.Teacher):
    support = "full"

    def __init__(self, model, template):
        self.model_name = model
        self.template = template
        self.name = f"transformers {model}"

    def start(self):
        import torch
        import transformers

        self.torch = torch
        torch.set_grad_enabled(False)
        self.tokenizer = transformers.AutoTokenizer.from_pretrained(self.model_name)
        self.model = transformers.AutoModelForCausalLM.from_pretrained(self.model_name).eval()
        self.flops_per_token = 2.0 * sum(p.numel() for p in self.model.parameters())
        revision = getattr(self.model.config, "_commit_hash", None)
        self.identity = revision and f"{self.model_name}@{revision} {self.template}"
        end = self.vocabulary.end
        self.spelled = [
            [self.tokenizer.eos_token_id] if number == end else self.ids(word)
            for number, word in enumerate(self.vocabulary.words)
        ]
        unwritable = [w for w, s in zip(self.vocabulary.words, self.spelled) if not s]
        if unwritable:
            raise ValueError(f"the tokenizer of {self.model_name} cannot write {unwritable}")

    def ids(self, text):
        return self.tokenizer.encode(text, add_special_tokens=False)

    def question(self, prompt):
        text = self.template.format(query=prompt.query, duration=prompt.duration)
        return self.tokenizer.encode(text) or [self.tokenizer.eos_token_id]

    def score(self, prompts, support, k):
        return [
            [self.scored(self.question(p), response, support, k) for response in p.responses]
            for p in prompts
        ]

    def scored(self, question, response, support, k):
        """One pass over the response gives every word's first token; longer words need their own rest."""
        torch = self.torch
        tokens, starts = list(question), []
        for token in response:
            starts.append(len(tokens))
            tokens += self.spelled[token]
        logp = self.passed(tokens)
        first = torch.tensor([ids[0] for ids in self.spelled])
        rows = logp[[start - 1 for start in starts]][:, first].clone()
        for word, ids in enumerate(self.spelled):
            if len(ids) == 1:
                continue
            for row, start in enumerate(starts):
                rest = self.passed(tokens[:start] + ids)
                for offset in range(1, len(ids)):
                    rows[row, word] += rest[start + offset - 1, ids[offset]]
        return to_score(torch, torch.log_softmax(rows, dim=-1), response, support, k)

    def passed(self, tokens):
        logits = self.model(self.torch.tensor([tokens])).logits[0]
        return self.torch.log_softmax(logits.float(), dim=-1)


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("model")
    options.add_argument(
        "--template",
        default="A video lasts {duration} seconds. When does this happen: {query} Answer: ",
    )
    chosen = options.parse_args()
    try:
        opd_teacher.serve(TransformersTeacher(chosen.model, chosen.template))
    except ModuleNotFoundError as error:
        sys.exit(f"{error.name} is not installed; pip install torch transformers")
