"""`python -m lrlib.lab claims` measures every claim of `claims/table.py` and prints the table."""

import argparse
from concurrent.futures import ProcessPoolExecutor

from .. import checks
from .claims.table import table


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m lrlib.lab", description=__doc__)
    parser.add_argument("command", choices=["claims"], help="what to do")
    parser.add_argument("--seeds", type=int, default=32, help="of every claim, at least 4")
    options = parser.parse_args(arguments)
    try:
        seeds = checks.count("--seeds", options.seeds, low=4)
    except ValueError as error:
        parser.error(error)
    with ProcessPoolExecutor() as workers:
        for line in table(seeds, workers):
            print(line, flush=True)


if __name__ == "__main__":
    main()
