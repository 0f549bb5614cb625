"""All runs of a grid, on any number of processes: kept one by one, gathered into one file."""

import json
import os
import platform
import time
from concurrent.futures import as_completed
from dataclasses import asdict, dataclass, replace
from datetime import date
from itertools import product
from pathlib import Path

import numpy as np
import torch

from ..trainer import progress_bar
from .run import SCHEDULES, Setup, run
from .text import LEFT_OUT, standard_library

# Placed by runs of 200 updates, then moved up once: on the first seed each schedule was best at the
# upper end of .001, .0025, .006.
PEAKS, SEEDS = (0.0025, 0.006, 0.012), (0, 1, 2)
GATHERED = "curves.json"
MEASURING = 1.1  # times the updates' own time: what the measurements add


@dataclass(frozen=True)
class Grid:
    """What is recorded: every schedule at every peak with every seed. A run of it is a `job`."""

    names: tuple = tuple(SCHEDULES)
    peaks: tuple = PEAKS
    seeds: tuple = SEEDS
    setup: Setup = Setup()

    def jobs(self):
        """Seed by seed, so that the first seed is complete after a third of the time."""
        for seed, peak, name in product(self.seeds, self.peaks, self.names):
            yield name, peak, seed


def record(folder, executor, grid=Grid(), progress=True):
    """Train all runs of a grid that `folder` does not hold yet; the path of the file with all curves.

    Each finished run is a small file in `folder`/runs, so that an interrupted recording goes on
    where it was; a run of another setup or text is made anew. `executor`: any
    `concurrent.futures.Executor` of processes; the numbers are the same to the bit, whatever the
    number of its workers. Raises `RuntimeError` naming the run in which a worker failed.
    """
    text, (files, missing) = standard_library(), _begun(folder, grid)
    with progress_bar(len(files), "the recorded run", progress, " runs") as bar:
        bar.update(len(files) - len(missing))
        futures, failed = {}, None
        try:
            for job in missing:
                futures[executor.submit(run, grid.setup, *job, text.digest)] = job
            for future in as_completed(futures):
                if future.cancelled():
                    continue
                if error := future.exception():
                    failed = failed or (futures[future], error)
                    _cancel(futures)  # what has begun is kept; nothing that waits is started
                    continue
                kept = _identity(grid.setup, text) | {"run": future.result()}
                _write(files[futures[future]], json.dumps(kept))
                bar.update()
        finally:
            _cancel(futures)
    if failed:
        (name, peak, seed), error = failed
        raise RuntimeError(f"{name} at {peak:g}, seed {seed}, failed: {error}") from error
    runs = [json.loads(file.read_text())["run"] for file in files.values()]
    return gather(Path(folder) / GATHERED, runs, grid.setup, text)


def estimate(folder, workers, grid=Grid()):
    """In a sentence how many runs are missing, and how long that many workers like this one take."""
    files, missing = _begun(folder, grid)
    name, peak, seed = next(grid.jobs())
    few = replace(grid.setup, warmup=1, cooldown=1, moments=1, windows=1, windows_at_the_end=1)
    clock = []
    for T in (2, 2, 10):  # the first is slow, and what the others share is not the updates'
        clock.append(time.perf_counter())
        run(replace(few, T=T), name, peak, seed, standard_library().digest)
    update = (time.perf_counter() - 2 * clock[2] + clock[1]) / 8
    minutes = update * MEASURING * grid.setup.T * len(missing) / workers / 60
    return (
        f"{len(missing)} of {len(files)} runs are to be made, each of {grid.setup.T} updates of "
        f"{update:.2f} s: about {minutes:.0f} minutes on {workers} workers like this one. "
        "You may interrupt it and go on later."
    )


def _begun(folder, grid):
    """The file of each run, by its job, and the jobs of those that are missing."""
    runs = Path(folder) / "runs"
    runs.mkdir(parents=True, exist_ok=True)
    files = {job: runs / "{}_{:g}_{}.json".format(*job) for job in grid.jobs()}
    wanted = json.loads(json.dumps(_identity(grid.setup, standard_library())))
    return files, [job for job, file in files.items() if not _is_of(file, wanted)]


def _cancel(futures):
    for future in futures:
        future.cancel()


def _identity(setup, text):
    return {"setup": asdict(setup), "digest": text.digest}


def _is_of(file, wanted):
    try:
        kept = json.loads(file.read_text())
    except (FileNotFoundError, ValueError):
        return False
    return "run" in kept and wanted == {key: kept.get(key) for key in wanted}


def gather(path, runs, setup, text):
    """Write one file with the settings and all runs, one to a line; its path."""
    head = {
        "made": {
            "date": date.today().isoformat(), "python": platform.python_version(),
            "torch": torch.__version__.split("+")[0], "numpy": np.__version__,
            "processor": processor(), "cores": os.cpu_count(),
            "seconds": round(sum(run["seconds"] for run in runs)),
            "optimizer": f"AdamW(betas={setup.betas}, weight_decay={setup.weight_decay})",
        },
        "text": {
            "what": "the source of Python's standard library", "without": LEFT_OUT,
            "files": text.files, "digest": text.digest,
            "training bytes": len(text.train), "test bytes": len(text.test),
        },
        "setup": asdict(setup), "measure_at": setup.measure_at,
    }  # fmt: skip
    lines = [json.dumps(run, separators=(",", ":")) for run in runs]
    settings = json.dumps(head, indent=1)[:-2]
    _write(path, settings + ',\n "runs": [\n' + ",\n".join(lines) + "\n]}\n")
    return path


def _write(path, text):
    """Write a file as a whole or, if interrupted, not at all."""
    part = path.with_name(path.name + ".part")
    part.write_text(text)
    os.replace(part, path)


def processor():
    """The processor's name, as far as the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration, IndexError):
        return platform.processor() or platform.machine()
