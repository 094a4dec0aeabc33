"""A teacher that is a PyTorch model.

    python3 torch_teacher.py MODEL.pt

MODEL.pt is a TorchScript module that is called with
    features  float32 [frames, tokens_per_frame, channels]
    times     float32 [frames], seconds
    query     int64   [question tokens]
    response  int64   [batch, T], the responses to one prompt, padded with the end token
and returns logits [batch, T, V], where row t is about response[:, t], given what comes before it.  Change `logits` to
wrap anything else.
"""

import hashlib
import sys

import opd_teacher


class TorchTeacher(opd_teacher.Teacher):
    name = "torch"
    support = "full"
    features = True

    def __init__(self, path):
        self.path = path

    def start(self):
        import torch

        self.torch = torch
        torch.set_grad_enabled(False)
        self.model = torch.jit.load(self.path, map_location="cpu").eval()
        parameters = sum(p.numel() for p in self.model.parameters())
        self.flops_per_token = 2.0 * parameters
        with open(self.path, "rb") as file:
            self.identity = hashlib.sha256(file.read()).hexdigest()

    def logits(self, prompt, responses):
        torch = self.torch
        features = torch.tensor(prompt.features, dtype=torch.float32)
        shape = (len(prompt.timestamps), prompt.tokens_per_frame, prompt.channels)
        longest = max(map(len, responses))
        end = self.vocabulary.end
        padded = torch.tensor([r + [end] * (longest - len(r)) for r in responses])
        times = torch.tensor(prompt.timestamps, dtype=torch.float32)
        query = torch.tensor(prompt.tokens, dtype=torch.int64)
        return self.model(features.reshape(shape), times, query, padded)

    def score(self, prompts, support, k):
        return [self.scored(prompt, support, k) for prompt in prompts]

    def scored(self, prompt, support, k):
        logp = self.torch.log_softmax(self.logits(prompt, prompt.responses).float(), dim=-1)
        return [
            to_score(self.torch, logp[index, : len(response)], response, support, k)
            for index, response in enumerate(prompt.responses)
        ]


def to_score(torch, logp, response, support, k):
    """A Score from log-probabilities [T, V]; also used by the transformers teacher."""
    sampled = logp.gather(1, torch.tensor(response)[:, None])[:, 0]
    top = rows = None
    if support == "top":
        values, tokens = logp.topk(min(k, logp.shape[1]), dim=-1)
        top = [list(zip(t, v)) for t, v in zip(tokens.tolist(), values.tolist())]
    if support == "full":
        rows = logp.contiguous().numpy()
    return opd_teacher.Score(sampled.contiguous().numpy(), top=top, rows=rows)


if __name__ == "__main__":
    opd_teacher.serve(TorchTeacher(sys.argv[1]))
