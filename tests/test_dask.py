"""On a Dask cluster of two processes, one of which is killed: the same bits, and nothing is lost."""

import json
import os
import signal
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from lrlib.lab.__main__ import main
from lrlib.lab.claims.table import CLAIMS, table
from lrlib.lab.recorded import record as recording
from lrlib.lab.recorded.record import GATHERED, Grid, record
from tests.test_recorded import TINY, Here

distributed = pytest.importorskip("distributed")
needs_sigkill = pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL to send")

# twelve runs, each long enough that some are still to come when a worker is killed
GRID = Grid(("constant", "cosine", "SGDR"), (0.005, 0.01), (0, 1), replace(TINY, T=40))


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None,
        local_directory=tmp_path_factory.mktemp("dask"),
    ) as cluster:  # fmt: skip
        yield cluster


@pytest.fixture
def kill(cluster):
    """A function that kills one of the two workers, by its process id."""
    killed = []
    with distributed.Client(cluster) as client:
        client.wait_for_workers(2, timeout=60)
        victim = min(client.run(os.getpid).values())
        assert victim != os.getpid()

        def kill():
            os.kill(victim, signal.SIGKILL)
            killed.append(victim)

        yield kill
        assert killed == [victim], "one worker dies, once: else the test shows nothing"
        client.wait_for_workers(2, timeout=60)  # the cluster starts another in its place
        assert victim not in client.run(os.getpid).values()


def runs(path):
    """The runs of a gathered file, without what the clock says."""
    return [{**run, "seconds": 0} for run in json.loads(Path(path).read_text())["runs"]]


@needs_sigkill
def test_record_goes_on_without_a_killed_worker(cluster, kill, tmp_path, monkeypatch, capsys):
    alone, spread, kept = tmp_path / "alone", tmp_path / "spread", []
    wanted = runs(record(alone, Here(), GRID, progress=False))
    write = recording._write

    def write_and_kill(path, text):
        write(path, text)
        kept.append(path)
        if len(kept) == 2:
            kill()

    monkeypatch.setattr(recording, "_write", write_and_kill)
    monkeypatch.setattr("lrlib.lab.__main__.estimate", lambda to, count: f"on {count} workers")
    monkeypatch.setattr("lrlib.lab.__main__.record", lambda to, workers: record(to, workers, GRID))
    main(["record", "--to", str(spread), "--scheduler", cluster.scheduler_address])
    assert runs(spread / GATHERED) == wanted
    assert len(set(kept)) == len(kept) == 12 + 1  # each run once, and the file of all
    assert "2 workers; the dashboard: " in capsys.readouterr().out


@needs_sigkill
def test_claims_go_on_without_a_killed_worker(cluster, kill, monkeypatch, capsys):
    def measured(rows):
        return [row.rsplit("  ", 1)[1] for row in rows]  # all but the seconds

    def watched(seeds, workers):
        rows = table(seeds, workers)
        yield next(rows)  # the header
        yield next(rows)
        kill()
        yield from rows

    monkeypatch.setattr("lrlib.lab.claims.table.CLAIMS", CLAIMS[:6])  # a worker knows its numbers
    wanted = measured(table(4))
    monkeypatch.setattr("lrlib.lab.__main__.table", watched)
    main(["claims", "--seeds", "4", "--scheduler", cluster.scheduler_address])
    first, *rows = capsys.readouterr().out.splitlines()
    assert first.startswith("2 workers") and measured(rows) == wanted and len(rows) == 7


def test_without_dask_the_command_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(SystemExit, match="pip install distributed"):
        main(["record", "--scheduler", "tcp://127.0.0.1:8786"])
