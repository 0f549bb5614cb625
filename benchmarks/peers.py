"""Every recipe that PyTorch or Hugging Face transformers has too, beside it, for a run of T steps."""

import torch
import transformers.optimization as hf
from torch.optim import lr_scheduler as pt

import lrlib as lr

T, W, PEAK = 100_000, 1_000, 0.1


def optimizer(groups=1):
    """An optimizer that has nothing to do: schedulers only write into its parameter groups."""
    return torch.optim.SGD(
        [{"params": [torch.zeros(1)]} for _ in range(groups)], lr=PEAK, momentum=0.9
    )


def warmed_up(decay):
    """A linear warmup and `decay(optimizer)` after it, in a SequentialLR."""
    return lambda opt: pt.SequentialLR(
        opt, [pt.LinearLR(opt, 0.01, total_iters=W), decay(opt)], [W]
    )


# name: (our schedule, the name of its model, the model)
PEERS = {
    "Step": (lr.Step(PEAK, W, 0.9), "StepLR", lambda opt: pt.StepLR(opt, W, 0.9)),
    "Exponential": (
        lr.Exponential(PEAK, 0.9999), "ExponentialLR", lambda opt: pt.ExponentialLR(opt, 0.9999)
    ),
    "Cosine": (lr.Cosine(PEAK, 0, T), "CosineAnnealingLR", lambda opt: pt.CosineAnnealingLR(opt, T)),
    "warmup_cosine": (
        lr.warmup_cosine(PEAK, W, T, start=0.001),
        "SequentialLR",
        warmed_up(lambda opt: pt.CosineAnnealingLR(opt, T - W)),
    ),
    "warmup_cosine from 0": (
        lr.warmup_cosine(PEAK, W, T),
        "Hugging Face",
        lambda opt: hf.get_cosine_schedule_with_warmup(opt, W, T),
    ),
    "warmup_linear": (
        lr.warmup_linear(PEAK, W, T),
        "Hugging Face",
        lambda opt: hf.get_linear_schedule_with_warmup(opt, W, T),
    ),
    "warmup_inverse_sqrt": (
        lr.warmup_inverse_sqrt(PEAK, W),
        "Hugging Face",
        lambda opt: hf.get_inverse_sqrt_schedule(opt, W),
    ),
    "polynomial_warmup": (
        lr.polynomial_warmup(PEAK, W, T, eta_min=1e-7, power=2),
        "Hugging Face",
        lambda opt: hf.get_polynomial_decay_schedule_with_warmup(opt, W, T, power=2),
    ),
    "wsd": (
        lr.wsd(PEAK, W, T // 5, T),
        "Hugging Face",
        lambda opt: hf.get_wsd_schedule(opt, W, T // 5, T, decay_type="linear"),
    ),
    "cosine_hard_restarts": (
        lr.cosine_hard_restarts(PEAK, W, T, cycles=9),
        "Hugging Face",
        lambda opt: hf.get_cosine_with_hard_restarts_schedule_with_warmup(opt, W, T, num_cycles=9),
    ),
    "warmup_constant": (
        lr.warmup_constant(PEAK, W),
        "Hugging Face",
        lambda opt: hf.get_constant_schedule_with_warmup(opt, W),
    ),
    "linear_to_zero": (
        lr.linear_to_zero(PEAK, T), "LinearLR", lambda opt: pt.LinearLR(opt, 1, 0, T)
    ),
    "triangular2": (
        lr.triangular2(0.01, PEAK, W),
        "CyclicLR",
        lambda opt: pt.CyclicLR(opt, 0.01, PEAK, W, mode="triangular2", cycle_momentum=False),
    ),
    "exp_range": (
        lr.exp_range(0.01, PEAK, W, 0.9999),
        "CyclicLR",
        lambda opt: pt.CyclicLR(
            opt, 0.01, PEAK, W, mode="exp_range", gamma=0.9999, cycle_momentum=False
        ),
    ),
    "triangular": (
        lr.triangular(0.01, PEAK, W),
        "CyclicLR",
        lambda opt: pt.CyclicLR(opt, 0.01, PEAK, W, cycle_momentum=False),
    ),
    "sgdr": (
        lr.sgdr(PEAK, 0, W, T_mult=2),
        "CosineAnnealingWarmRestarts",
        lambda opt: pt.CosineAnnealingWarmRestarts(opt, W, 2),
    ),
    "one_cycle": (
        lr.one_cycle(PEAK, 2 * T),
        "OneCycleLR",
        lambda opt: pt.OneCycleLR(opt, PEAK, total_steps=2 * T, cycle_momentum=False),
    ),
}  # fmt: skip

# Recipes whose model is in neither, for the time of a preview alone.
ALONE = {
    "rex": lr.rex(PEAK, T, warmup=W),
    "noam": lr.noam(512, W),
    "cosine_warmup_restarts": lr.cosine_warmup_restarts(W, 1.5, PEAK, 0.001, 100, gamma=0.7),
    "sgdr, a warmup and a lower peak in each of 100 cycles": (
        lr.sgdr(PEAK, 0, W, gamma=0.99, warmup=100, cycles=100)
    ),
}
