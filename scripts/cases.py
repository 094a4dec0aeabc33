#!/usr/bin/env python3
"""Carries out every case of a folder of cases with a given `opd`, and says which come out right.

    cases.py --opd PATH --cases FOLDER [--data FOLDER] [--only WORD]

Prints a table in Markdown, a line a case: what was run, what is right, what came out, the verdict. Ends with status 1 if
any case is wrong. Inputs are copied to a temporary folder first; nothing is written beside them. `--data` is the folder with
salads50 and videos; without it the cases that need them are skipped.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True

RAW = re.compile(r"NSCocoa|NSURL|NSPOSIX|DecodingError|Fatal error|Swift\.|Optional\(|\.swift:\d+|Backtrace")
# A sentence on what happened, and one on what to do.
SENTENCES = re.compile(r"^error: .+[.!?] .+[.!?]$", re.DOTALL)


class Came:
    """What a command left."""

    def __init__(self, status, out, err, seconds, left):
        self.status, self.out, self.err, self.seconds, self.left = status, out, err, seconds, left

    @property
    def brief(self):
        said = (self.err or self.out).strip().replace("\n", " ").replace("|", "\\|")
        return f"status {self.status}: {said[:300]}"


class Wrong(Exception):
    """Why a case did not come out right."""


class Skipped(Exception):
    """Why a case cannot be run here."""


class Bench:
    """A copy of the inputs, and the program that is tried on it."""

    def __init__(self, opd, cases, data, folder):
        self.opd, self.cases, self.data, self.folder = opd, cases, data, folder
        self.runs = 0

    def opd_run(self, *arguments, out=None, at=None, limit=60, variables=None):
        """Runs the program in the copy; `out` is removed before and looked at afterwards."""
        if out:
            shutil.rmtree(self.folder / out, ignore_errors=True)
            arguments += ("--out", str(self.folder / out))
        began = time.monotonic()
        try:
            done = subprocess.run(
                [self.opd, *arguments], cwd=at or self.folder, capture_output=True, timeout=limit,
                # What a crash writes about itself can hang, and is not looked at.
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "SWIFT_BACKTRACE": "enable=no", **(variables or {})})
            status, texts = done.returncode, (done.stdout, done.stderr)
        except subprocess.TimeoutExpired as late:
            status, texts = "none (too late)", (late.stdout or b"", late.stderr or b"")
        texts = [text.decode(errors="replace") for text in texts]
        left = bool(out) and (self.folder / out).exists()
        return Came(status, *texts, time.monotonic() - began, left)

    def need(self, *parts):
        path = self.data and self.data.joinpath(*parts)
        if not path or not path.exists():
            raise Skipped("needs --data")
        return str(path)

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return name

    def world(self, name):
        """A folder of data in the layout of QVHighlights, exported from the built-in world."""
        self.write("world.yaml", "data: {world: {videos: 24, devVideos: 6, queriesPerVideo: 2, frames: 24}}\n")
        fine(self.opd_run("data", "export", "world.yaml", out=name))
        return self.folder / name


def fine(came):
    if came.status != 0:
        raise Wrong(came.brief)
    return came


def refused(came, *words, status=(2, 64), never=()):
    """Checks that a command ended in two sentences that contain some words, and left nothing."""
    if came.status not in status:
        raise Wrong(came.brief)
    said = came.err.split("\nUsage:")[0].strip()
    if "Usage:" not in came.err and not SENTENCES.match(said):
        raise Wrong("not two sentences; " + came.brief)
    if RAW.search(came.err):
        raise Wrong("raw; " + came.brief)
    for word in words:
        if not re.search(word, said):
            raise Wrong(f"without '{word}'; " + came.brief)
    for word in never:
        if re.search(word, said):
            raise Wrong(f"with '{word}'; " + came.brief)
    if came.left:
        raise Wrong("something was left; " + came.brief)
    return came


CASES = []


def case(name, command, right):
    """Registers a check; it returns what came out, or raises `Wrong`."""

    def register(check):
        CASES.append((name, command, right, check))
        return check

    return register


def refusal(name, command, right, *words, out=None, at=None, status=(2, 64), never=(), limit=60):
    """Registers a command that has to be refused."""

    def check(bench):
        arguments = [part.replace("@", str(bench.folder) + "/") for part in command]
        return refused(
            bench.opd_run(*arguments, out=out, at=at and bench.folder / at, limit=limit),
            *words, status=status, never=never)

    CASES.append((name, "opd " + " ".join(command).replace("@", ""), right, check))


USAGE = (64,)
WHOLE = (r"cut short",)  # No file of these is cut short.


# Settings of another type, and features that cannot be right.

@case("csp", "opd compare-keyframes … --selectors uniform --budgets 30 --reader", "mIoU .600 twice")
def _(bench):
    for kind in ["number", "text"]:
        data = "{qvhighlights: {path: csp/%s}}" % kind
        came = fine(bench.opd_run("compare-keyframes", data, "--selectors", "uniform", "--budgets", "30",
                                  "--reader", "--quiet"))
        if not re.search(r"uniform +30 .* 0\.600 ", came.out):
            raise Wrong(f"csp/{kind}: " + came.brief)
    return came


def imported(bench, train, features, *more):
    return bench.opd_run("data", "import", "--train", train, "--dev", "imp/dev.txt", "--features", features,
                         *more, out="imported")


@case("h5/h30-attr-float", "opd data import", "1 s a clip")
def _(bench):
    train = bench.write("train.txt", "AO8RW 0.0 6.9##a person.\n")
    came = fine(imported(bench, train, "h5/h30-attr-float.h5"))
    if not re.search(r"seconds of a video +31 +31", came.out):
        raise Wrong(came.brief)
    return came


refusal("h5/f1-abc", ["keyframes", "h5/f1-abc.feat.h5", "--selector", "uniform", "--budget", "3"], "a sentence",
        "clip_seconds", "abc", never=WHOLE)


@case("h5/h49-unwritten", "opd data import", "counted or refused")
def _(bench):
    train = bench.write("train.txt", "AO8RW 0.0 6.9##a person.\n")
    return refused(imported(bench, train, "h5/h49-unwritten.h5"), "AO8RW", "never written")


@case("h5/h05-lzf", "opd data import", "packed with lzf, write it again with gzip")
def _(bench):
    train = bench.write("train.txt", "AO8RW 0.0 6.9##a person.\n")
    return refused(imported(bench, train, "h5/h05-lzf.h5"), "packed with lzf", "again with gzip", never=WHOLE)


for video in ["d1-video-200s-features-30s", "d2-video-10s-features-30s"]:
    stated = video.split("-")[2][:-1]

    @case(f"dur/{video[:2]}", f"opd data show dur/{video}.yaml", "both durations named")
    def _(bench, video=video, stated=stated):
        bench.write(f"dur/{video}.yaml", "data: {qvhighlights: {path: %s}}\n" % video)
        return refused(bench.opd_run("data", "show", video + ".yaml", at=bench.folder / "dur"),
                       rf"\b{stated}\.0 s", r"\b30\.0 s", "'a'.*'b'")


# Labels of sweeps.

refusal("sweep/two", ["sweep", "sweep/two.yaml", "keyframes.budget=2"], "refused with the cause",
        "keyframes.budget=2", out="o", status=USAGE)
refusal("sweep/seedaxis", ["sweep", "sweep/seedaxis.yaml", "seed=1,2,3"], "refused with the cause", "'?seeds'?",
        out="o", status=USAGE)
refusal("sweep/caseover", ["sweep", "sweep/caseover.yaml"], "refused with the cause ('set')",
        "one configuration", "'set'", out="o", status=USAGE)
refusal("crash/case-collision", ["sweep", "crash/case-collision.yaml"], "refused", r"\./a", out="o", status=USAGE)

# Numbers without ranges.

for config, changes in {
    "yaml/grpo2.yaml": ["stages.0.optimizer.clipNorm=0", "stages.0.optimizer.clipNorm=-1", "stages.0.learningRate=-.004"],
    "yaml/g.yaml": [
        "stages.0.temperature=0", "stages.0.temperature=-1", "stages.0.temperature=.nan", "evaluation.count=-1",
        *(f"data.world.frames={frames}" for frames in range(9)), "data.world.videos=-1",
        "data.world.queriesPerVideo=0", "codec.timeTokens.clipLength=0", "codec.timeTokens.clipLength=.nan",
        "codec.digits.step=0", "student.decoder.hidden=-1", "stages.0.schedule.warmUp=-9223372036854775808",
        "threads=2147483647", "stages.0.innerSteps=9e18", "stages.0.optimizer.clipNorm=0",
        "stages.0.schedule.floor=-1", "stages.0.miniBatches=999", "evaluation.consensus=-1", "checkpoint.every=-1",
        "student.decoder.layers=0",
    ],
}.items():
    for change in changes:
        last = change.split("=")[0].split(".")[-1]
        refusal(change, ["train", config, change], "status 64, key, range", last,
                "parts" if last == "miniBatches" else "must be a", out="o", status=USAGE)
for change, key in {
    "data={qvhighlights: {path: past/d, trainLimit: -1}}": "trainLimit", "data={salads50: {fold: 9}}": "fold",
    "teacher={process: {command: [python3, crash/dies.py], answerSeconds: .inf}}": "answerSeconds",
    "reward={grounding: {terms: {timeR1: .nan}}}": "timeR1",
}.items():
    refusal(change, ["train", "yaml/g.yaml", change], "status 64, key, range", key, "must be a", out="o", status=USAGE)
for words, key in [
    (["--engine", "slurm", "--export", "--time-limit", "nan"], "time-limit"), (["seeds=99999999999"], "seeds"),
    (["seed=range(0,99999999999)"], "range"), (["--jobs", "100000000"], "jobs"),
]:
    refusal("sweep " + " ".join(words), ["sweep", "sweep/two.yaml", *words], "status 64", key, out="o", status=USAGE)

# Files in YAML.


@case("yaml/y16-bom", "opd train yaml/y16-bom.yaml", "read, the mark passed over")
def _(bench):
    return fine(bench.opd_run("train", "yaml/y16-bom.yaml", "--quiet", out="o"))


refusal("yaml/y15-merge", ["train", "yaml/y15-merge.yaml"], "a sentence on merging", "<<", out="o", status=USAGE,
        never=["The keys read there are"])
refusal("yaml/y23-empty", ["train", "yaml/y23-empty.yaml"], "refused", out="o", status=USAGE)
refusal("crash/bomb", ["train", "crash/bomb.yaml"], "a sentence at once", "aliases", out="o", status=USAGE, limit=10)

# Annotations.


@case("past", "opd evaluate in a folder by hand and after import", "equal")
def _(bench):
    lines = (bench.folder / "past/d/highlight_val_release.jsonl").read_text().splitlines()
    for name, line in zip(["train.jsonl", "dev.jsonl"], lines):
        bench.write(name, line + "\n")
    fine(bench.opd_run("data", "import", "--train", "train.jsonl", "--dev", "dev.jsonl", "--features",
                       "past/d/features.h5", out="imported"))
    said = [fine(bench.opd_run("evaluate", "--predictions", "past/p.jsonl", "--data", data))
            for data in ["past/d", "imported"]]
    if said[0].out != said[1].out or "mIoU\t1.0000" not in said[0].out:
        raise Wrong(said[0].brief + " against " + said[1].brief)
    return said[0]


JUDGE = ["evaluate", "--predictions", "p.jsonl", "--data", ".", "--part"]
refusal("eval/01", [*JUDGE, "all"], "a sentence", "clip -1", "line 1", at="eval/01-clip-minus1")
refusal("eval/03", [*JUDGE, "all"], "a sentence", r"-5\.0", "line 1", at="eval/03-duration-negative")


@case("eval/05", "opd evaluate … --part all", "accepted as import does")
def _(bench):
    came = fine(bench.opd_run(*JUDGE, "all", at=bench.folder / "eval/05-no-windows-key"))
    if "MR-full-mIoU\t0.5000" not in came.out:
        raise Wrong(came.brief)
    return came


refusal("eval/19", [*JUDGE, "dev"], "refused", "'1' is there more than once", at="eval/19-dup-qid-truth")
refusal("eval/23", [*JUDGE, "all"], "not a whole number", "3.5 is not a whole number", at="eval/23-float-saliency-truth")
refusal("eval/43", [*JUDGE, "all"], "refused", "'relevant_windows' twice", at="eval/43-dup-keys")

# As it is written: without a part, in folders without a split.
for folder, words in {"01-clip-minus1": ["clip -1"], "03-duration-negative": [r"-5\.0"]}.items():
    refusal(f"eval/{folder[:2]} as written", JUDGE[:-1], "a sentence", *words, at=f"eval/{folder}")

for kind, word in {"neg": "clip -1", "dur": r"1e\+300"}.items():

    @case(f"crash/annotations-{kind}", "opd evaluate … --part all", "a sentence")
    def _(bench, kind=kind, word=word):
        folder = f"annotations-{kind}"
        bench.write(f"{folder}/p.jsonl", '{"qid":"a1","pred_relevant_windows":[[1,2,0.9]]}\n')
        shutil.copy(bench.folder / f"crash/{folder}.jsonl", bench.folder / folder / "highlight_val_release.jsonl")
        return refused(bench.opd_run(*JUDGE, "all", at=bench.folder / folder), "line 1", word)


@case("imp/c06-crlf", "opd data import", "read")
def _(bench):
    came = fine(imported(bench, "imp/c06-crlf.txt", "imp/f.h5"))
    lines = (bench.folder / "imported/highlight_val_release.jsonl").read_text()
    if '"b person."' not in lines or lines.count("\n") != 3:
        raise Wrong(lines)
    return came


@case("imp/a06-dupkey", "opd data import", "refused, and not as cut short")
def _(bench):
    return refused(imported(bench, "imp/a06-dupkey.json", "imp/f.h5"), "'AO8RW' twice", never=WHOLE)


@case("imp/j02-startsatend", "opd data import, and with --drop-unusable", "all at once; left out and counted")
def _(bench):
    refused(imported(bench, "imp/j02-startsatend.jsonl", "imp/f.h5"), r"31\.0 … 32\.0 s", "line 1")
    came = fine(imported(bench, "imp/j02-startsatend.jsonl", "imp/f.h5", "--drop-unusable"))
    if "1 windows" not in came.out:
        raise Wrong(came.brief)
    return came


@case("imp/j03-neg", "opd data import", "cut at 0 and said, or refused")
def _(bench):
    came = imported(bench, "imp/j03-neg.jsonl", "imp/f.h5")
    if came.status != 0:
        return refused(came)
    if "cut: 1" not in came.out or "[[0,5]]" not in (
            bench.folder / "imported/highlight_val_release.jsonl").read_text():
        raise Wrong(came.brief)
    return came


@case("imp/c22-empty", "opd data import", "refused")
def _(bench):
    return refused(imported(bench, "imp/c22-empty.txt", "imp/f.h5"), "no question")


# Videos and what is known of them.


@case("vid/v36-gap20s", "opd keyframes … --selector uniform --budget 4", "uniform in time")
def _(bench):
    came = fine(bench.opd_run("keyframes", "vid/v36-gap20s.mp4", "--selector", "uniform", "--budget", "4",
                              "--format", "json", "--quiet"))
    times = [frame["time"] for frame in json.loads(came.out)["selections"][0]["keyframes"]]
    # What is shown at 3 and at 9 s is the last frame before the gap, of which there is one.
    if len(times) != 4 or not 1 < times[0] < 1.2 or min(times[1:]) < 21:
        raise Wrong(f"{times}")
    return came


@case("vid/v44-duppts", "opd keyframes … --selector uniform --budget 4", "read")
def _(bench):
    came = fine(bench.opd_run("keyframes", "vid/v44-duppts.mkv", "--selector", "uniform", "--budget", "4", "--quiet"))
    if "100 frames" not in came.out:
        raise Wrong(came.brief)
    return came


for name, words in {"k04-outside": ["500", "250 frames"], "k06-float": ["30.5 is not a whole number"]}.items():

    @case(f"truth/{name}", "opd keyframes VIDEO --truth", words[-1])
    def _(bench, name=name, words=words):
        video = bench.need("videos", "bikes.mp4")
        return refused(bench.opd_run("keyframes", video, "--truth", f"truth/{name}.json", "--quiet"), *words,
                       never=WHOLE)


# Teachers, pools and models.

STUDENT = "student: {decoder: {layers: 1, width: 32, heads: 2, keyValueHeads: 1, hidden: 64}}\nthreads: 1\n"
WORLD = "data: {world: {videos: 8, devVideos: 4, queriesPerVideo: 2, frames: 12, difficulty: easy}}\n" + STUDENT


@case("pool/w4-inverted", "opd train with it as a window teacher", "refused")
def _(bench):
    bench.write("w4.yaml", "data: {qvhighlights: {path: past/d}}\n" + STUDENT
                + "teacher: {windows: {path: pool/w4-inverted.jsonl}}\nstages: [{method: opd, steps: 2, prompts: 1}]\n")
    return refused(bench.opd_run("train", "w4.yaml", out="o"), r"ends at 20\.0 but starts at 30\.0", "[Ll]ine 1")


@case("pool/p11-teacherflat", "opd select --pool, and its help", "refused; the help shows the shape")
def _(bench):
    bench.write("pool.yaml", WORLD + "teacher: oracle\nstages: [{method: opd, steps: 2, curriculum: "
                "{tvdf: {theta: 0.1, k: 1}}}]\n")
    refused(bench.opd_run("select", "pool.yaml", "--pool", "pool/p11-teacherflat.jsonl"), "teacher")
    came = fine(bench.opd_run("select", "--help"))
    if "[start, end]" not in " ".join(came.out.split()):
        raise Wrong("the help does not say that teacher is a list of windows: it is written as in p11")
    return came


@case("st/s03-extra-i64", "opd selftest --golden", "passes")
def _(bench):
    came = fine(bench.opd_run("selftest", "--golden", "st/s03-extra-i64"))
    if " 0 failed" not in came.out:
        raise Wrong(came.brief)
    return came


refusal("st/s08-dup-key-zeros", ["selftest", "--golden", "st/s08-dup-key-zeros"], "refused", "twice", never=WHOLE)


@case("runs/leak", "opd train, dd and dd2 made of exported videos", "refused")
def _(bench):
    dd = bench.world("dd")
    shutil.copytree(dd, bench.folder / "dd2", dirs_exist_ok=True)
    split = json.loads((dd / "split.json").read_text())
    (bench.folder / "dd2/split.json").write_text(json.dumps({"train": split["dev"], "dev": split["train"]}))
    shutil.copy(bench.folder / "runs/leak.yaml", bench.folder / "leak.yaml")
    return refused(bench.opd_run("train", "leak.yaml", out="o"), "reports on", "world-")


@case("runs/bad2", "opd train", "clips of the run's own data")
def _(bench):
    came = fine(bench.opd_run("train", "runs/bad2.yaml", "--quiet", out="o"))
    text = (bench.folder / "o/selection.jsonl").read_text()
    videos = {int(number) for number in re.findall(r"world-train-(\d+)", text)}
    if not videos or max(videos) >= 10:
        raise Wrong(f"videos {sorted(videos)}")
    return came


@case("prompts/gates", "opd train, saliency/placebo_gate_rate", "0 six times")
def _(bench):
    came = fine(bench.opd_run("train", "prompts/gates.yaml", "--quiet", out="o", limit=300))
    lines = (bench.folder / "o/metrics.jsonl").read_text().splitlines()[-6:]
    rates = [json.loads(line).get("saliency/placebo_gate_rate") for line in lines]
    if rates != [0] * 6:
        raise Wrong(f"{rates}")
    return came


@case("prompts/window-table-saliency", "opd train", "trains")
def _(bench):
    folder = bench.world("qvh")
    with open(bench.folder / "table.jsonl", "w") as table:
        for line in (folder / "highlight_val_release.jsonl").read_text().splitlines():
            query = json.loads(line)
            windows = [window + [0.9] for window in query["relevant_windows"]]
            table.write(json.dumps({"qid": query["qid"], "pred_relevant_windows": windows}) + "\n")
    text = (bench.folder / "prompts/window-table-saliency.yaml").read_text()
    bench.write("table.yaml", text.replace("teacher: oracle", "teacher: {windows: {path: table.jsonl}}"))
    return fine(bench.opd_run("train", "table.yaml", "--quiet", out="o"))


@case("crash/scores-vocabulary-2e62", "opd train with such scores in the cache", "the lines refused, the same run")
def _(bench):
    bench.write("cached.yaml", WORLD + "teacher: {cached: {teacher: oracle, folder: cache}}\n"
                "stages: [{method: opd-full, steps: 2, prompts: 2, group: 2}]\n")
    fine(bench.opd_run("train", "cached.yaml", "--quiet", out="first"))
    with open(bench.folder / "crash/scores-vocabulary-2e62.jsonl") as lines:
        scores = [json.loads(line)["score"] for line in lines if line.strip()]
    bad = [score for score in scores if score.get("vocabulary") != 14]
    for file in (bench.folder / "cache").glob("*.jsonl"):
        known = [json.loads(line) for line in file.read_text().splitlines()]
        for number, line in enumerate(known):
            line["score"] = bad[number % len(bad)]
        file.write_text("".join(json.dumps(line) + "\n" for line in known))
    came = fine(bench.opd_run("train", "cached.yaml", "--quiet", out="o"))
    logs = [(bench.folder / run / "metrics.jsonl").read_bytes() for run in ["first", "o"]]
    if logs[0] != logs[1]:
        raise Wrong("another run than without the cache")
    return came


@case("crash/dies", "opd train with it as a teacher", "no descriptor leaks at a restart")
def _(bench):
    if not os.path.isdir("/proc/self/fd"):
        raise Skipped("needs /proc")
    bench.write("dies.yaml", WORLD + "teacher: {process: {command: [python3, crash/dies.py], backoffSeconds: 0.01, "
                "batch: 4, inFlight: 1}}\nstages: [{method: opd, steps: 40, prompts: 4, group: 2}]\n")
    shutil.rmtree(bench.folder / "o", ignore_errors=True)
    run = subprocess.Popen([bench.opd, "train", "dies.yaml", "--quiet", "--out", "o"], cwd=bench.folder,
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    counts = []
    deadline = time.monotonic() + 120
    while run.poll() is None and time.monotonic() < deadline:
        try:
            counts.append(len(os.listdir(f"/proc/{run.pid}/fd")))
        except OSError:
            pass
        time.sleep(0.1)
    if run.poll() is None:
        run.kill()
    out, err = run.communicate()
    came = Came(run.returncode, out.decode(), err.decode(), 0, False)
    fine(came)
    half = len(counts) // 2
    if half > 5 and max(counts[half:-2]) > max(counts[5:half]) + 4:
        raise Wrong(f"descriptors {counts}")
    came.out = f"{max(counts)} descriptors at most"
    return came


# Services.


def service(bench):
    sys.path.insert(0, str(bench.cases / "crash"))
    import srv  # The small server of the cases.
    return srv


def probed(bench, reply, limit=60, variables=None, more=()):
    server, port = service(bench).start(reply)
    try:
        came = bench.opd_run("teacher", "probe", "--url", f"http://127.0.0.1:{port}/v1", "--model", "m", "--tokens",
                             "same", *more, limit=limit, variables=variables)
    finally:
        server.shutdown()
        server.server_close()
    if RAW.search(came.err) or (isinstance(came.status, int) and came.status < 0):
        raise Wrong("crash or raw; " + came.brief)
    return came


for status in [301, 302, 303, 307, 308]:

    @case(f"crash/srv: redirect {status} to another port", "opd teacher probe --key-variable", "key not sent there")
    def _(bench, status=status):
        srv = service(bench)
        other, port = srv.start(lambda h, path, body: h.ok(json.dumps(srv.fair(path, body)).encode()))
        place = {"Location": f"http://127.0.0.1:{port}/v1/completions"}
        # Often: what goes wrong here is a race.
        for _ in range(6):
            came = probed(bench, lambda h, path, body: h.ok(b"", place, status), variables={"OPD_CASE_KEY": "sk-x"},
                          more=["--key-variable", "OPD_CASE_KEY"])
            refused(came, "sends its questions on")
        other.shutdown()
        other.server_close()
        if other.seen:
            raise Wrong("the other server was asked")
        return came


def endless(h, path, body):
    h.send_response(200)
    h.send_header("Transfer-Encoding", "chunked")
    h.end_headers()
    piece = b"a" * 65536
    try:
        while True:
            h.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
    except OSError:
        pass


@case("crash/srv: endless body", "opd teacher probe", "a sentence")
def _(bench):
    return refused(probed(bench, endless, limit=120), "longer than|not complete")


@case("crash/srv: gzip bomb", "opd teacher probe", "a sentence")
def _(bench):
    import zlib
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(bytes(1 << 20)) for _ in range(1024)) + packer.flush()
    return refused(probed(bench, lambda h, path, body: h.ok(bomb, {"Content-Encoding": "gzip"}), limit=120), "longer than")


for count in [-1, 2**63 - 1, -2**63]:

    @case(f"crash/f_http: usage counts {count}", "opd teacher probe", "a sentence")
    def _(bench, count=count):
        fair = service(bench).fair

        def reply(h, path, body):
            answer = fair(path, body)
            answer.get("usage", {})["completion_tokens"] = count
            h.ok(json.dumps(answer).encode())

        return refused(probed(bench, reply), str(count))


for pause in ["nan", "inf", "-1", "soon"]:

    @case(f"crash/f_http: Retry-After {pause}", "opd teacher probe", "a sentence within a minute")
    def _(bench, pause=pause):
        return refused(probed(bench, lambda h, path, body: h.ok(b"{}", {"Retry-After": pause}, 503)), "status 503")


for name, body in {"html": b"<html>", "deep": b"[" * 200000 + b"]" * 200000, "null": b"null",
                   "huge number": b'{"choices":[{"text":-1e999}]}'}.items():

    @case(f"crash/f_http: {name}", "opd teacher probe", "a sentence that does not claim it is cut short only")
    def _(bench, body=body):
        return refused(probed(bench, lambda h, path, asked: h.ok(body)), "The teacher at", never=[r"answer is cut short"])


# A damaged file.


@case("salads50 with byte 2474 changed", "opd data show", "a sentence")
def _(bench):
    folder = bench.folder / "salads"
    folder.mkdir(exist_ok=True)
    data = bytearray(pathlib.Path(bench.need("salads50", "salads50_svm.h5")).read_bytes())
    data[2474] = 127
    (folder / "salads50_svm.h5").write_bytes(data)
    shutil.copy(bench.need("salads50", "queries.jsonl"), folder)
    bench.write("salads.yaml", "data: {salads50: {path: salads}}\n" + STUDENT + "stages: []\n")
    return refused(bench.opd_run("data", "show", "salads.yaml"), "cannot be read as HDF5")


def main():
    parser = argparse.ArgumentParser(description="Carries out all cases with a program.")
    parser.add_argument("--opd", required=True, help="the program")
    parser.add_argument("--cases", required=True, type=pathlib.Path, help="the folder of cases")
    parser.add_argument("--data", type=pathlib.Path, help="the folder with salads50 and videos")
    parser.add_argument("--only", default="", help="a part of the names of the cases to carry out")
    options = parser.parse_args()
    counts = {"right": 0, "WRONG": 0, "skipped": 0}
    print("| case | command | right | came out | verdict |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch).resolve() / "cases"
        shutil.copytree(options.cases, folder)
        for place in [folder, *folder.rglob("*")]:
            place.chmod(place.stat().st_mode | 0o200)
        data = options.data and options.data.resolve()
        bench = Bench(os.path.abspath(options.opd), options.cases.resolve(), data, folder)
        for name, command, right, check in CASES:
            if options.only not in name:
                continue
            try:
                verdict, came = "right", check(bench).brief
            except Wrong as reason:
                verdict, came = "WRONG", str(reason)
            except Skipped as reason:
                verdict, came = "skipped", str(reason)
            except Exception as reason:  # What a case stumbles over is wrong, too.
                verdict, came = "WRONG", f"{type(reason).__name__}: {reason}"
            counts[verdict] += 1
            row = [name, f"`{command}`", right, came.replace(str(folder) + "/", ""), verdict]
            print("| " + " | ".join(cell.replace("\n", " ") for cell in row) + " |", flush=True)
    print(f"\n{counts['right']} right, {counts['WRONG']} wrong, {counts['skipped']} skipped")
    return 1 if counts["WRONG"] else 0


if __name__ == "__main__":
    sys.exit(main())
