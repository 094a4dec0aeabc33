#!/usr/bin/env python3
"""A model of SmolVLM-256M's shape and random weights answers over eight frames: `opd model chat` in turn with transformers.

    PYTHON benchmarks/picture_peer.py make FOLDER              the checkpoint (1 GB), its tokenizer, and eight pictures
    PYTHON benchmarks/picture_peer.py compare FOLDER --opd .build/release/opd --threads 2 --rounds 3

PYTHON has torch, transformers, tokenizers and pillow. No published weights are needed: the time of neither depends on what is said. Both read
the same files, show each frame as one tile of 512 × 512 (64 rows of the decoder), and write 32 tokens greedily, in single precision; whether
these are the same text is said, too. Frames are made ready, looked at and read anew for every question, loading is told apart. A figure is
the median of the rounds; processor seconds are those of the whole process, loading included.
"""
import argparse, json, os, pathlib, random, re, statistics, subprocess, sys, time

QUESTION = "What happens in these frames?"
TOKENS, FRAMES = 32, 8


def make(folder: pathlib.Path) -> None:
    import torch
    from PIL import Image
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import SmolVLMConfig, SmolVLMForConditionalGeneration

    torch.manual_seed(0)
    dice = random.Random(0)
    folder.mkdir(parents=True, exist_ok=True)
    special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<image>", "<fake_token_around_image>", "<global-img>", "<end_of_utterance>"]
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    tokenizer.decoder = decoders.ByteLevel()
    words = ["".join(dice.choice("bcdfghklmnprstvwz") + dice.choice("aeiou") for _ in range(dice.randint(2, 5))) for _ in range(60_000)]
    tokenizer.train_from_iterator([" " + word for word in words], trainers.BpeTrainer(
        vocab_size=49_280, special_tokens=special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    count = tokenizer.get_vocab_size()
    if count != 49_280:
        sys.exit(f"the tokenizer has {count} tokens")
    tokenizer.save(str(folder / "tokenizer.json"))
    number = {name: tokenizer.token_to_id(name) for name in special}
    model = SmolVLMForConditionalGeneration(SmolVLMConfig(
        vision_config=dict(hidden_size=768, intermediate_size=3072, num_hidden_layers=12, num_attention_heads=12, image_size=512,
                           patch_size=16),
        text_config=dict(model_type="llama", vocab_size=count, hidden_size=576, intermediate_size=1536, num_hidden_layers=30,
                         num_attention_heads=9, num_key_value_heads=3, max_position_embeddings=8192, rms_norm_eps=1e-5,
                         rope_theta=100_000.0, pad_token_id=2, bos_token_id=1, eos_token_id=number["<end_of_utterance>"]),
        scale_factor=4, image_token_id=number["<image>"], pad_token_id=2, tie_word_embeddings=False)).float()
    model.generation_config.eos_token_id = number["<end_of_utterance>"]
    model.save_pretrained(folder)
    (folder / "preprocessor_config.json").write_text(json.dumps(dict(
        image_processor_type="SmolVLMImageProcessor", do_image_splitting=False, size=dict(longest_edge=512),
        max_image_size=dict(longest_edge=512), resample=1, image_mean=[0.5] * 3, image_std=[0.5] * 3)))
    for frame in range(FRAMES):
        image = Image.new("RGB", (512, 288))
        image.putdata([(x // 2 % 256, (y + 30 * frame) % 256, (x * y // 64 + 40 * frame) % 256) for y in range(288) for x in range(512)])
        image.save(folder / f"frame-{frame}.png")
    print(f"{sum(weight.numel() for weight in model.parameters()) / 1e6:.0f} million weights in {folder}")


def peer(folder: pathlib.Path, threads: int) -> None:
    """The rival: one question, and its figures as a line of JSON."""
    start = time.perf_counter()
    import numpy
    import torch
    from PIL import Image
    from tokenizers import Tokenizer
    from transformers import SmolVLMForConditionalGeneration

    torch.set_num_threads(threads)
    model = SmolVLMForConditionalGeneration.from_pretrained(folder, dtype=torch.float32).eval()
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    loaded = time.perf_counter()
    images = [Image.open(folder / f"frame-{frame}.png") for frame in range(FRAMES)]
    # What SmolVLM's processor makes of a frame that is one tile; the processor itself asks for torchvision.
    tiles = [numpy.asarray(image.convert("RGB").resize((512, 512), Image.Resampling.LANCZOS)) for image in images]
    pixels = torch.tensor(numpy.stack(tiles)).permute(0, 3, 1, 2)[None].float() / 127.5 - 1
    shown = "<fake_token_around_image><global-img>" + "<image>" * 64 + "<fake_token_around_image>"
    ids = tokenizer.encode(f"<|im_start|>User:{shown * FRAMES}{QUESTION}<end_of_utterance>\nAssistant:").ids
    with torch.no_grad():
        looked = time.perf_counter()
        rows = model.model.get_image_features(pixels)
        rows = getattr(rows, "pooler_output", rows)
        seen = time.perf_counter()
        out = model.generate(
            input_ids=torch.tensor([ids]), attention_mask=torch.ones(1, len(ids), dtype=torch.long), image_hidden_states=rows,
            do_sample=False, min_new_tokens=TOKENS, max_new_tokens=TOKENS, pad_token_id=2)
    end = time.perf_counter()
    print(json.dumps(dict(
        load=loaded - start, tower=seen - looked, answer=end - seen, question=end - loaded, prompt=len(ids),
        text=tokenizer.decode(out[0, len(ids):].tolist(), skip_special_tokens=False))))


def timed(command: list[str], question: str | None = None) -> tuple[str, str, dict]:
    """A program's output, what it says beside, and what it took."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, err = process.stdout, process.stderr
    process.stdin.write((question or "").encode() + b"\n")
    process.stdin.close()
    text, said = out.read().decode(), err.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{command[0]} ended with status {process.returncode}: {said}")
    return text, said, dict(
        wall=time.perf_counter() - start, cpu=usage.ru_utime + usage.ru_stime, memory=usage.ru_maxrss / 1e3)


def compare(folder: pathlib.Path, opd: str, threads: int, rounds: int) -> None:
    chat = [opd, "model", "chat", str(folder), "--times", "--threads", str(threads), "--maximum-tokens", str(TOKENS)]
    for frame in range(FRAMES):
        chat += ["--picture", str(folder / f"frame-{frame}.png")]
    rival = [sys.executable, __file__, "peer", str(folder), "--threads", str(threads)]
    figures = {"opd": [], "transformers": []}
    for number in range(rounds):
        text, said, took = timed(chat, QUESTION)
        seconds = [float(value) for value in re.findall(r"([0-9.]+) s\b", said)]
        figures["opd"].append(took | dict(zip(("pixels", "tower", "read", "written"), seconds)))
        figures["opd"][-1]["question"] = sum(seconds)
        other, _, took = timed(rival)
        line = json.loads(other.strip().splitlines()[-1])
        figures["transformers"].append(took | line)
        print(f"round {number + 1}: same text: {line.pop('text').strip() == text.strip()}; opd says: {said.strip()}", file=sys.stderr)
    for what, unit in [("question", "s"), ("tower", "s"), ("wall", "s"), ("cpu", "s"), ("memory", "MB")]:
        own, other = ([run[what] for run in figures[name]] for name in ("opd", "transformers"))
        ratio = statistics.median(b / a for a, b in zip(own, other))
        print(f"{what:9} opd {statistics.median(own):9.2f} {unit:2} transformers {statistics.median(other):9.2f} {unit:2} ratio {ratio:.2f}")


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("what", choices=["make", "peer", "compare"])
parser.add_argument("folder", type=pathlib.Path)
parser.add_argument("--opd", default=".build/release/opd")
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--rounds", type=int, default=3)
options = parser.parse_args()
if options.what == "make":
    make(options.folder)
elif options.what == "peer":
    peer(options.folder, options.threads)
else:
    compare(options.folder, options.opd, options.threads, options.rounds)
