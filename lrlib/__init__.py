"""Learning-rate schedules as pure functions of the step. `import lrlib as lr`, then `lr.Name`.

This is the hall: every public name, loaded from its room when it is first used. `schedules`,
`dynamics` and `analysis` need NumPy alone; `optim` and `lab` need torch, `figures` matplotlib,
`widgets` ipywidgets. A room imports from those before it, never from those behind.

>>> import lrlib as lr
>>> schedule = lr.Linear(0, 0.1, 10) >> lr.Cosine(0.1, 0, 90)
>>> schedule(5)
0.05
"""

from importlib import import_module

ROOMS = {
    "schedules": (
        "Schedule", "Sequence", "Repeat", "First", "Drop", "Stretch", "Reverse", "Clip",
        "Sum", "Difference", "Product",
        "Constant", "Linear", "Polynomial", "Cosine", "KDecay", "Tanh", "Rex", "Exponential", "Step",
        "MultiStep", "InverseSqrt",
        "warmup_constant", "warmup_linear", "linear_to_zero", "warmup_cosine", "polynomial_warmup",
        "rex", "warmup_inverse_sqrt", "noam", "wsd",
        "triangular", "triangular2", "exp_range", "cyclical_momentum", "sgdr",
        "cosine_warmup_restarts", "cosine_hard_restarts", "one_cycle", "one_cycle_momentum",
        "Plateau",
    ),
    "dynamics": (),  # as lr.dynamics.name, and so with all rooms below but optim and analysis
    "optim": ("ScheduleLR", "PlateauLR", "record_rates", "trace"),
    "analysis": ("compare", "lint", "to_torch", "to_optax"),
    "lab": (),
    "figures": (),
    "widgets": ("predict",),
    "exercises": (),
}  # fmt: skip
_ROOM_OF = {name: room for room, names in ROOMS.items() for name in names}
_SHELVES = {"landscapes": "dynamics.landscapes", "sliders": "widgets.sliders"}

__all__ = [*_ROOM_OF]


def __getattr__(name):
    if name in _ROOM_OF:
        value = getattr(import_module(f"lrlib.{_ROOM_OF[name]}"), name)
    elif name in ROOMS or name in _SHELVES:
        value = import_module(f"lrlib.{_SHELVES.get(name, name)}")
    else:
        raise AttributeError(f"module 'lrlib' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__():
    return sorted([*__all__, *ROOMS, *_SHELVES])
