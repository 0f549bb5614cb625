"""`python -m benchmarks` runs all benchmarks, `python -m benchmarks step lab` only those."""

import os
import platform
import sys
import warnings
from importlib import import_module

import torch

NAMES = ("step", "curve", "lab", "scaling", "slider", "notebooks", "site")


def main(names):
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        sys.exit(f"unknown benchmark {unknown[0]!r}; there are {', '.join(NAMES)}")
    warnings.filterwarnings("ignore", message="Detected call of `lr_scheduler.step")
    torch.set_num_threads(1)
    print(
        f"{os.cpu_count()} cores, Python {platform.python_version()}, torch {torch.__version__}\n"
    )
    for name in names or NAMES:
        module = import_module(f"benchmarks.{name}")
        print(f"## {name}\n\n{module.__doc__.strip()}\n")
        rows = module.rows()
        print(f"| {' | '.join(module.COLUMNS)} |\n|{'---|' * len(module.COLUMNS)}")
        for row in rows:
            print(f"| {' | '.join(map(str, row))} |", flush=True)
        print()


if __name__ == "__main__":
    main(sys.argv[1:])
