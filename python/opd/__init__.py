"""Scripts and notebooks around `opd`, a laboratory for on-policy distillation.

    import opd

    opd.sweep("experiments/regime/smoke.yaml", out="runs/regime")     # runs it, with progress
    opd.compare("runs/regime", effects=["keyframes"])                 # intervals and tests, drawn as a table
    opd.runs("runs/regime")                                           # every number of every step, one a line

Tables are pandas data frames where pandas is installed, else lists of dictionaries with the same columns.  Metrics have
the names and units of metrics.jsonl: shares are 0 to 1 (R1@0.5 is .455, not 45.5), times seconds, costs floating-point
operations.  The program is the one this package carries, `opd` on the PATH, or what OPD_PROGRAM names.
"""

from .commands import Comparison, OPDError, compare, evaluate, program_path, sweep, train
from .plugins import advantage, curriculum, data, reward, selector, serve, task, teacher
from .records import costs, runs

__all__ = [
    "Comparison", "OPDError", "advantage", "compare", "costs", "curriculum", "data", "evaluate", "program_path", "reward", "runs", "selector", "serve",
    "sweep", "task", "teacher", "train",
]
