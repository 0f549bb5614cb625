"""Checks of arguments: every message names the parameter, the value and what is allowed."""

import math
import sys
from collections.abc import Mapping
from dataclasses import field, fields
from decimal import Decimal
from itertools import islice
from numbers import Integral, Real

INF = math.inf
HUGE = sys.float_info.max  # about 1.8e308; no number of steps or rate is beyond it
MOST = 10**6  # items that an argument may hold


def number(name, value, *, low=0.0, strict=False, infinite=False):
    """Return `value` as a Python int or float; raise if it is not a number in range.

    The range is `value >= low` (`value > low` with `strict`). NaN is never allowed,
    infinity only with `infinite`. A bool is not a number here, and neither is a whole number
    that no float can hold.
    """
    allowed = f"a {'' if infinite else 'finite '}number"
    if low > -INF:
        allowed += f" {'>' if strict else '>='} {low:g}"
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} must be {allowed}, not {value!r} ({type(value).__name__})")
    value = _sized(name, value, allowed)
    too_low = value <= low if strict else value < low
    if math.isnan(value) or too_low or (value == INF and not infinite):
        raise ValueError(f"{name} must be {allowed}, not {value!r}")
    return value


def _sized(name, value, allowed):
    """A real number as a Python int or float that is not beyond the floating-point numbers."""
    try:
        as_float = float(value)
    except OverflowError:
        raise ValueError(f"{name} must be {allowed}, not {Decimal(int(value)):.6g}") from None
    return int(value) if isinstance(value, Integral) else as_float


def rate(name, value):
    """A learning rate (or momentum, or weight decay): finite and >= 0."""
    return float(number(name, value))


def positive(name, value):
    """A factor or an exponent: finite and > 0."""
    return float(number(name, value, strict=True))


def length(name, value):
    """A length in steps: finite and > 0. It may be fractional (warm restarts with T_mult = 1.5)."""
    return whole(number(name, value, strict=True))


def endless(name, value):
    """A length in steps that may be `math.inf`."""
    return whole(number(name, value, strict=True, infinite=True))


def whole(steps):
    """A length that only rounding keeps from a whole number is that number."""
    if steps >= 2**53:  # where no float has a fraction
        return steps
    near = round(steps)
    return near if abs(steps - near) <= 2**-50 * steps else steps


def count(name, value, low=1):
    """A whole number >= low."""
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(
            f"{name} must be a whole number >= {low}, not {value!r} ({type(value).__name__})"
        )
    value = _sized(name, value, f"a whole number >= {low} and below 1.8e308")
    if value < low:
        raise ValueError(f"{name} must be a whole number >= {low}, not {value!r}")
    return value


def times(name, value):
    """How many times: a whole number >= 1, or `math.inf` for ever."""
    endless = isinstance(value, Real) and value == INF
    return INF if endless else count(name, value)


def share(name, value):
    """A part of a whole: > 0 and < 1."""
    value = number(name, value, strict=True)
    if value >= 1:
        raise ValueError(f"{name} must be > 0 and < 1, not {value!r}")
    return value


def decay(name, value):
    """A factor that does not grow: > 0 and <= 1."""
    value = number(name, value, strict=True)
    if value > 1:
        raise ValueError(f"{name} must be > 0 and <= 1, not {value!r}")
    return float(value)


def choice(name, value, allowed):
    """One of a few words."""
    if value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, allowed))}, not {value!r}")
    return value


def flag(name, value):
    """True or False."""
    if not isinstance(value, bool):
        raise TypeError(f"{name} must be True or False, not {value!r}")
    return value


def steps_within(name, value, T, whole="the run, T"):
    """A part of `T` steps (the run, a cycle), such as a warmup: from 0 to less than `T`."""
    value = number(name, value)
    if value >= T:
        raise ValueError(f"{name} must be shorter than {whole}={T!r}, not {value!r}")
    return value


def listed(name, values, what):
    """A tuple of what a list holds (`what`, for the message): no dict, no text, nothing endless."""
    if isinstance(values, (Mapping, str, bytes)):
        raise TypeError(f"{name} must be a list of {what}, not {values!r}")
    try:
        items = tuple(islice(values, MOST + 1))
    except TypeError:
        raise TypeError(f"{name} must be a list of {what}, not {values!r}") from None
    if len(items) > MOST:
        raise ValueError(f"{name} must hold at most {MOST} {what}, and has more")
    return items


def increasing(name, values):
    """A non-empty tuple of step numbers > 0, each larger than the one before."""
    values = listed(name, values, "steps")
    steps = tuple(number(f"{name}[{i}]", v, strict=True) for i, v in enumerate(values))
    if not steps:
        raise ValueError(f"{name} must hold at least one step, not {values!r}")
    if any(a >= b for a, b in zip(steps, steps[1:])):
        raise ValueError(f"{name} must increase from step to step, not {values!r}")
    return steps


def ordered(low, high, names=("eta_min", "eta_max")):
    """Raise unless `low <= high`."""
    if low > high:
        raise ValueError(
            f"{names[0]} must be <= {names[1]}, not {names[0]}={low!r} > {names[1]}={high!r}"
        )


def bounded_growth(eta, gamma, power):
    """Raise if `gamma**power` or `eta * gamma**power` leaves the floating-point numbers."""
    if gamma > 1 and (power == INF or math.log(max(eta, 1.0)) + power * math.log(gamma) > 700):
        raise ValueError(
            f"gamma must be <= 1 in a schedule without end, or small enough that the rate stays "
            f"finite, not gamma={gamma!r} over {power!r} factors"
        )


def checked(check, **kwargs):
    """A dataclass field whose value passes through `check(name, value)` at construction."""
    return field(metadata={"check": check}, **kwargs)


def check_fields(self):
    """Pass the fields of a frozen dataclass through their checks."""
    for f in fields(self):
        if check := f.metadata.get("check"):
            object.__setattr__(self, f.name, check(f.name, getattr(self, f.name)))
