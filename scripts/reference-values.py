#!/usr/bin/env python3
"""Makes the reference values of Tests/Golden, which `opd selftest --golden Tests/Golden` compares the program with.

    PYTHON scripts/reference-values.py Tests/Golden       PYTHON has torch, transformers, peft and scipy
    opd selftest --golden Tests/Golden

The values come from formulas and libraries that share nothing with the program: losses are written down as the methods'
papers have them and differentiated by PyTorch's autograd, models and adapters are run by transformers and peft. All of it is
float64, and every number is written with all its digits.

| file | what |
|---|---|
| objectives.json | losses with their gradients in the student's logits, and group-relative advantages |
| keyframes.json | Temporal Apex Distillation: variation, apexes, frames kept |
| optimizer.json | AdamW behind a clipped gradient |
| statistics.json | interquartile mean, paired tests, rank correlations, Holm's correction |
| llama/ | a Llama with tied embeddings: logits, loss, gradients, greedy continuations |
| models/ | Llama (scaled rotary frequencies), Mistral (window), Qwen2 (window in a layer, biases), Qwen3 (head norms) |
| lora/ | two adapters on models/llama, beside the weights and merged into them |
| vision/ | two pictures as CLIP's processor has them; CLIP's tower in a whole model with its matrix, and alone without one |

Tokenizers, GGUF files and other models with pictures, which selftest can check as well, are not made here.

The committed values were made by torch 2.13.0, transformers 5.16.1, peft 0.18.1, scipy 1.17.1, Pillow 13.0.0 and Python 3.11. The same
versions give the same bytes; other ones may differ in the last digits, and in keys of config.json that change nothing.
"""
import argparse
import contextlib
import copy
import json
import math
import pathlib
import unittest.mock
import zlib

import numpy
import peft
import PIL.Image
import scipy.stats
import torch
import transformers
from peft.utils import get_peft_model_state_dict
from safetensors.torch import save_file

SEED = 56
torch.set_num_threads(1)
transformers.utils.logging.disable_progress_bar()


def dice(*name) -> torch.Generator:
    """Random numbers of their own for everything that needs some: what is made does not depend on what was made before."""
    return torch.Generator().manual_seed(zlib.crc32(repr((SEED, *name)).encode()))


def normal(*shape: int, of: torch.Generator) -> torch.Tensor:
    return torch.randn(*shape, generator=of, dtype=torch.float64)


def write(path: pathlib.Path, value) -> None:
    """JSON with a line for every entry of an object and every object of a list; arrays of numbers stay on their line."""

    def text(value, indent: str) -> str:
        inner = indent + " "
        if isinstance(value, dict) and value:
            lines = [f"{inner}{json.dumps(key)}: {text(entry, inner)}" for key, entry in value.items()]
            return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
        if isinstance(value, list) and value and isinstance(value[0], dict):
            lines = [inner + json.dumps(entry, separators=(",", ":"), allow_nan=False) for entry in value]
            return "[\n" + ",\n".join(lines) + f"\n{indent}]"
        return json.dumps(value, separators=(",", ":"), allow_nan=False)

    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text(value, "") + "\n")


# ---------------------------------------------------------------------------------------------------------- objectives

VOCABULARY = 9
LONGEST = 3
GROUP = 3
LENGTHS = [3, 1, 2, 2, 1, 1, 1, 1, 1]
REDUCTIONS = [
    "token_sum", "token_mean", "sequence_mean_token_mean", "sequence_mean_token_sum", "sequence_mean_token_sum_norm"]
KINDS = ["reverse_kl", "forward_kl", "jsd/0.3", "jsd_normalised/0.3"]

# One response is a tensor of a row a token, without padding, and a batch is a list of them. A loss takes the student's
# log-probabilities as such a list.
Rows = list[torch.Tensor]


def listed(rows: Rows) -> list:
    return [row.tolist() for row in rows]


def reduced(losses: Rows, how: str) -> torch.Tensor:
    """One number of a loss a token: over all N tokens, or over each response and then over the S responses."""
    total = torch.stack([row.sum() for row in losses])
    length = torch.tensor([len(row) for row in losses], dtype=torch.float64)
    return {
        "token_sum": total.sum(),
        "token_mean": total.sum() / length.sum(),
        "sequence_mean_token_mean": (total / length).mean(),
        "sequence_mean_token_sum": total.mean(),
        "sequence_mean_token_sum_norm": total.mean() / LONGEST,
    }[how]


def divergence(kind: str, p: torch.Tensor, q: torch.Tensor) -> torch.Tensor:
    """A divergence of the student p and the teacher q, both in logarithms.

    JSD_β = β KL(q‖m) + (1−β) KL(p‖m) with m = βq + (1−β)p; normalised, it is divided by β(1−β), and its limits at β 0 and 1
    are the forward and the reverse KL divergence.
    """
    name, _, beta = kind.partition("/")
    if name == "reverse_kl" or kind == "jsd_normalised/1.0":
        return (p.exp() * (p - q)).sum()
    if name == "forward_kl" or kind == "jsd_normalised/0.0":
        return (q.exp() * (q - p)).sum()
    beta = float(beta)
    m = (beta * q.exp() + (1 - beta) * p.exp()).log()
    both = beta * (q.exp() * (q - m)).sum() + (1 - beta) * (p.exp() * (p - m)).sum()
    return both / (beta * (1 - beta)) if name == "jsd_normalised" else both


def supported(support: str, p: torch.Tensor, q: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Both distributions on a support such as `top2_union_tail`, in logarithms.

    `raw` leaves the other tokens out, `renormalised` makes the kept ones sum to 1, `tail` puts the others into one bucket.
    """
    if support == "full":
        return p, q
    best, owner, rest = support.split("_")
    k = int(best.removeprefix("top"))
    mine, theirs = (set(row.topk(k).indices.tolist()) for row in (p.detach(), q))
    tokens = {"student": mine, "teacher": theirs, "union": mine | theirs, "intersection": mine & theirs}[owner]
    others = sorted(set(range(VOCABULARY)) - tokens)
    kept = p[sorted(tokens)], q[sorted(tokens)]
    if rest == "renormalised" and tokens:
        kept = tuple(row - row.logsumexp(0) for row in kept)
    if rest == "tail" and others:
        kept = tuple(torch.cat([row, whole[others].logsumexp(0, keepdim=True)]) for row, whole in zip(kept, (p, q)))
    return kept


class Batch:
    """Responses in groups, and what four policies think of their tokens."""

    def __init__(self):
        def logits(name: str) -> Rows:
            of = dice("logits", name)
            return [1.5 * normal(length, VOCABULARY, of=of) for length in LENGTHS]

        self.student_logits, self.teacher_logits, self.reference_logits = map(logits, ("student", "teacher", "reference"))
        # The policy that sampled is the student of some updates ago.
        self.behaviour_logits = [row + 0.35 * step for row, step in zip(self.student_logits, logits("step"))]
        of = dice("tokens")
        self.tokens = [torch.multinomial(row.softmax(-1), 1, generator=of)[:, 0] for row in self.behaviour_logits]
        # A group of three different rewards, one of two, one of one.
        self.rewards = [0.15, 0.9, 0.475, 0.25, 0.25, 1.0, 0.5, 0.5, 0.5]
        self.teacher_rows = [row.log_softmax(-1) for row in self.teacher_logits]
        self.teacher, self.reference, self.behaviour = (
            self.sampled([row.log_softmax(-1) for row in rows])
            for rows in (self.teacher_logits, self.reference_logits, self.behaviour_logits))
        self.advantages = advantages(torch.tensor(self.rewards, dtype=torch.float64).view(-1, GROUP))

    def sampled(self, rows: Rows) -> Rows:
        """Log-probabilities of the tokens that were sampled."""
        return [row.gather(-1, tokens[:, None])[:, 0] for row, tokens in zip(rows, self.tokens)]

    def ratios(self, student: Rows) -> Rows:
        """ρ_t = π(y_t)/π_old(y_t)."""
        return [(own - old).exp() for own, old in zip(self.sampled(student), self.behaviour)]

    def opd(self, weight: float = 1) -> Rows:
        """Weighted advantages of on-policy distillation, log q(y_t) − log π_old(y_t)."""
        return [weight * (teacher - old) for teacher, old in zip(self.teacher, self.behaviour)]

    def of_group(self, name: str) -> Rows:
        """An advantage a response, at each of its tokens."""
        return [value.expand(length) for value, length in zip(self.advantages[name], LENGTHS)]

    def sides(self) -> int:
        """On how many of 14 sides some token is: beyond the bounds of three clips at 0.8 and 1.3 with A of either sign, beyond
        the dual bound, without an advantage. Only what lies there checks what a loss does there.
        """
        student = [row.log_softmax(-1) for row in self.student_logits]
        sequence = [(own - old).mean().exp() for own, old in zip(self.sampled(student), self.behaviour)]
        group = self.of_group("grpo_sample_std")
        pairs = [(torch.cat(self.ratios(student)), torch.cat(a)) for a in (self.opd(), group)]
        pairs.append((torch.stack(sequence), torch.stack([a[0] for a in group])))
        taken = [
            (beyond & (sign * a > 0)).any().item() for ratio, a in pairs for sign in (1, -1)
            for beyond in (ratio < 0.8, ratio > 1.3)]
        ratio, a = pairs[0]
        return sum(taken) + ((ratio > 2) & (a < 0)).any().item() + (pairs[2][1] == 0).any().item()

    def differentiated(self, loss) -> dict:
        """The value of a loss and its gradient in the student's logits."""
        leaves = [row.clone().requires_grad_() for row in self.student_logits]
        value = loss([row.log_softmax(-1) for row in leaves])
        value.backward()
        return {"value": value.item(), "gradient": listed([leaf.grad for leaf in leaves])}


def advantages(rewards: torch.Tensor) -> dict[str, torch.Tensor]:
    """Advantages of the GRPO family, by the name of the rule; a row of rewards a group."""
    mean = rewards.mean(1, keepdim=True)
    deviation = rewards.std(1, keepdim=True)
    others = (rewards.sum(1, keepdim=True) - rewards) / (GROUP - 1)
    rules = {
        "grpo_sample_std": (rewards - mean) / (deviation + 1e-4),
        "grpo_sample_std_eps0.05": (rewards - mean) / (deviation + 0.05),
        "dr_grpo": rewards - mean,
        "rloo": rewards - others,
        "reinforce++": (rewards - rewards.mean()) / (rewards.std() + 1e-4),
    }
    return {name: rule.flatten() for name, rule in rules.items()}


def k3(own: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    """e^−d − 1 + d of d = log π − log q."""
    return (other - own).exp() - 1 + own - other


def clipped(ratio: torch.Tensor, advantage: torch.Tensor, low: float, high: float, dual: float | None = None) -> torch.Tensor:
    """PPO's −min(ρA, clip(ρ)A); with a dual bound c, where A < 0, at most −cA."""
    surrogate = torch.minimum(ratio * advantage, ratio.clamp(1 - low, 1 + high) * advantage)
    if dual is None:
        return -surrogate
    return -torch.where(advantage < 0, surrogate.maximum(dual * advantage), surrogate)


def divergence_losses(batch: Batch) -> dict:
    """Exact divergences over every support."""

    def loss(kind: str, support: str, how: str):
        return lambda student: reduced([
            torch.stack([divergence(kind, *supported(support, p, q)) for p, q in zip(own, teacher)])
            for own, teacher in zip(student, batch.teacher_rows)], how)

    cases = [(kind, "full", "token_mean") for kind in KINDS + ["jsd/0.8", "jsd_normalised/0.0", "jsd_normalised/1.0"]]
    cases += [("reverse_kl", "full", how) for how in REDUCTIONS]
    owners, rests = ("student", "teacher", "union", "intersection"), ("raw", "renormalised", "tail")
    cases += [(kind, f"top2_{owner}_{rest}", "token_mean") for owner in owners for rest in rests for kind in KINDS[:2]]
    cases += [("jsd/0.3", f"top3_{owner}_{rest}", "token_mean") for owner, rest in zip(owners, rests + ("tail",))]
    # The best 9 are all there are.
    cases += [("reverse_kl", f"top{k}_union_{rest}", "token_sum") for k in (7, 9) for rest in rests[1:]]
    cases += [("jsd_normalised/0.3", "top1_student_tail", "sequence_mean_token_mean")]
    return {"/".join(case): loss(*case) for case in cases}


def distillation_losses(batch: Batch) -> dict:
    """What follows the teacher's log-probability of the sampled tokens alone."""
    losses = {}
    estimators = {"k1": lambda own, other: own - other, "k2": lambda own, other: (own - other) ** 2 / 2, "k3": k3}
    for (name, estimator), how in zip(estimators.items(), REDUCTIONS[1:]):
        losses[f"estimator_as_loss/{name}/{how}"] = lambda student, how=how, estimator=estimator: reduced(
            list(map(estimator, batch.sampled(student), batch.teacher)), how)
    for how in REDUCTIONS:
        losses[f"opd_importance_sampling/{how}"] = lambda student, how=how: reduced(
            [-ratio * a for ratio, a in zip(batch.ratios(student), batch.opd())], how)

    def current(student: Rows) -> torch.Tensor:
        now = [teacher - own.detach() for teacher, own in zip(batch.teacher, batch.sampled(student))]
        return reduced([-ratio * a for ratio, a in zip(batch.ratios(student), now)], "token_mean")

    def ppo(how: str, weight: float, *bounds: float):
        return lambda student: reduced(
            [clipped(ratio, a, *bounds) for ratio, a in zip(batch.ratios(student), batch.opd(weight))], how)

    losses["opd_current_logprob/token_mean"] = current
    losses["opd_ppo_clip/token_mean"] = ppo("token_mean", 1, 0.2, 0.2)
    losses["opd_ppo_clip/clip0.1_0.35/token_sum"] = ppo("token_sum", 1, 0.1, 0.35)
    # Under this name the advantages are four times the teacher's.
    losses["opd_dual_clip_2/token_mean"] = ppo("token_mean", 4, 0.2, 0.2, 2)
    losses["opd_dual_clip_1.25/clip0.2_0.28/sequence_mean_token_mean"] = ppo("sequence_mean_token_mean", 4, 0.2, 0.28, 1.25)
    return losses


def group_losses(batch: Batch) -> dict:
    """The GRPO family."""

    def ppo(rule: str, how: str, low: float, high: float, beta: float = 0, teacher: float = 0):
        def loss(student: Rows) -> torch.Tensor:
            both = [group + other for group, other in zip(batch.of_group(rule), batch.opd(teacher))]
            surrogate = [clipped(ratio, a, low, high) for ratio, a in zip(batch.ratios(student), both)]
            penalty = list(map(k3, batch.sampled(student), batch.reference))
            return reduced(surrogate, how) + beta * reduced(penalty, how)
        return loss

    def gspo(low: float, high: float, how: str):
        def loss(student: Rows) -> torch.Tensor:
            drifts = [(own - old).mean() for own, old in zip(batch.sampled(student), batch.behaviour)]
            ratios = [drift.exp().expand(length) for drift, length in zip(drifts, LENGTHS)]
            return reduced([clipped(*pair, low, high) for pair in zip(ratios, batch.of_group("grpo_sample_std"))], how)
        return loss

    def cispo(high: float, how: str):
        return lambda student: reduced([
            -ratio.detach().clamp(max=1 + high) * a * own for ratio, a, own in
            zip(batch.ratios(student), batch.of_group("grpo_sample_std"), batch.sampled(student))], how)

    def rloo(how: str):
        return lambda student: reduced(
            [-a * own for a, own in zip(batch.of_group("rloo"), batch.sampled(student))], how)

    each, norm = "sequence_mean_token_mean", "sequence_mean_token_sum_norm"
    return {
        f"grpo/{each}": ppo("grpo_sample_std", each, 0.2, 0.2),
        f"grpo/clip0.2_beta0.04/{each}": ppo("grpo_sample_std", each, 0.2, 0.2, 0.04),
        "grpo/clip0.1_0.3_beta0.5/token_mean": ppo("grpo_sample_std", "token_mean", 0.1, 0.3, 0.5),
        "dapo/clip0.2_0.28/token_mean": ppo("grpo_sample_std", "token_mean", 0.2, 0.28),
        f"dr_grpo/{norm}": ppo("dr_grpo", norm, 0.2, 0.2),
        f"dr_grpo/clip0.15_beta0.1/{norm}": ppo("dr_grpo", norm, 0.15, 0.15, 0.1),
        "gspo/clip3e-4_4e-4": gspo(3e-4, 4e-4, each),
        "gspo/clip0.2_0.3/token_mean": gspo(0.2, 0.3, "token_mean"),
        "cispo/clip_high0.28/token_mean": cispo(0.28, "token_mean"),
        f"cispo/clip_high0.1/{each}": cispo(0.1, each),
        "rloo/token_mean": rloo("token_mean"),
        "rloo/sequence_mean_token_sum": rloo("sequence_mean_token_sum"),
        "grpo_plus_teacher_0.5/clip0.2/token_mean": ppo("grpo_sample_std", "token_mean", 0.2, 0.2, teacher=0.5),
        f"grpo_plus_teacher_1.5/clip0.2_0.28_beta0.02/{each}": ppo("grpo_sample_std", each, 0.2, 0.28, 0.02, 1.5),
    }


def objectives() -> dict:
    batch = Batch()
    if batch.sides() < 14:
        raise SystemExit("reference-values: no token is beyond some bound of a clip, which would go unchecked: change SEED")
    losses = divergence_losses(batch) | distillation_losses(batch) | group_losses(batch)
    logits = {f"{name}_logits": getattr(batch, f"{name}_logits") for name in ("student", "teacher", "reference", "behaviour")}
    return {
        "B": len(LENGTHS), "T": LONGEST, "V": VOCABULARY, "group": GROUP, "lengths": LENGTHS,
        "tokens": listed(batch.tokens), "rewards": batch.rewards,
        **{name: listed(rows) for name, rows in logits.items()},
        "advantages": {name: values.tolist() for name, values in batch.advantages.items()},
        "cases": {name: batch.differentiated(loss) for name, loss in losses.items()},
    }


# ----------------------------------------------------------------------------------------------------------- keyframes


def apex_distillation(features: torch.Tensor, window: int, omega: float, ratio: float, pooled: bool, first: str) -> dict:
    """Temporal Apex Distillation of features by frame, token and channel: apexes count ω times, the best δF are kept."""
    rows = features.mean(1, keepdim=True) if pooled else features
    cosine = (rows[1:] * rows[:-1]).sum(-1) / (rows[1:].norm(dim=-1) * rows[:-1].norm(dim=-1))
    later = (1 - cosine).mean(-1).tolist()
    variation = [later[0] if first == "copy" else 0.0] + later
    frames = range(len(variation))
    around = [range(max(0, frame - window // 2), min(len(variation), frame + window // 2 + 1)) for frame in frames]
    # `max` takes the first of equals.
    peak = [max(around[frame], key=variation.__getitem__) == frame for frame in frames]
    score = [value * omega if apex else value for value, apex in zip(variation, peak)]
    if first == "keep":
        score[0] = math.inf
    count = max(1, math.floor(ratio * len(variation)))
    return {
        "window": window, "omega": omega, "ratio": ratio, "pooled": pooled, "first_frame": first, "variation": variation,
        "peak": peak, "selected": sorted(sorted(frames, key=lambda frame: -score[frame])[:count]),
    }


def keyframes() -> dict:
    """A video of four scenes, 18 frames of 2 × 4 features."""
    of = dice("video")
    scenes = 2.5 * normal(4, 2, 4, of=of)
    walk = (0.4 * normal(18, 2, 4, of=of)).cumsum(0)
    features = walk + scenes[torch.tensor([0] * 3 + [1] * 6 + [2] * 4 + [3] * 5)]
    settings = [(1, 1.0, 0.5), (3, 2.0, 0.25), (3, 3.0, 0.04), (5, 1.5, 0.25), (5, 2.0, 0.4), (7, 1.25, 0.7)]
    return {
        "features": features.tolist(),
        "cases": [
            apex_distillation(features, *setting, pooled, first)
            for setting in settings for pooled in (True, False) for first in ("zero", "copy", "keep")],
    }


# ------------------------------------------------------------------------------------------- optimizer and statistics


def optimizer() -> dict:
    """AdamW, its gradients clipped to a norm of 1; one of them is shorter than that already."""
    of = dice("optimizer")
    weights = normal(3, 2, of=of).requires_grad_()
    start = weights.detach().tolist()
    settings = {"lr": 0.02, "beta1": 0.9, "beta2": 0.95, "epsilon": 1e-8, "weight_decay": 0.1, "clip_norm": 1.0}
    adam = torch.optim.AdamW(
        [weights], lr=settings["lr"], betas=(settings["beta1"], settings["beta2"]), eps=settings["epsilon"],
        weight_decay=settings["weight_decay"])
    gradients, after = [], []
    for size in (3, 0.1, 2, 1):
        weights.grad = size * normal(3, 2, of=of)
        gradients.append(weights.grad.tolist())
        torch.nn.utils.clip_grad_norm_([weights], settings["clip_norm"])
        adam.step()
        after.append(weights.detach().tolist())
    return {**settings, "start": start, "gradients": gradients, "parameters_after": after}


def holm(values: list[float]) -> list[float]:
    """Holm's step-down: the i-th smallest p of m times m − i + 1, never less than one before it, at most 1."""
    adjusted, least = list(values), 0.0
    for place, index in enumerate(sorted(range(len(values)), key=values.__getitem__)):
        least = max(least, min(1.0, values[index] * (len(values) - place)))
        adjusted[index] = least
    return adjusted


def statistics() -> dict:
    """Twelve pairs; two numbers of each side are equal, so that ranks tie."""
    of = dice("statistics")
    x, y = 0.5 + 0.1 * normal(12, of=of), 0.56 + 0.12 * normal(12, of=of)
    x[4], y[7] = x[9], y[2]
    x, y = x.tolist(), y.tolist()
    p_values = (0.2 * torch.rand(6, generator=of, dtype=torch.float64)).tolist()
    return {
        "x": x, "y": y,
        "iqm_x": float(scipy.stats.trim_mean(x, 0.25)), "iqm_y": float(scipy.stats.trim_mean(y, 0.25)),
        "wilcoxon_exact_p": float(scipy.stats.wilcoxon(x, y, method="exact").pvalue),
        "paired_t_p": float(scipy.stats.ttest_rel(x, y).pvalue),
        "probability_of_improvement": sum((a < b) + (a == b) / 2 for a in x for b in y) / (len(x) * len(y)),
        "spearman": float(scipy.stats.spearmanr(x, y).statistic), "kendall_b": float(scipy.stats.kendalltau(x, y).statistic),
        "p_values": p_values, "holm": holm(p_values),
    }


# --------------------------------------------------------------------------------------------------- models, adapters

SHAPE = {
    "vocab_size": 24, "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 2, "num_attention_heads": 4,
    "num_key_value_heads": 2, "max_position_embeddings": 64, "rms_norm_eps": 1e-5, "bos_token_id": 1, "eos_token_id": 2,
    "tie_word_embeddings": False, "attn_implementation": "eager",
}
SCALED = {
    "rope_type": "llama3", "rope_theta": 10000.0, "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
    "original_max_position_embeddings": 32,
}
BRANCHES = [
    {"prompt": [7, 0, 19, 4, 4], "responses": [[11, 23], [3]]}, {"prompt": [22, 5, 1, 9, 14, 8, 20], "responses": [[6, 17, 2]]}]
GREEDY = 6


@contextlib.contextmanager
def exact():
    """transformers casts norms, rotary angles and attention to float32 by name; inside, that name means float64."""
    patch = unittest.mock.patch
    with patch.object(torch, "float32", torch.float64), patch.object(torch, "float", torch.float64), \
            patch.object(torch.Tensor, "float", torch.Tensor.double):
        yield


def randomise(parameters: dict[str, torch.Tensor], stored: torch.dtype, of: torch.Generator) -> None:
    """Weights that a file of the type holds exactly: norms near 1, biases near 0, matrices that keep the size of a row."""
    with torch.no_grad():
        for name, weight in parameters.items():
            values = normal(*weight.shape, of=of)
            if weight.dim() == 1:
                values = 0.2 * values + (0 if name.endswith("bias") else 1)
            elif "embed_tokens" not in name:
                values = 1.4 * values / math.sqrt(weight.numel() / weight.shape[0])
            weight.copy_(values.to(stored))


def made(config: transformers.PretrainedConfig, stored: torch.dtype, folder: pathlib.Path):
    """A model of random weights in float64, and its files."""
    with exact():
        model = transformers.AutoModelForCausalLM.from_config(config, dtype=torch.float64)
    parameters = dict(model.named_parameters())
    randomise(parameters, stored, dice("weights", folder.name))
    config.dtype, config.architectures = stored, [type(model).__name__]
    config.save_pretrained(folder)
    save(folder / "model.safetensors", parameters, stored)
    return model


def save(path: pathlib.Path, tensors: dict[str, torch.Tensor], stored: torch.dtype) -> None:
    save_file({name: tensor.detach().to(stored).contiguous() for name, tensor in tensors.items()}, path, {"format": "pt"})
    path.chmod(0o644)


def logits_of(model, tokens: list[int]) -> torch.Tensor:
    """A row a token: row t predicts token t + 1."""
    return model(torch.tensor([tokens]), use_cache=False).logits[0]


def continued(model, prompts: list[list[int]]) -> dict:
    """The most likely tokens, each chosen by a pass over everything before it."""
    continuations, margins = [], []
    for prompt in prompts:
        tokens, margin = list(prompt), math.inf
        for _ in range(GREEDY):
            best = logits_of(model, tokens)[-1].topk(2)
            margin = min(margin, (best.values[0] - best.values[1]).item())
            tokens.append(best.indices[0].item())
        continuations.append(tokens[len(prompt):])
        margins.append(margin)
    if min(margins) < 3e-4:
        raise SystemExit(f"reference-values: a greedy choice is nearly a tie, {min(margins)}: change SEED")
    return {"prompts": prompts, "continuations": continuations, "smallest_margin": margins}


def summary(tensor: torch.Tensor) -> dict:
    """A tensor whole, or every so many of its numbers, with sum and norm."""
    flat = tensor.detach().flatten()
    step = math.ceil(len(flat) / 10) | 1
    what = {"shape": list(tensor.shape), "sum": flat.sum().item(), "norm": flat.norm().item()}
    if step == 1:
        return what | {"values": flat.tolist()}
    indices = list(range(step // 2, len(flat), step))
    return what | {"indices": indices, "samples": flat[indices].tolist()}


def passed(model) -> dict:
    """Logits of the responses, log-probabilities, the mean loss a response token, its gradients, greedy continuations."""
    model.zero_grad()
    logits, rows, taken = [], [], []
    for branch in BRANCHES:
        logits.append([])
        for response in branch["responses"]:
            own = logits_of(model, branch["prompt"] + response)[len(branch["prompt"]) - 1:-1]
            logits[-1].append(own.tolist())
            rows.append(own)
            taken.append(torch.tensor(response))
    loss = torch.nn.functional.cross_entropy(torch.cat(rows), torch.cat(taken))
    loss.backward()

    def log_probabilities(temperature: float) -> list:
        found = iter([(own / temperature).log_softmax(-1).gather(-1, tokens[:, None])[:, 0].tolist()
                      for own, tokens in zip(rows, taken)])
        return [[next(found) for _ in branch["responses"]] for branch in BRANCHES]

    with torch.no_grad():
        greedy = continued(model, [branch["prompt"] for branch in BRANCHES])
    gradients = {name: summary(weight.grad) for name, weight in model.named_parameters() if weight.grad is not None}
    return {
        "branches": BRANCHES, "logits": logits, "loss": loss.item(),
        "log_probabilities": {str(temperature): log_probabilities(temperature) for temperature in (1.0, 0.7)},
        "gradients": gradients, "greedy": greedy,
    }


def agree(what: pathlib.Path, model, exact_logits: list) -> None:
    """The files, read and run by the libraries as they are, come near: they are the model that was run."""
    error = 0.0
    for branch, expected in zip(BRANCHES, exact_logits):
        for response, rows in zip(branch["responses"], expected):
            with torch.no_grad():
                own = logits_of(model, branch["prompt"] + response)[len(branch["prompt"]) - 1:-1]
            error = max(error, (own.double() - torch.tensor(rows, dtype=torch.float64)).abs().max().item())
    if not error < 1e-4:
        raise SystemExit(f"reference-values: {what} is off by {error} where its own library reads it in float32")


def read(folder: pathlib.Path):
    return transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager")


def hub(settings: dict) -> dict:
    """config.json as releases of transformers before 5 wrote it, and as most published models have it."""
    older = {key: value for key, value in settings.items() if key not in ("dtype", "layer_types", "rope_parameters")}
    rotary = dict(settings["rope_parameters"])
    older["rope_theta"] = rotary.pop("rope_theta")
    older["rope_scaling"] = None if rotary["rope_type"] == "default" else rotary
    older["torch_dtype"] = settings["dtype"]
    return older


def models(folder: pathlib.Path) -> dict:
    """A folder for each architecture; the models by their names."""
    families = {
        "llama": (transformers.LlamaConfig(**SHAPE, head_dim=6, rope_parameters=SCALED), torch.float32),
        "mistral": (transformers.MistralConfig(**SHAPE, head_dim=4, sliding_window=3), torch.bfloat16),
        "qwen2": (
            transformers.Qwen2Config(
                **SHAPE | {"tie_word_embeddings": True}, use_sliding_window=True, sliding_window=4, max_window_layers=1),
            torch.bfloat16),
        "qwen3": (transformers.Qwen3Config(**SHAPE, head_dim=8), torch.float16),
    }
    result = {}
    for name, (config, stored) in families.items():
        result[name] = made(config, stored, folder / name)
        with exact():
            values = passed(result[name])
        write(folder / name / "golden.json", values)
        write(folder / name / "config.hub.json", hub(json.loads((folder / name / "config.json").read_text())))
        agree(folder / name, read(folder / name), values["logits"])
    return result


def adapter(settings: peft.LoraConfig, folder: pathlib.Path, base: pathlib.Path, model) -> None:
    """An adapter of random factors on a copy of a model: beside the weights, and merged into them."""
    with exact():
        adapted = peft.get_peft_model(copy.deepcopy(model), settings, autocast_adapter_dtype=False)
    factors = {name: weight for name, weight in adapted.named_parameters() if weight.requires_grad}
    randomise(factors, torch.float32, dice("adapter", folder.name))
    save_adapter(adapted, folder, base)
    with exact():
        values = passed(adapted)
    # peft names a factor by its adapter, too; a file holds one adapter and leaves that out.
    values["gradients"] = {name.replace(".default.", "."): value for name, value in values["gradients"].items()}
    values["base"] = f"models/{base.name}"
    values["scaling"] = {
        name.removeprefix("base_model.model."): module.scaling["default"] for name, module in adapted.named_modules()
        if isinstance(module, peft.tuners.lora.LoraLayer)}
    with exact():
        merged = adapted.merge_and_unload()
    weights = [f"{module}.weight" for module in values["scaling"]]
    values["merged"] = {"weights": {name: summary(merged.get_parameter(name)) for name in weights}}
    write(folder / "golden.json", values)
    agree(folder, peft.PeftModel.from_pretrained(read(base), folder), values["logits"])


def save_adapter(adapted: peft.PeftModel, folder: pathlib.Path, base: pathlib.Path) -> None:
    adapted.peft_config["default"].save_pretrained(folder)
    save(folder / "adapter_model.safetensors", get_peft_model_state_dict(adapted, save_embedding_layers=False), torch.float32)
    # What peft has as a set is written in another order every time.
    settings = json.loads((folder / "adapter_config.json").read_text())
    settings |= {
        "base_model_name_or_path": f"../../models/{base.name}", "target_modules": sorted(settings["target_modules"])}
    write(folder / "adapter_config.json", dict(sorted(settings.items())))


def adapters(folder: pathlib.Path, base: pathlib.Path, model) -> None:
    """One on a few modules; one on all, whose ranks and scalings differ."""
    few = peft.LoraConfig(task_type="CAUSAL_LM", r=2, lora_alpha=3, target_modules=["q_proj", "v_proj", "down_proj"])
    every = peft.LoraConfig(
        task_type="CAUSAL_LM", r=3, lora_alpha=2, use_rslora=True,
        target_modules=["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"],
        rank_pattern={r"layers\.0\.self_attn\.q_proj": 1}, alpha_pattern={"up_proj": 4})
    adapter(few, folder / "few", base, model)
    adapter(every, folder / "every-rslora", base, model)


def tied(folder: pathlib.Path) -> None:
    """A Llama with tied embeddings in the older layout: every token but the first of a row is predicted."""
    config = transformers.LlamaConfig(**SHAPE | {"num_hidden_layers": 1, "tie_word_embeddings": True})
    model = made(config, torch.float32, folder)
    tokens = torch.randint(SHAPE["vocab_size"], (2, 6), generator=dice("tied"))
    with exact():
        out = model(tokens, labels=tokens, use_cache=False)
        out.loss.backward()
        with torch.no_grad():
            greedy = continued(model, tokens[:, :3].tolist())
    gradients = {name: weight.grad.flatten() for name, weight in model.named_parameters()}
    write(folder / "golden.json", {
        "input_ids": tokens.tolist(), "logits": out.logits.tolist(), "next_token_loss": out.loss.item(),
        "gradients": {
            name: {
                "shape": list(model.get_parameter(name).shape), "sum": flat.sum().item(), "norm": flat.norm().item(),
                "first16": flat[:16].tolist()}
            for name, flat in gradients.items()},
    })
    generated = [prompt + more for prompt, more in zip(greedy["prompts"], greedy["continuations"])]
    write(folder / "greedy.json", {"prompt": greedy["prompts"], "generated": generated})


# -------------------------------------------------------------------------------------------------------------- vision

# Wider and higher than the processor's sides, so that what is left over is cut off on either; one side is odd.
PICTURES = {"wide": (31, 18), "tall": (17, 40)}
CROP = {"size": {"shortest_edge": 11}, "crop_size": {"height": 8, "width": 8}}
TOWER = {
    "hidden_size": 8, "intermediate_size": 12, "num_hidden_layers": 2, "num_attention_heads": 2, "image_size": 8,
    "patch_size": 4, "projection_dim": 6}


def pixels(array: numpy.ndarray) -> dict:
    """An array of pixels by its checksum, and every so many of its numbers."""
    flat = array.flatten()
    indices = list(range(7, len(flat), len(flat) // 16))
    return {
        "shape": list(array.shape), "sum": float(flat.astype(numpy.float64).sum()), "crc32": zlib.crc32(flat.tobytes()),
        "indices": indices, "samples": [float(flat[index]) for index in indices]}


def pictures(folder: pathlib.Path) -> dict[str, PIL.Image.Image]:
    """Coloured noise on a slope, written as PNG."""
    result = {}
    (folder / "images").mkdir(parents=True, exist_ok=True)
    for name, (width, height) in PICTURES.items():
        noise = torch.randint(-60, 60, (height, width, 3), generator=dice("picture", name)).numpy()
        slope = numpy.linspace(0, 255, width)[None, :, None] + numpy.array([0, 40, -40])
        image = PIL.Image.fromarray((slope + noise).clip(0, 255).astype(numpy.uint8))
        image.save(folder / "images" / f"{name}.png", optimize=True)
        result[name] = image
    return result


def vision(folder: pathlib.Path) -> None:
    images = pictures(folder)
    processor = transformers.CLIPImageProcessorPil(**CROP)
    settings = {key: value for key, value in processor.to_dict().items() if value is not None}

    def processed(image, **options) -> numpy.ndarray:
        return processor(image, return_tensors="np", **options)["pixel_values"][0]

    write(folder / "preprocessing.json", {
        "rgb": {name: pixels(numpy.asarray(image)) for name, image in images.items()},
        "pillow_resize_width_x_height": {},
        "processors": {"clip": {"processor": "CLIPImageProcessor", "settings": settings, "images": {
            name: {
                "pixel_values": pixels(processed(image)),
                "resized_before_rescaling_as_uint8":
                    pixels(processed(image, do_rescale=False, do_normalize=False).astype(numpy.uint8))}
            for name, image in images.items()}}}})
    values = torch.tensor(numpy.stack([processed(image) for image in images.values()]))
    whole = transformers.CLIPConfig(
        vision_config=TOWER, projection_dim=TOWER["projection_dim"], text_config={
            "hidden_size": 4, "intermediate_size": 4, "num_hidden_layers": 1, "num_attention_heads": 1, "vocab_size": 6,
            "max_position_embeddings": 4, "eos_token_id": 5, "bos_token_id": 4, "pad_token_id": 5})
    tower(folder / "clip", transformers.CLIPModel, whole, values)
    tower(folder / "clip-alone", transformers.CLIPVisionModel, transformers.CLIPVisionConfig(
        **TOWER | {"hidden_act": "gelu", "num_hidden_layers": 1}), values)
    processor.save_pretrained(folder / "clip")


def tower(folder: pathlib.Path, kind: type, config, values: torch.Tensor) -> None:
    """A tower of random weights: its states, its row a picture, and the gradients of both their mean squares."""
    with exact():
        model = kind._from_config(config, dtype=torch.float64, attn_implementation="eager")
    # CLIP's scale of logits is a number alone, and enters no tower.
    weights = {name: weight for name, weight in model.named_parameters() if weight.dim()}
    randomise(weights, torch.float32, dice("weights", "vision", folder.name))
    model.save_pretrained(folder)
    settings = folder / "config.json"
    settings.write_text(settings.read_text().replace("float64", "float32"))
    save(folder / "model.safetensors", model.state_dict(), torch.float32)
    save(folder / "inputs.safetensors", {"pixel_values": values}, torch.float32)

    def seen(model, values: torch.Tensor) -> tuple:
        states = getattr(model, "vision_model", model)(values)
        if not hasattr(model, "visual_projection"):
            return states.last_hidden_state, states.pooler_output, None
        return states.last_hidden_state, states.pooler_output, model.visual_projection(states.pooler_output)

    with exact():
        hidden, pooled, projected = seen(model, values.double())
        rows = pooled if projected is None else projected
        loss = hidden.square().mean() + rows.square().mean()
        loss.backward()
    # A key's bias moves all scores of a query alike: its gradient is 0, and what rounding leaves of it is nobody's reference.
    gradients = {
        name: summary(weight.grad) for name, weight in model.named_parameters()
        if weight.grad is not None and not name.endswith("k_proj.bias")}
    write(folder / "golden.json", {
        "last_hidden_state": hidden.tolist(),
        **({"pooler_output": pooled.tolist()} if projected is None else {"image_embeds": projected.tolist()}),
        "loss": loss.item(), "gradients": gradients})
    own = kind.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager")
    with torch.no_grad():
        read_back = seen(own, values)[2 if projected is not None else 1]
        if projected is not None:
            features = own.get_image_features(values)
            read_back = getattr(features, "pooler_output", features)
    error = (read_back.double() - rows).abs().max().item()
    if not error < 1e-4:
        raise SystemExit(f"reference-values: {folder} is off by {error} where its own library reads it in float32")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path, help="where the values are written; files there are replaced")
    folder = parser.parse_args().folder
    for make in (objectives, keyframes, optimizer, statistics):
        write(folder / f"{make.__name__}.json", make())
    tied(folder / "llama")
    adapters(folder / "lora", folder / "models" / "llama", models(folder / "models")["llama"])
    vision(folder / "vision")


if __name__ == "__main__":
    main()
