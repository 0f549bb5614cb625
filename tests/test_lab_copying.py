"""The copying transformer: equal to torch.nn's, and a warmup rescues it from Adam's first steps."""

import numpy as np
import pytest
import torch
from torch import nn

import lrlib as lr

TASKS = {norm: lr.lab.Copying(norm) for norm in ("post", "pre")}
by_norm = pytest.mark.parametrize("norm", TASKS)
RATES = lr.warmup_linear(0.02, 5, 20).rates()


class PlainTorch(nn.Module):
    """One network of torch's own modules, with the weights of a task's seed.

    The gains and shifts of its norms stay at 1 and 0, as the task has none.
    """

    def __init__(self, task, seed):
        super().__init__()
        symbol, place, *maps = (p[0] for p in task.parameters([seed]))
        width, hidden = maps[4].shape
        pre = task.transformer.norm == "pre"
        layer = nn.TransformerEncoderLayer(
            width, 1, hidden, dropout=0, batch_first=True, norm_first=pre
        )  # fmt: skip
        self.encoder = nn.TransformerEncoder(
            layer,
            len(maps) // 8,
            norm=nn.LayerNorm(width) if pre else None,
            enable_nested_tensor=False,
        )
        self.symbol, self.place = nn.Parameter(symbol), nn.Parameter(place)
        self.out = nn.Linear(width, len(symbol))
        linears = []
        for layer in self.encoder.layers:
            attention = layer.self_attn
            linears += [(attention.in_proj_weight, attention.in_proj_bias)]
            linears += [
                (m.weight, m.bias) for m in (attention.out_proj, layer.linear1, layer.linear2)
            ]
        linears += [(self.out.weight, self.out.bias)]
        for (weight, bias), ours in zip(linears, zip(maps[::2], maps[1::2]), strict=True):
            weight.data, bias.data = ours[0].T.clone(), ours[1][0].clone()
        for name, parameter in self.named_parameters():
            parameter.requires_grad_("norm" not in name)

    def forward(self, x):
        return self.out(self.encoder(x @ self.symbol + self.place))[:, 4:]


def one_by_one(task, seed):
    """The minibatch losses of one run with torch.nn and torch.optim.Adam."""
    model, losses = PlainTorch(task, seed), []
    optimizer = torch.optim.Adam(model.parameters(), lr=1.0)
    for rate, (x, labels) in zip(RATES, task.batches([seed], len(RATES))):
        optimizer.param_groups[0]["lr"] = rate
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x[0]).flatten(0, 1), labels[0])
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@by_norm
def test_every_loss_equals_that_of_torch_run_by_run(norm):
    seeds, ours = [3, 8], []
    lr.lab.train(
        TASKS[norm], [RATES / 2, RATES], seeds, lr.lab.Adam(),
        callback=lambda t, parameters, losses: ours.append(losses.numpy().copy()),
    )  # fmt: skip
    for s, seed in enumerate(seeds):
        theirs = one_by_one(TASKS[norm], seed)
        assert np.stack(ours)[:, 2 + s] == pytest.approx(theirs, rel=1e-5)
        assert theirs[-1] < theirs[0] - 0.1  # and the rates were large enough to matter


@by_norm
def test_a_run_does_not_depend_on_its_neighbours(norm):
    many = lr.lab.train(TASKS[norm], [RATES, RATES / 2], range(4), lr.lab.Adam())
    alone = lr.lab.train(TASKS[norm], [RATES / 2], [3], lr.lab.Adam())
    assert alone[0, 0] == many[1, 3]
    assert len(set(many.flatten())) == 8


def test_the_symbols_to_write_are_those_that_were_read():
    (x, labels), (again, _) = TASKS["post"].batches([0, 1], 2)
    assert (x[:, :, :4].argmax(-1).flatten(1) == labels).all()
    assert (x[:, :, :4].sum(-1) == 1).all() and not x[:, :, 4:].any()
    assert (x[0] != x[1]).any() and (x != again).any()
    assert labels.unique().tolist() == list(range(8))


def test_a_shorter_run_sees_the_same_minibatches():
    task = TASKS["post"]
    for short, long in zip(task.batches([0, 4], 5), task.batches([0, 4], 9)):
        assert all((a == b).all() for a, b in zip(short, long))


def test_a_guess_counts_as_not_learned():
    task = TASKS["post"]
    parameters = task.parameters([0, 1])
    parameters[-2].zero_()  # every logit is 0
    assert task.measure(parameters, [0, 1]).tolist() == pytest.approx([np.log(8)] * 2, rel=1e-5)
    assert task.not_learned == pytest.approx(np.log(8) / 2)


def test_a_warmup_rescues_the_post_norm_transformer():
    schedules = {
        "from the peak": lambda peak: lr.Linear(peak, 0, 200),
        "warmup": lambda peak: lr.warmup_linear(peak, 50, 200),
    }
    result = lr.lab.experiment(
        TASKS["post"], schedules, [0.045], T=200, seeds=32, optimizer=lr.lab.Adam()
    )  # fmt: skip
    lost, rescued = (
        result.divergence(name, above=lr.lab.Copying.not_learned)[0] for name in schedules
    )
    assert rescued.high < lost.low
    assert lost.rate > 0.35 and rescued.rate < 0.25


@pytest.mark.parametrize("norm", ["Post", "none", None, 1])
def test_a_bad_norm_is_named(norm):
    with pytest.raises(ValueError, match="norm must be one of 'post', 'pre', not"):
        lr.lab.Copying(norm)
