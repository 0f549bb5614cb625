"""All runs of a grid, on any number of processes: kept one by one, gathered into one file."""

import json
import os
import platform
import time
from concurrent.futures import as_completed
from dataclasses import asdict
from datetime import date
from itertools import product
from pathlib import Path

import numpy as np
import torch

from ..trainer import progress_bar
from .run import SCHEDULES, Setup, run
from .text import LEFT_OUT, standard_library

PEAKS, SEEDS = (0.001, 0.0025, 0.006), (0, 1, 2)
GATHERED = "curves.json"


def record(folder, executor, setup=None, names=tuple(SCHEDULES), peaks=PEAKS, seeds=SEEDS,
           progress=True):  # fmt: skip
    """Train every schedule at every peak with every seed; the path of the file with all curves.

    Each finished run is a small file in `folder`/runs, so that an interrupted recording goes on
    where it was; a run of another setup or text is made anew. `executor`: any
    `concurrent.futures.Executor` of processes; the numbers are the same to the bit, whatever the
    number of its workers. Raises `RuntimeError` naming the run in which a worker failed.
    """
    setup, folder = setup or Setup(), Path(folder)
    (folder / "runs").mkdir(parents=True, exist_ok=True)
    text = standard_library()
    shared = {"setup": asdict(setup), "digest": text.digest}
    jobs = list(product(seeds, peaks, names))  # a grid is complete as soon as its first seed is
    files = {job: folder / "runs" / f"{job[2]}_{job[1]:g}_{job[0]}.json" for job in jobs}
    missing = [job for job in jobs if _kept(files[job], shared) is None]
    with progress_bar(len(jobs), "the recorded run", progress, " runs") as bar:
        bar.update(len(jobs) - len(missing))
        futures = {}
        try:
            for seed, peak, name in missing:
                future = executor.submit(run, setup, name, peak, seed, text.digest)
                futures[future] = (seed, peak, name)
            for future in as_completed(futures):
                seed, peak, name = futures[future]
                if error := future.exception():
                    raise RuntimeError(f"{name} at {peak:g}, seed {seed}, failed: {error}") from error
                _write(files[futures[future]], json.dumps(shared | {"run": future.result()}))
                bar.update()
        finally:  # after a failure or an interrupt nothing that waits is started
            for future in futures:
                future.cancel()
    return gather(folder, [files[job] for job in jobs], setup, text)


def gather(folder, files, setup, text):
    """Write one file with the settings and all runs, one to a line; its path."""
    runs = [json.loads(file.read_text())["run"] for file in files]
    head = {
        "made": {
            "date": date.today().isoformat(), "python": platform.python_version(),
            "torch": torch.__version__.split("+")[0], "numpy": np.__version__,
            "processor": processor(), "cores": os.cpu_count(),
            "seconds": round(sum(run["seconds"] for run in runs)),
        },
        "text": {
            "what": "the source of Python's standard library", "without": LEFT_OUT,
            "files": text.files, "digest": text.digest,
            "training bytes": len(text.train), "test bytes": len(text.test),
        },
        "setup": asdict(setup), "measure_at": setup.measure_at,
    }  # fmt: skip
    lines = [json.dumps(run, separators=(",", ":")) for run in runs]
    head = json.dumps(head, indent=1)[:-2]
    path = folder / GATHERED
    _write(path, head + ',\n "runs": [\n' + ",\n".join(lines) + "\n]}\n")
    return path


def _kept(file, shared):
    """The run in a file, or None if there is none of this setup and text."""
    try:
        kept = json.loads(file.read_text())
    except (FileNotFoundError, ValueError):
        return None
    wanted = json.loads(json.dumps(shared))
    return kept["run"] if {k: kept.get(k) for k in wanted} == wanted else None


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
