#!/usr/bin/env python3
"""The rival in TRL: whole training steps of its DistillationTrainer and its GRPOTrainer at the sizes of `opd bench`.

    pip install torch transformers trl            # once, into an environment of its own
    opd bench --phases opd_full_step,grpo_step --against 'python3 benchmarks/trl_peer.py --threads 2'

Prints one JSON line a phase, as `opd bench --against` reads it: median milliseconds from the beginning of a step to its end,
logging and the loading of data left out.

    opd_full_step  DistillationTrainer: the student's own answers, the teacher's and the student's pass over them, the
                   reverse KL divergence over the whole vocabulary (its default, beta 1), AdamW
    grpo_step      GRPOTrainer: the student's answers, a reference's pass, the clipped loss with the penalty (beta .04), AdamW

Nothing is downloaded: student and teacher are Llama models with random weights, the tokenizer is a list of words, prompts are random
words (as many as `opd bench` has feature rows and words) and the reward is random. fp32 on the processor. Where TRL's
defaults would cost it time here (activations computed twice, logging, saving) they are off.
"""
import argparse, json, logging, os, statistics, tempfile, time, warnings

SIZES = dict(prompts=8, group=8, frames=48, query=16, gen=12, vocab=512, layers=4, dim=256, heads=8, kv=4, ffn=688,
             t_layers=6, t_dim=384, t_heads=8, t_kv=4, t_ffn=1024, threads=2, seed=0, warmup=1, reps=5)
p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
for name, value in SIZES.items():
    p.add_argument("--" + name.replace("_", "-"), type=int, default=value)
p.add_argument("--phases", default="opd_full_step,grpo_step")
p.add_argument("--beta", type=float, default=.04, help="weight of GRPO's penalty; 0, TRL's default, needs no reference")
p.add_argument("--checkpointing", action="store_true", help="compute activations twice to save memory, TRL's default")
a = p.parse_args()
os.environ.update(OMP_NUM_THREADS=str(a.threads), HF_HUB_OFFLINE="1", TRANSFORMERS_VERBOSITY="error", TOKENIZERS_PARALLELISM="false",
                  HF_DATASETS_DISABLE_PROGRESS_BARS="1", TRL_EXPERIMENTAL_SILENCE="1", CUDA_VISIBLE_DEVICES="")
warnings.simplefilter("ignore")

import torch, transformers, trl
from datasets import Dataset
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast, TrainerCallback
from transformers.trainer_callback import PrinterCallback

logging.disable(logging.WARNING)
transformers.utils.logging.disable_progress_bar()
torch.set_num_threads(a.threads)
torch.manual_seed(a.seed)
LENGTH, ROWS = a.frames + a.query, a.prompts * a.group


def words():
    """A tokenizer of whole words, the last two of which end and pad."""
    names = [f"w{i}" for i in range(a.vocab - 2)] + ["</s>", "<pad>"]
    plain = Tokenizer(models.WordLevel({n: i for i, n in enumerate(names)}, unk_token="w0"))
    plain.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    return PreTrainedTokenizerFast(tokenizer_object=plain, eos_token="</s>", pad_token="<pad>", padding_side="left")


def decoder(layers, dim, heads, kv, ffn):
    """A Llama model with random weights and tied embeddings."""
    return LlamaForCausalLM(LlamaConfig(
        vocab_size=a.vocab, hidden_size=dim, intermediate_size=ffn, num_hidden_layers=layers, num_attention_heads=heads,
        num_key_value_heads=kv, max_position_embeddings=LENGTH + a.gen, tie_word_embeddings=True, rms_norm_eps=1e-5,
        bos_token_id=None, eos_token_id=a.vocab - 2, pad_token_id=a.vocab - 1))


class Clock(TrainerCallback):
    """Milliseconds of each step; what the data loader did before it is not counted."""
    def __init__(self): self.ms = []
    def on_step_begin(self, *_, **__): self.start = time.perf_counter()
    def on_step_end(self, *_, **__): self.ms.append((time.perf_counter() - self.start) * 1e3)


def settings(folder, **more):
    """What both trainers are told alike: one batch of all answers a step, constant rate, nothing written."""
    return dict(
        output_dir=folder, max_steps=a.warmup + a.reps, per_device_train_batch_size=ROWS, gradient_accumulation_steps=1,
        learning_rate=1e-4, lr_scheduler_type="constant", max_completion_length=a.gen, temperature=1.0, use_cpu=True, bf16=False,
        gradient_checkpointing=a.checkpointing, logging_strategy="no", save_strategy="no", report_to="none", disable_tqdm=True,
        seed=a.seed, **more)


def prompts(copies):
    g = torch.Generator().manual_seed(a.seed)
    steps = a.warmup + a.reps + 1
    texts = [" ".join(f"w{i}" for i in row) for row in torch.randint(a.vocab - 2, (a.prompts * steps, LENGTH), generator=g).tolist()]
    return Dataset.from_dict({"prompt": [t for t in texts for _ in range(copies)]})


def distillation(folder, clock):
    # It answers each row of the data once: a group is so many rows alike, next to each other.
    return trl.DistillationTrainer(
        model=decoder(a.layers, a.dim, a.heads, a.kv, a.ffn), teacher_model=decoder(a.t_layers, a.t_dim, a.t_heads, a.t_kv, a.t_ffn),
        args=trl.DistillationConfig(**settings(folder, shuffle_dataset=False)), train_dataset=prompts(a.group),
        processing_class=words(), callbacks=[clock])


def random_reward(completions, **_): return torch.rand(len(completions)).tolist()


def grpo(folder, clock):
    return trl.GRPOTrainer(
        model=reloadable(folder), reward_funcs=random_reward,
        args=trl.GRPOConfig(**settings(folder, num_generations=a.group, beta=a.beta)), train_dataset=prompts(1),
        processing_class=words(), callbacks=[clock])


def reloadable(folder):
    """A student that the trainer can load once more from disk as its reference."""
    decoder(a.layers, a.dim, a.heads, a.kv, a.ffn).save_pretrained(folder + "/student")
    words().save_pretrained(folder + "/student")
    return folder + "/student"


def main():
    for phase in a.phases.split(","):
        clock = Clock()
        with tempfile.TemporaryDirectory() as folder:
            trainer = {"opd_full_step": distillation, "grpo_step": grpo}[phase](folder, clock)
            trainer.remove_callback(PrinterCallback)
            trainer.train()
        ms = clock.ms[a.warmup:]
        m = statistics.median(ms)
        print(json.dumps(dict(
            peer="trl", version=trl.__version__, transformers=transformers.__version__, torch=torch.__version__, phase=phase,
            trainer=type(trainer).__name__, threads=a.threads, ms=round(m, 1), ms_min=round(min(ms), 1),
            tokens_per_s=round(ROWS * a.gen / m * 1e3), parameters=sum(q.numel() for q in trainer.model.parameters()))), flush=True)


if __name__ == "__main__":
    main()
