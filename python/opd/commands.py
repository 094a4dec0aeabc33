"""The program's commands from Python."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from typing import Any, Dict, List, Mapping, Optional, Sequence, Union

from .records import Folders, table


class OPDError(RuntimeError):
    """What the program said when it could not do what was asked; `status` is its exit status."""

    def __init__(self, message: str, status: int):
        super().__init__(message)
        self.status = status


def program_path() -> str:
    """The path of the program.

    What OPD_PROGRAM names, else the one this package carries, else `opd` on the PATH.
    """
    own = os.path.join(os.path.dirname(__file__), "bin", "opd")
    path = os.environ.get("OPD_PROGRAM") or (own if os.path.exists(own) else shutil.which("opd"))
    if not path:
        raise OPDError("There is no opd on the PATH. Install it, or set OPD_PROGRAM to its path.", 127)
    return path


def train(config: str, out: str, resume: bool = False, progress: bool = True, **settings: Any) -> Dict[str, float]:
    """Carries out a run and returns the numbers of its last evaluation.

    Settings are keys of the configuration with `__` for a dot: `stages__0__steps=200`.
    """
    words = ["train", config, *_overrides(settings), "--out", out] + (["--resume"] if resume else [])
    said = _run(words, progress)
    pairs = [line.split("\t") for line in said.splitlines() if "\t" in line]
    return {name: float(value) for name, value in pairs if name != "run"}


def sweep(
    file: str, out: Optional[str] = None, jobs: int = 1, progress: bool = True, tune: bool = False, **settings: Any
) -> str:
    """Carries out a sweep, or what is left of it, and returns its folder.

    file: a sweep file, or a folder of a sweep that has begun.
    jobs: how many runs go on at a time.
    """
    words = ["sweep", file, *_overrides(settings), "--jobs", str(jobs)]
    words += (["--out", out] if out else []) + (["--tune"] if tune else [])
    said = _run(words, progress)
    done = [line for line in said.splitlines() if line.startswith("Done: ")]
    return out or (done[-1].split(" in ", 1)[-1] if done else file)


def evaluate(run: str, **settings: Any) -> Dict[str, float]:
    """Evaluates the student of a run, as it was configured or otherwise: `evaluation__consensus=8`.

    Every number by name, with `NAME/lower` and `NAME/upper`, 95 % over whole videos; without them where nothing spreads: all answers
    are worth the same, or there is one video.
    """
    return json.loads(_run(["evaluate", run, *_overrides(settings), "--format", "json"], False))


def compare(
    folders: Folders, baseline: Optional[str] = None, metric: Optional[str] = None, match: Optional[str] = None,
    target: Optional[float] = None, effects: Sequence[str] = (), contrasts: Sequence[str] = (),
) -> "Comparison":
    """Compares the arms of sweeps: intervals over seeds and questions, paired tests, bounds.

    effects: factors whose levels are compared within those of the others.
    contrasts: pairs of arms, "arm:other".
    """
    places = [folders] if isinstance(folders, (str, os.PathLike)) else list(folders)
    words = ["compare", *map(str, places), "--format", "json"]
    for option, value in [("baseline", baseline), ("metric", metric), ("match", match), ("target", target)]:
        words += [f"--{option}", str(value)] if value is not None else []
    for option, values in [("effect", effects), ("contrast", contrasts)]:
        for value in values:
            words += [f"--{option}", value]
    return Comparison(json.loads(_run(words, False)))


class Comparison:
    """What a comparison says; `raw` is all of it, `verdict` its sentence."""

    def __init__(self, raw: Mapping[str, Any]):
        self.raw = raw

    @property
    def verdict(self) -> str:
        """The best arm against the baseline, and who leads, in words."""
        sentences = [self.raw.get("leader"), self.raw["verdict"]]
        return " ".join(sentence for sentence in sentences if sentence)

    @property
    def arms(self) -> Any:
        """A line an arm: name, factors, labels, value with lower and upper, further metrics, tokens, flops, seconds."""
        return table([_arm(arm) for arm in self.raw["arms"]])

    @property
    def contrasts(self) -> Any:
        """A line a difference: of every arm from the baseline, then of the effects and pairs that were asked for.

        difference with lower and upper; p, p_holm and p_permutation; probability_better, that a run of arm does better than one of
        baseline; visible_from, the smallest true difference that these seeds would show.
        """
        asked = [(group["title"], row) for group in self.raw.get("asked", []) for row in group["contrasts"]]
        rows = [("against the baseline", row) for row in self.raw["contrasts"]] + asked
        return table([_contrast(title, row) for title, row in rows])

    @property
    def bounds(self) -> Any:
        """What is reached without learning, a line a bound."""
        return table([dict(bound) for bound in self.raw.get("bounds", [])])

    def __repr__(self) -> str:
        return self.verdict

    def _repr_html_(self) -> str:
        rows = [_arm(arm) for arm in self.raw["arms"]]
        columns = list(dict.fromkeys(name for row in rows for name in row))
        head = "".join(f"<th>{_escaped(name)}</th>" for name in columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{_escaped(_short(row.get(name)))}</td>" for name in columns) + "</tr>" for row in rows
        )
        return f"<p><b>{_escaped(self.verdict)}</b></p><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _arm(arm: Mapping[str, Any]) -> Dict[str, Any]:
    value = arm.get("value") or {}
    return {
        "arm": arm["name"], **arm.get("levels", {}), "labels": arm.get("labels"), "value": value.get("value"),
        "lower": value.get("lower"), "upper": value.get("upper"), **arm.get("further", {}), "tokens": arm.get("tokens"),
        "flops": arm.get("flops"), "seconds": arm.get("seconds"), "runs": arm["done"],
    }


def _contrast(title: str, row: Mapping[str, Any]) -> Dict[str, Any]:
    difference = row.get("difference") or {}
    return {
        "about": title, "arm": row["arm"], "baseline": row["baseline"], "pairs": row["pairs"],
        "difference": difference.get("value"), "lower": difference.get("lower"), "upper": difference.get("upper"),
        "p": row.get("pValue"), "p_holm": row.get("correctedPValue"), "p_permutation": row.get("permutationPValue"),
        "probability_better": row.get("probabilityOfImprovement"), "visible_from": row.get("minimumDetectableEffect"),
        "verdict": row["verdict"],
    }


def _short(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _overrides(settings: Mapping[str, Any]) -> List[str]:
    return [f"{key.replace('__', '.')}={_written(value)}" for key, value in settings.items()]


def _written(value: Any) -> str:
    """A value as a configuration has it: JSON is YAML."""
    return value if isinstance(value, str) else json.dumps(value)


def _run(words: Sequence[Union[str, os.PathLike]], progress: bool) -> str:
    """What the program prints; its progress is shown as it comes, in a notebook too."""
    errors: List[str] = []
    with subprocess.Popen(
        [program_path(), *map(str, words)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:

        def listen() -> None:
            for line in process.stderr or ():
                errors.append(line)
                if progress and not line.startswith("error: "):
                    print(line, end="", file=sys.stderr)

        listener = threading.Thread(target=listen)
        listener.start()
        try:
            said = process.stdout.read() if process.stdout else ""
        except KeyboardInterrupt:
            # It finishes its step and saves.
            process.terminate()
            raise
        listener.join()
    if process.returncode != 0:
        last = [line for line in errors if line.startswith("error: ")] or errors[-1:]
        raise OPDError("".join(last).strip() or f"opd ended with status {process.returncode}.", process.returncode)
    return said
