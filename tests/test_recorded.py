"""The recorded run: its text, one run against plain PyTorch, the recording, and the file."""

import copy
import json
import tomllib
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

import lrlib as lr
from lrlib.lab import statistics
from lrlib.lab.__main__ import main
from lrlib.lab.recorded.record import GATHERED, Grid, estimate, record
from lrlib.lab.recorded.results import SHIPPED
from lrlib.lab.recorded.run import SCHEDULES, Setup, run
from lrlib.lab.recorded.text import standard_library

TINY = Setup(
    width=16, layers=2, heads=2, context=12, batch=4, T=24, warmup=3, cooldown=6, moments=4,
    windows=3, windows_at_the_end=5,
)  # fmt: skip
GRID = Grid(("constant", "SGDR"), (0.005, 0.01), (0, 1), replace(TINY, T=3, warmup=1, cooldown=1))
NAMES = ("constant", "constant + EMA", "constant + mean", "SGDR")


@pytest.fixture(scope="module")
def text():
    return standard_library()


# --- the text


@pytest.fixture
def library(tmp_path):
    for i in range(60):
        (tmp_path / f"module{i}.py").write_text(f"number = {i}\n")
    for folder in ("site-packages", "test", "encodings"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "no.py").write_text("not this")
    (tmp_path / "_sysconfigdata_of_this_machine.py").write_text("not this")
    return tmp_path


read = standard_library.__wrapped__  # without its cache


def test_the_text_is_split_by_file_and_leaves_out_what_is_not_the_library(library):
    text = read(library)
    parts = [bytes(part) for part in (text.train, text.test)]
    assert b"not this" not in parts[0] + parts[1] and text.files == 60
    lines = [part.splitlines() for part in parts]
    assert len(lines[0]) + len(lines[1]) == 60 and not set(lines[0]) & set(lines[1])
    assert 0 < len(lines[1]) < 20


def test_a_new_file_moves_no_other_one_and_changes_the_digest(library):
    before, same = read(library), read(library)
    (library / "zzz.py").write_text("more = 1\n")
    after = read(library)
    assert after.digest != before.digest == same.digest
    assert len(after.train) + len(after.test) == len(before.train) + len(before.test) + 9
    for part in ("train", "test"):
        assert bytes(getattr(after, part)).startswith(bytes(getattr(before, part)))


def test_a_folder_without_source_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="holds no source"):
        read(tmp_path)


def test_the_windows_of_the_test_reach_from_its_first_byte_to_its_last(text):
    windows = text.spaced(5, 13)
    assert windows.shape == (5, 13)
    assert windows[0].tolist() == text.test[:13].tolist()
    assert windows[-1].tolist() == text.test[-13:].tolist()


# --- one run


class Plain(nn.Module):
    """The same network from PyTorch's own layers."""

    def __init__(self, model, setup):
        super().__init__()
        width, heads = setup.width, setup.heads
        self.embedding, self.position = nn.Embedding(256, width), nn.Embedding(setup.context, width)
        layer = nn.TransformerEncoderLayer(
            width, heads, 4 * width, 0.0, "gelu", batch_first=True, norm_first=True
        )
        self.encoder = nn.TransformerEncoder(
            layer, setup.layers, nn.LayerNorm(width), enable_nested_tensor=False
        )
        self.embedding.load_state_dict(model.embedding.state_dict())
        self.position.load_state_dict(model.position.state_dict())
        for block, layer in zip(model.blocks, self.encoder.layers):
            layer.self_attn.in_proj_weight.data.copy_(block.qkv.weight)
            layer.self_attn.out_proj.load_state_dict(block.out.state_dict())
            layer.linear1.load_state_dict(block.up.state_dict())
            layer.linear2.load_state_dict(block.down.state_dict())

    def forward(self, text):
        n = text.shape[1]
        x = self.embedding(text) + self.position(torch.arange(n))
        mask = nn.Transformer.generate_square_subsequent_mask(n)
        return self.encoder(x, mask=mask, is_causal=True) @ self.embedding.weight.T

    def loss(self, windows):
        logits = self(windows[:, :-1]).transpose(1, 2)
        return nn.functional.cross_entropy(logits, windows[:, 1:])


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_run_equals_a_plain_pytorch_loop(name, text):
    ours = run(TINY, name, 0.01, 5, text.digest)
    model = Plain(TINY.model(5), TINY)
    decaying = [p for n, p in model.encoder.layers.named_parameters() if n.endswith("weight") and p.ndim == 2]
    others = [p for p in model.parameters() if not any(p is d for d in decaying)]
    optimizer = torch.optim.AdamW(
        [{"params": decaying, "weight_decay": 0.1}, {"params": others, "weight_decay": 0.0}],
        betas=(0.9, 0.95),
    )
    scheduler = lr.ScheduleLR(optimizer, lr=TINY.schedule(name, 0.01))
    ema = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(0.98))
    quarter, losses, small, large = [], [], text.spaced(3, 13), text.spaced(5, 13)
    seen = [model.loss(small).item()]
    for t, starts in enumerate(TINY.starts(text, 5)):
        windows = torch.stack([text.train[i : i + 13] for i in starts.tolist()]).long()
        optimizer.zero_grad()
        loss = model.loss(windows)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        scheduler.step()
        ema.update_parameters(model)
        losses.append(loss.item())
        if t >= 18:
            quarter.append(copy.deepcopy(model.state_dict()))
        if (t + 1) % 6 == 0:
            seen.append(model.loss(small).item())
    mean = Plain(TINY.model(5), TINY)
    mean.load_state_dict({k: sum(each[k] for each in quarter) / 6 for k in quarter[0]})
    wanted = {"test": model, "ema": ema.module, "quarter": mean}
    assert ours["test"] == pytest.approx(seen, abs=1e-4)
    assert ours["train"] == pytest.approx(np.reshape(losses, (4, 6)).mean(1), abs=1e-4)
    assert ours["end"] == pytest.approx({k: m.loss(large).item() for k, m in wanted.items()}, abs=1e-4)
    assert len(set(ours["end"].values())) == 3 and losses[-1] < losses[0] - 0.5


def test_the_schedules_share_their_warmup_and_end_with_the_run():
    setup = Setup()
    rates = {name: setup.schedule(name, 1.0).rates(setup.T) for name in SCHEDULES}
    for name, each in rates.items():
        np.testing.assert_allclose(each[:41], np.arange(41) / 40)
        assert (each[-1] < 0.1) == (name != "constant")
    assert (rates["WSD"][:481] == rates["constant"][:481]).all()
    restarts = np.flatnonzero(np.diff(rates["SGDR"]) > 0.5) + 1
    assert restarts.tolist() == [120, 280]


def test_a_seed_draws_weights_and_windows(text):
    a, b, c = (run(TINY, name, 0.01, seed, text.digest) for name, seed in
               (("cosine", 1), ("linear", 1), ("cosine", 2)))  # fmt: skip
    assert a["test"][0] == b["test"][0] != c["test"][0]
    assert not torch.equal(TINY.starts(text, 1), TINY.starts(text, 2))


def test_a_worker_with_another_library_is_refused():
    with pytest.raises(RuntimeError, match="all workers need the same Python"):
        run(TINY, "cosine", 0.01, 0, "0123")


# --- the recording


class Here(Executor):
    """Runs at once in this process, until it is interrupted."""

    def __init__(self, until=np.inf):
        self.until, self.jobs = until, []

    def submit(self, function, setup, *job):
        future = Future()
        if len(self.jobs) < self.until:
            self.jobs.append(job[:3])
            future.set_result(function(setup, *job))
        else:
            future.set_exception(MemoryError("no memory"))
        return future


def curves(path):
    """The runs of a gathered file, without what the clock says."""
    return [{**run, "seconds": 0} for run in json.loads(Path(path).read_text())["runs"]]


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    return record(tmp_path_factory.mktemp("alone"), Here(), GRID, progress=False)


def test_processes_give_the_same_bits(alone, tmp_path):
    with ProcessPoolExecutor(2) as pool:
        assert curves(record(tmp_path, pool, GRID, progress=False)) == curves(alone)


def test_an_interrupted_recording_goes_on(alone, tmp_path):
    first, second, third = Here(until=3), Here(), Here()
    with pytest.raises(RuntimeError, match=r"seed \d, failed: no memory"):
        record(tmp_path, first, GRID, progress=False)
    assert not (tmp_path / GATHERED).exists()
    assert "5 of 8 runs are to be made" in estimate(tmp_path, 2, GRID)
    path = record(tmp_path, second, GRID, progress=False)
    assert curves(path) == curves(alone) and len(second.jobs) == 5
    record(tmp_path, third, GRID, progress=False)
    assert not third.jobs


def test_a_broken_file_and_another_setup_are_made_anew(alone, tmp_path):
    record(tmp_path, Here(), GRID, progress=False)
    (tmp_path / "runs" / "SGDR_0.01_1.json").write_text('{"setup": ')
    again, other = Here(), Here()
    assert curves(record(tmp_path, again, GRID, progress=False)) == curves(alone)
    assert again.jobs == [("SGDR", 0.01, 1)]
    record(tmp_path, other, replace(GRID, setup=replace(GRID.setup, width=8)), progress=False)
    assert len(other.jobs) == 8


def test_the_command_says_how_long_and_records(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr("lrlib.lab.__main__.estimate", lambda to, n: estimate(to, n, GRID))
    monkeypatch.setattr("lrlib.lab.__main__.record", lambda to, workers: record(to, Here(), GRID))
    main(["record", "--to", str(tmp_path)])
    out = capsys.readouterr().out
    assert "8 of 8 runs are to be made, each of 3 updates" in out
    assert f"lr.lab.recorded({str(tmp_path / GATHERED)!r})" in out


# --- the file


def test_a_recording_is_a_result(alone):
    result = lr.lab.recorded(alone)
    runs = {(r["schedule"], r["peak"], r["seed"]): r for r in curves(alone)}
    assert result.names == NAMES and result.peaks == (0.005, 0.01) and result.seeds == (0, 1)
    assert result.curves.shape == (4, 2, len(result.measure_at), 2)
    assert result.losses[1, 1, 0] == runs["constant", 0.01, 0]["end"]["ema"]
    assert result.curves[2, 0, -1, 1] == runs["constant", 0.005, 1]["quarter"][-1]
    assert result.curves[3, 0, :, 1].tolist() == runs["SGDR", 0.005, 1]["test"]
    training = lr.lab.recorded(alone, curves="train")
    assert training.curves[3, 0, :, 1].tolist() == runs["SGDR", 0.005, 1]["train"]
    assert training.measure_at == result.measure_at[1:]
    bits = lr.lab.recorded(alone, unit="bits").losses
    np.testing.assert_allclose(bits, result.losses / np.log(2))
    assert lr.lab.recorded(alone, averaged=()).names == ("constant", "SGDR")
    assert set(result.schedules(0.01)) == {"constant", "SGDR"}


def test_a_recording_can_be_saved_and_shown(alone, tmp_path, capsys):
    result = lr.lab.recorded(alone)
    result.save(tmp_path / "a.npz")
    again = lr.lab.Recorded.load(tmp_path / "a.npz")
    assert np.array_equal(again.losses, result.losses) and again.about["text"] == result.about["text"]
    result._ipython_display_()
    assert "constant + EMA" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments, words",
    [
        ({"curves": "validation"}, "curves must be one of 'test', 'train'"),
        ({"unit": "bytes"}, "unit must be one of 'nats', 'bits'"),
        ({"averaged": ("step",)}, "averaged must be one of"),
    ],
)
def test_wrong_arguments_are_refused(alone, arguments, words):
    with pytest.raises(ValueError, match=words):
        lr.lab.recorded(alone, **arguments)


def test_a_file_with_a_run_missing_is_refused(alone, tmp_path):
    content = json.loads(alone.read_text())
    del content["runs"][3]
    (tmp_path / "less.json").write_text(json.dumps(content))
    with pytest.raises(ValueError, match="lacks the runs"):
        lr.lab.recorded(tmp_path / "less.json")


def test_the_peak_of_each_of_three_seeds_is_chosen_on_the_two_others():
    losses = np.array([[1.0, 5.0, 5.0], [2.0, 2.0, 2.0]])  # the first seed likes the first peak
    fitted, chosen = statistics.leave_one_out(losses)
    assert chosen.tolist() == [1, 1, 1] and fitted.tolist() == [2.0, 2.0, 2.0]
    losses = np.array([[1.0, 1.0, 9.0], [2.0, 2.0, 2.0]])
    fitted, chosen = statistics.leave_one_out(losses)
    assert chosen.tolist() == [1, 1, 0] and fitted.tolist() == [2.0, 2.0, 9.0]
    assert statistics.leave_one_out(losses * 0, by=losses)[1].tolist() == [1, 1, 0]
    with pytest.raises(ValueError, match="S >= 2"):
        statistics.leave_one_out([[1.0]])


def test_the_shipped_file_is_the_whole_grid_of_todays_code():
    result, grid = lr.lab.recorded(), Grid()
    assert result.losses.shape == (7, 3, 3) and result.peaks == grid.peaks
    setup = result.about["setup"]
    assert result.seeds == grid.seeds and setup == json.loads(json.dumps(asdict(grid.setup)))
    assert result.T >= 600 and (result.losses < result.curves[:, :, 0].max()).all()
    assert SHIPPED.stat().st_size < 60_000


def test_the_shipped_file_begins_as_todays_code_does(text):
    shipped = lr.lab.recorded()
    if shipped.about["text"]["digest"] != text.digest:
        pytest.skip("recorded with another version of Python, whose library is another text")
    setup, small = Setup(), text.spaced(Setup().windows, Setup().context + 1)
    for i, seed in enumerate(shipped.seeds):
        with torch.no_grad():
            loss = setup.model(seed).loss(small).item()
        assert loss == pytest.approx(shipped.curves[0, 0, 0, i], abs=1e-4)


def test_the_file_is_installed_with_the_library():
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())
    patterns = project["tool"]["setuptools"]["package-data"]["lrlib"]
    assert any(SHIPPED.match(f"lrlib/{pattern}") for pattern in patterns)
