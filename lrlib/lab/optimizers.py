"""The update rules of `torch.optim`, for many runs at once.

An optimizer is two functions: `start(parameters)` makes its state, `update(...)` changes
parameters and state in place. Rates have shape (R, 1, 1): one for each run. One that is measured
elsewhere than where it takes its gradients has `shown(parameters, state)`, too.
"""

from dataclasses import dataclass

import torch

from .. import checks
from ..schedules import Schedule


@dataclass(frozen=True)
class SGD:
    """Stochastic gradient descent, as `torch.optim.SGD`.

    `momentum`: in [0, 1), a number or a schedule. `nesterov`: whether to look ahead.
    `weight_decay`: added to the gradient as `weight_decay * parameter`, >= 0.
    Raises `ValueError` or `TypeError` naming the parameter.
    """

    momentum: float | Schedule = 0.9
    nesterov: bool = False
    weight_decay: float = 0.0

    def __post_init__(self):
        if not isinstance(self.momentum, Schedule):
            _below_one("momentum", self.momentum)
        checks.flag("nesterov", self.nesterov)
        checks.rate("weight_decay", self.weight_decay)

    def start(self, parameters):
        return [torch.zeros_like(p) for p in parameters]

    def update(self, t, eta, parameters, gradients, velocities):
        momentum = self.momentum(t) if isinstance(self.momentum, Schedule) else self.momentum
        for p, g, v in zip(parameters, gradients, velocities):
            if self.weight_decay:
                g = g.add(p, alpha=self.weight_decay)
            v.mul_(momentum).add_(g)
            p.addcmul_(eta, g.add(v, alpha=momentum) if self.nesterov else v, value=-1)


@dataclass(frozen=True)
class Adam:
    """Adam, as `torch.optim.Adam`; with `decoupled`, AdamW, as `torch.optim.AdamW`.

    `betas`: of the mean and the mean square of the gradient, each in [0, 1). `eps`: > 0.
    `weight_decay`: >= 0, added to the gradient, or with `decoupled` a shrinking by
    `1 - eta * weight_decay`.
    Raises `ValueError` or `TypeError` naming the parameter.
    """

    betas: tuple = (0.9, 0.999)
    eps: float = 1e-8
    weight_decay: float = 0.0
    decoupled: bool = False

    def __post_init__(self):
        for i, beta in enumerate(self.betas):
            _below_one(f"betas[{i}]", beta)
        checks.positive("eps", self.eps)
        checks.rate("weight_decay", self.weight_decay)
        checks.flag("decoupled", self.decoupled)

    def start(self, parameters):
        return [(torch.zeros_like(p), torch.zeros_like(p)) for p in parameters]

    def update(self, t, eta, parameters, gradients, moments):
        first, second = self.betas
        for p, g, (mean, square) in zip(parameters, gradients, moments):
            if self.decoupled:
                p.mul_(1 - eta * self.weight_decay)
            elif self.weight_decay:
                g = g.add(p, alpha=self.weight_decay)
            mean.lerp_(g, 1 - first)
            square.mul_(second).addcmul_(g, g, value=1 - second)
            scale = square.sqrt().div_((1 - second ** (t + 1)) ** 0.5).add_(self.eps)
            p.addcmul_(eta / (1 - first ** (t + 1)), mean / scale, value=-1)


def adamw(weight_decay=0.01, **kwargs):
    """`Adam` with decoupled weight decay, and the default of `torch.optim.AdamW`."""
    return Adam(weight_decay=weight_decay, decoupled=True, **kwargs)


@dataclass(frozen=True)
class ScheduleFree:
    r"""Schedule-free SGD: steps at z, a running mean x of the z, gradients in between, at y.

    $y_t = (1 - \beta)\,z_t + \beta\,x_t, \qquad z_{t+1} = z_t - \eta_t\,g(y_t), \qquad
    x_{t+1} = (1 - c_t)\,x_t + c_t\,z_{t+1}$ with $c_t = m_t^2 / \sum_{i \le t} m_i^2$ and
    $m_t$ the largest rate up to t: all z count alike at a fixed rate, and less during a warmup. The
    parameters of the run are y; what is measured is x.

    `beta`: in [0, 1), takes momentum's place; with 0, y is z and x the mean of plain SGD's weights.
    Its rates are about as large as those of SGD without momentum.
    Raises `ValueError` or `TypeError` naming it.
    Source: Defazio et al. 2024, "The Road Less Scheduled", equations 2 to 4 and algorithm 1; the
    largest rate as in the authors' package `schedulefree`, `SGDScheduleFree`.
    """

    beta: float = 0.9

    def __post_init__(self):
        _below_one("beta", self.beta)

    def start(self, parameters):
        z, x = ([p.detach().clone() for p in parameters] for _ in range(2))
        return {"z": z, "x": x, "largest": 0.0, "sum": 0.0}

    def update(self, t, eta, parameters, gradients, state):
        state["largest"] = eta.clamp_min(state["largest"])
        weight = state["largest"].square()
        state["sum"] = state["sum"] + weight
        entry = weight / state["sum"].clamp_min(torch.finfo(weight.dtype).tiny)
        for p, g, z, x in zip(parameters, gradients, state["z"], state["x"]):
            z.addcmul_(eta, g, value=-1)
            x.lerp_(z, entry)
            p.copy_(torch.lerp(z, x, self.beta))

    def shown(self, parameters, state):
        return state["x"]


def clip(gradients, max_norm):
    """Scale each run's gradients, in place, so that their norm is at most `max_norm`."""
    norm = sum(g.square().sum((1, 2), keepdim=True) for g in gradients).sqrt()
    factor = (max_norm / (norm + 1e-6)).clamp_max(1)
    for g in gradients:
        g.mul_(factor)


def _below_one(name, value):
    if checks.rate(name, value) >= 1:
        raise ValueError(f"{name} must be in [0, 1), not {value!r}")
