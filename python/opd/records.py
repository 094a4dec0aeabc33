"""What runs leave behind, as tables."""

from __future__ import annotations

import glob
import json
import os
from typing import Any, Dict, Iterator, List, Sequence, Tuple, Union

Folders = Union[str, Sequence[str]]
Row = Dict[str, Any]


def table(rows: List[Row]) -> Any:
    """A pandas data frame of rows, or the rows where pandas is not installed."""
    try:
        import pandas
    except ImportError:
        return rows
    return pandas.DataFrame(rows)


def runs(folders: Folders, metrics: Union[str, Sequence[str], None] = None) -> Any:
    """Every number that runs wrote down, one a line.

    Columns: run (its folder), arm, seed, one for each factor of the sweep, stage, step, seconds (of training so far),
    metric, value.  Runs may still be going.

    folders: of sweeps, arms or runs; patterns such as "runs/*" are filled in.
    metrics: the names wanted, such as "eval/mIoU"; all if left out. One that no run has is an error.

    A factor whose levels are all numbers is a column of numbers.
    """
    wanted = {metrics} if isinstance(metrics, str) else None if metrics is None else set(metrics)
    found = _found(folders)
    known = [row for run in found for row in _numbers(run, wanted)]
    if wanted:
        missing = sorted(wanted - {row["metric"] for row in known})
        if missing:
            names = sorted({row["metric"] for run in found for row in _numbers(run, None)})
            raise ValueError(f"No run has the metric '{missing[0]}'. There are {', '.join(names)}.")
    return table(known)


def costs(folders: Folders) -> Any:
    """What runs have cost, by account: run, arm, seed, factors, account, flops, seconds.

    Accounts are those of ledger.json: rollout, student, teacher, reference, selection, evaluation, teacherTraining.
    """
    rows: List[Row] = []
    for path, about in _found(folders):
        ledger = _read(os.path.join(path, "ledger.json"))
        if not isinstance(ledger, dict):
            continue
        accounts = sorted({*ledger.get("flops", {}), *ledger.get("seconds", {})})
        for account in accounts:
            amounts = {unit: ledger.get(unit, {}).get(account, 0.0) for unit in ("flops", "seconds")}
            rows.append({**about, "account": account, **amounts})
    return table(rows)


def _numbers(run: Tuple[str, Row], wanted: Any) -> Iterator[Row]:
    path, about = run
    # Nothing has been spent before the first step.
    clock = {0: 0.0, **{line["step"]: line["seconds"] for line in _lines(os.path.join(path, "timing.jsonl"))}}
    for line in _lines(os.path.join(path, "metrics.jsonl")):
        step, stage = line.pop("step", 0), line.pop("stage", None)
        for name, value in line.items():
            if wanted is None or name in wanted:
                yield {
                    **about, "stage": stage, "step": step, "seconds": clock.get(step),
                    "metric": name, "value": value,
                }


def _found(folders: Folders) -> List[Tuple[str, Row]]:
    """The runs in some folders, each with its arm, its seed and the levels of its arm."""
    patterns = [folders] if isinstance(folders, (str, os.PathLike)) else list(folders)
    found: List[Tuple[str, Row]] = []
    for pattern in patterns:
        places = sorted(glob.glob(str(pattern))) or [str(pattern)]
        inside = [run for place in places for run in _inside(place)]
        if not inside:
            raise FileNotFoundError(f"There are no runs in '{pattern}'. Give the folder of a sweep, an arm or a run.")
        found += inside
    return found


def _inside(folder: str) -> Iterator[Tuple[str, Row]]:
    if not os.path.isdir(folder):
        return
    names = sorted(os.listdir(folder))
    if "metrics.jsonl" in names or "status.json" in names:
        yield folder, _about(folder)
        return
    for name in names:
        yield from _inside(os.path.join(folder, name))


def _about(path: str) -> Row:
    parent, name = os.path.split(os.path.abspath(path))
    is_seed = name.startswith("seed-") and name[5:].isdigit()
    arm = os.path.basename(parent) if is_seed else name
    plan = _read(os.path.join(os.path.dirname(parent), "plan.json")) if is_seed else None
    factors = (plan or {}).get("factors") or []
    every = (plan or {}).get("levels") or {}
    levels = [
        _number(level) if all(_number(own[place]) is not None for own in every.values()) else level
        for place, level in enumerate(every.get(arm) or [])
    ]
    return {"run": path, "arm": arm, "seed": int(name[5:]) if is_seed else 0, **dict(zip(factors, levels))}


def _number(text: str) -> Union[int, float, None]:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    return None


def _read(path: str) -> Any:
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except (FileNotFoundError, json.JSONDecodeError):
        return None


def _lines(path: str) -> Iterator[Row]:
    """Whole lines; the last one of a run that is going may be half written."""
    if not os.path.exists(path):
        return
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.endswith("\n"):
                yield json.loads(line)
