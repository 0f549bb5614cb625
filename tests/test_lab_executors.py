"""Experiments on other executors: the same bits, a bar in chunks, and nothing left behind."""

import os
import signal
import subprocess
import sys
from concurrent.futures import Executor, Future, ProcessPoolExecutor

import numpy as np
import psutil
import pytest

import lrlib as lr


class Here(Executor):
    """Runs at once in this process; fails for chosen seeds."""

    def __init__(self, fails=()):
        self.fails, self.chunks = set(fails), []

    def submit(self, function, task, rates, seeds, **kwargs):
        future = Future()
        self.chunks.append(seeds)
        if self.fails & set(seeds):
            future.set_exception(MemoryError("no memory"))
        else:
            future.set_result(function(task, rates, seeds, **kwargs))
        return future


def run(executor=None, progress=False):
    return lr.lab.experiment(
        lr.lab.Stream(), {"constant": lr.Constant, "cosine": lambda peak: lr.Cosine(peak, 0, 20)},
        [0.01, 0.02], 20, seeds=20, optimizer=lr.lab.SGD(0.5), max_norm=1.0, measure_at=[5, 10],
        executor=executor, progress=progress,
    )  # fmt: skip


@pytest.fixture(scope="module")
def alone():
    return run()


def same_bits(a, b):
    return np.array_equal(a.losses, b.losses) and np.array_equal(a.curves, b.curves)


def test_an_executor_gives_the_same_bits(alone):
    here = Here()
    assert same_bits(run(here), alone)
    assert len(here.chunks) == 3 and sum(here.chunks, ()) == alone.seeds


def test_processes_give_the_same_bits(alone):
    with ProcessPoolExecutor(2) as pool:
        assert same_bits(run(pool), alone)


def test_dask_gives_the_same_bits(alone, tmp_path):
    distributed = pytest.importorskip("distributed")
    before = set(psutil.Process().children(recursive=True))
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None,
            local_directory=tmp_path,
        ) as cluster,
        distributed.Client(cluster) as client,
        client.get_executor() as executor,
    ):  # fmt: skip
        assert same_bits(run(executor), alone)
        workers = set(client.run(os.getpid).values())
    assert len(workers) == 2 and os.getpid() not in workers
    left = set(psutil.Process().children(recursive=True)) - before
    assert not workers & {process.pid for process in left}


def test_a_worker_that_dies_is_reported_with_its_seeds():
    with pytest.raises(RuntimeError, match=r"seeds \(8, 9, .*15\) failed: no memory"):
        run(Here(fails=[9]))


# --- the progress bar


def test_the_bar_counts_updates_or_chunks_of_seeds(monkeypatch, capsys):
    monkeypatch.setattr("lrlib.lab.trainer.DELAY", 0)
    run(progress=True)
    own = capsys.readouterr()
    assert "Stream, 80 runs" in own.out and "0/20 [" in own.out and own.err == ""
    run(Here(), progress=True)
    spread = capsys.readouterr()
    assert "Stream, 80 runs" in spread.out and "0/3 [" in spread.out and spread.err == ""


@pytest.mark.parametrize("delay, progress", [(2, True), (0, False)])
def test_no_bar_before_two_seconds_or_if_it_is_not_wanted(monkeypatch, capsys, delay, progress):
    monkeypatch.setattr("lrlib.lab.trainer.DELAY", delay)
    run(progress=progress)
    run(Here(), progress=progress)
    assert capsys.readouterr() == ("", "")


# --- interrupts

INTERRUPTED = """
from concurrent.futures import ProcessPoolExecutor
import lrlib as lr

class Loud(lr.lab.Stream):
    def batches(self, seeds, T):
        print("training", seeds[0], flush=True)
        yield from super().batches(seeds, T)

if __name__ == "__main__":
    with ProcessPoolExecutor(2) as pool:
        lr.lab.experiment(Loud(), {"constant": lr.Constant}, [0.01], 2000, 800, executor=pool)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send to a process")
@pytest.mark.parametrize("send", [os.kill, os.killpg], ids=["to the parent", "to the group"])
def test_an_interrupt_starts_nothing_more_and_leaves_no_process(tmp_path, send):
    script = tmp_path / "interrupted.py"
    script.write_text(INTERRUPTED)
    parent = subprocess.Popen(
        [sys.executable, script], text=True, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert parent.stdout.readline().startswith("training")
        children = psutil.Process(parent.pid).children(recursive=True)
        assert len(children) == 2
        send(parent.pid, signal.SIGINT)
        out, err = parent.communicate(timeout=60)
    finally:
        parent.kill()
    assert parent.returncode == -signal.SIGINT and "KeyboardInterrupt" in err
    assert out.count("training") < 20  # of 100 chunks
    _, alive = psutil.wait_procs(children, timeout=5)
    assert not alive
