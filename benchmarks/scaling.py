"""µs of one update of one run when 1 to 1024 runs train at once, and the memory that this takes.

Up to 32 seeds, then several schedules of each. The memory is the peak of a process of its own above
what it needed for the imports, the data and one update of one run.
"""

import subprocess
import sys

import lrlib as lr

from .lab import TASKS, optimizer_of
from .timing import interleaved

RUNS, SEEDS = (1, 16, 64, 256, 1024), 32
COLUMNS = (
    "task", *(f"{runs} run{'s' * (runs > 1)}" for runs in RUNS), "64 runs: MB", "1024 runs: MB"
)  # fmt: skip
# VmHWM is Linux's; `ru_maxrss` would start from the memory of the process that starts this one
MEMORY = """
from benchmarks.scaling import TASKS, train
def peak():
    return int(next(l for l in open("/proc/self/status") if l.startswith("VmHWM")).split()[1])
train(TASKS[{index}], 1, 1)
before = peak()
train(TASKS[{index}], {runs}, 20)
print(peak() - before)
"""


def train(task, runs, T):
    """So many runs with up to 32 seeds."""
    seeds = min(runs, SEEDS)
    rates = [lr.Cosine(0.02, 0, T).rates()] * (runs // seeds)
    lr.lab.train(task, rates, range(seeds), optimizer_of(task)[0], progress=False)


def megabytes(index, runs):
    """The peak memory of a task, by its place in TASKS, above that of one run."""
    code = MEMORY.format(index=index, runs=runs)
    printed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True
    )
    return int(printed.stdout) / 1024


def rows():
    for index, task in enumerate(TASKS):
        T = 30 if isinstance(task, lr.lab.Copying) else 100
        task.parameters(range(SEEDS))  # whatever a task prepares once is not timed
        seconds = interleaved(
            {runs: lambda runs=runs: train(task, runs, T) for runs in RUNS}, rounds=2
        )
        micros = [f"{1e6 * seconds[runs] / runs / T:.1f}" for runs in RUNS]
        yield task.name, *micros, *(f"{megabytes(index, runs):.0f}" for runs in (64, 1024))
