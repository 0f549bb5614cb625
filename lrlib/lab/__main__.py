"""What takes minutes, on all cores, or on the Dask cluster that `--scheduler` names.

`python -m lrlib.lab claims` measures every claim of `claims/table.py` and prints the table;
`python -m lrlib.lab record` trains the recorded run of `recorded/` anew.
"""

import argparse
import os
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager

from .. import checks
from .claims.table import table
from .recorded.record import estimate, record


@contextmanager
def workers(scheduler):
    """An executor and the number of its workers: this machine's cores, or a Dask cluster's."""
    if scheduler is None:
        with ProcessPoolExecutor() as executor:
            yield executor, os.cpu_count()
        return
    try:
        from distributed import Client
    except ModuleNotFoundError:
        raise SystemExit("--scheduler needs Dask: pip install distributed bokeh") from None
    with Client(scheduler) as client, client.get_executor() as executor:
        count = sum(client.nthreads().values())
        print(f"{count} workers; the dashboard: {client.dashboard_link}", flush=True)
        yield executor, count


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m lrlib.lab", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    claims = commands.add_parser("claims", help="measure every claim and print the table")
    claims.add_argument("--seeds", type=int, default=32, help="of every claim, at least 4")
    recording = commands.add_parser("record", help="train the recorded run anew; it can go on later")
    recording.add_argument("--to", metavar="FOLDER", default="recorded", help="where it is kept")
    for command in (claims, recording):
        command.add_argument(
            "--scheduler", metavar="ADDRESS", help="of a Dask cluster, such as tcp://127.0.0.1:8786"
        )
    options = parser.parse_args(arguments)
    if options.command == "claims":
        try:
            seeds = checks.count("--seeds", options.seeds, low=4)
        except ValueError as error:
            parser.error(error)
        with workers(options.scheduler) as (executor, _):
            for line in table(seeds, executor):
                print(line, flush=True)
    else:
        with workers(options.scheduler) as (executor, count):
            print(estimate(options.to, count), flush=True)
            path = record(options.to, executor)
        print(f"all curves: {path}; lr.lab.recorded({str(path)!r}) loads them")


if __name__ == "__main__":
    main()
