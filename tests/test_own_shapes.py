"""A shape of one's own: its formula is read from its code, or what is in the way is said in words."""

import math
from dataclasses import dataclass
from math import tau

import numpy as np
import numpy as xp
import pytest
from numpy import exp as e_to_the

import lrlib as lr
from test_export import optax, run_torch  # noqa: F401
from test_schedules import MathTextParser

HALF, BACK = 0.5, -2.0


@dataclass(frozen=True)
class Wave(lr.Schedule):
    """Functions through modules, under other names, and numbers of the module."""

    eta: float
    period: float
    T: float

    def _rates(self, t):
        return self.eta * (HALF + xp.sin(tau * t / self.period) / 4) + 0 * math.e


@dataclass(frozen=True)
class Sigmoid(lr.Schedule):
    """A minus sign, and lines that give parts a name."""

    eta: float
    steepness: float
    T: float

    def _rates(self, step):
        "The logistic curve, downwards."
        x = step / self.T - HALF
        power = -self.steepness * -x
        return self.eta / (1 + e_to_the(power))


@dataclass(frozen=True)
class Mixed(lr.Schedule):
    eta: float
    k_0: float
    alpha: float = 2
    T: float = math.inf

    def _rates(self, t):
        t = np.minimum(t % self.k_0, t // 2)
        return np.maximum(
            self.eta * np.abs(BACK) / (1 + t) ** self.alpha, -((-1e-3) ** 2) * np.sqrt(t)
        )


@dataclass(frozen=True)
class Lower(lr.Linear):
    def _rates(self, t):
        return self.end + (self.start - self.end) * np.power(1 - t / self.T, 2)


READABLE = [
    Wave(0.1, 7, 30),
    Sigmoid(0.1, 8, 40),
    Mixed(0.1, 5),
    Mixed(0.2, 3, T=11),
    Lower(0.1, 0, 9),
]


@dataclass(frozen=True)
class Branches(lr.Schedule):
    eta: float
    T: float

    def _rates(self, t):
        if self.eta > 1:
            return 0 * t
        return self.eta + 0 * t


@dataclass(frozen=True)
class Chosen(lr.Schedule):
    eta: float
    T: float

    def _rates(self, t):
        return np.where(t < 5, self.eta, self.eta / 2)


def halved(t):
    return t / 2


@dataclass(frozen=True)
class Helped(lr.Schedule):
    eta: float
    T: float

    def _rates(self, t):
        return self.eta / (1 + halved(t))


@dataclass(frozen=True)
class Named(lr.Schedule):
    form: str
    T: float = 10

    def _rates(self, t):
        return np.cos(t * len(self.form)) ** 2


@dataclass(frozen=True)
class Loose(lr.Schedule):
    eta: float
    T: float
    _rates = lambda self, t: self.eta + 0 * t  # noqa: E731


NAMES = {}
SOURCELESS = (
    "@dataclass(frozen=True)\nclass Typed(lr.Schedule):\n    eta: float\n    T: float = 10\n"
)
exec(  # noqa: S102
    SOURCELESS + "    def _rates(self, t):\n        return self.eta + 0 * t\n", {**globals()}, NAMES
)
UNREADABLE = [
    Branches(0.1, 10),
    Chosen(0.1, 10),
    Helped(0.1, 10),
    Named("ab"),
    Loose(0.1, 10),
    NAMES["Typed"](0.1),
]


@pytest.mark.parametrize("shape", READABLE, ids=repr)
def test_the_formula_is_the_code(shape):
    for numbers in (False, True):
        latex = shape.latex(numbers).replace(
            r"\bmod", r"\cdot"
        )  # MathJax knows it, matplotlib does not
        assert MathTextParser("path").parse(f"${latex}$").width > 0
    formula = shape.explain(3).removesuffix(".").split("eta = ")[1].split(" = ")[0]
    names = {name: getattr(np, name) for name in ("sin", "exp", "minimum", "maximum", "sqrt")}
    assert eval(formula, names | {"pi": math.pi}) == pytest.approx(shape(3), rel=1e-11)


def test_the_formula_in_symbols():
    assert Sigmoid(0.1, 8, 40).latex() == (
        r"\eta(t) = \frac{\eta}{1 + \exp\left(-\mathrm{steepness}\,"
        r"\left(-\left(\frac{t}{T} - 0.5\right)\right)\right)}"
    )
    assert r"\alpha" in Mixed(0.1, 5).latex() and r"k_{\mathrm{0}}" in Mixed(0.1, 5).latex()
    assert r"\left(1 - \frac{t}{T}\right)^{2}" in Lower(0.1, 0, 9).latex()  # not the line's


@pytest.mark.parametrize("shape", READABLE, ids=repr)
@pytest.mark.parametrize(
    "made", [lambda s: s, lambda s: s * 2 + s.drop(2)], ids=["alone", "composed"]
)
def test_it_runs_in_other_frameworks(shape, made, optax):  # noqa: F811
    schedule = made(shape)
    expected = schedule.rates(30)
    np.testing.assert_allclose(run_torch(schedule, 30), expected, rtol=0, atol=1e-13)
    names = {}
    exec(lr.to_optax(schedule), names)  # noqa: S102
    np.testing.assert_allclose(
        [float(names["schedule"](t)) for t in range(30)], expected, rtol=1e-12
    )


@pytest.mark.parametrize("shape", UNREADABLE, ids=lambda s: type(s).__name__)
@pytest.mark.parametrize("made", [lambda s: s, lambda s: lr.Linear(0, 1, 5) >> s * 2])
def test_what_cannot_be_read_is_said_in_words(shape, made):
    schedule, name = made(shape), type(shape).__name__
    assert rf"\mathrm{{{name}}}(" in schedule.latex() and rf"\mathrm{{{name}}}(" in schedule.latex(
        True
    )
    assert MathTextParser("path").parse(f"${shape.latex(numbers=True)}$").width > 0
    assert f"t = 3: {name}, eta = {shape(3):.6g}." == shape.explain(3)
    assert f"= {schedule(8):.6g}." in schedule.explain(8)
    for export in (lr.to_torch, lr.to_optax):
        with pytest.raises(ValueError, match=f"^{name} cannot be written for another framework: "):
            export(schedule)


def test_the_name_stands_with_its_parameters():
    assert Branches(0.1, 10).latex() == r"\eta(t) = \mathrm{Branches}(t;\ \eta,\ T)"
    assert (
        Branches(0.1, 10).latex(numbers=True)
        == r"\eta(t) = \mathrm{Branches}(t;\ \eta = 0.1,\ T = 10)"
    )


def test_the_reason_is_given():
    for shape, reason in zip(
        UNREADABLE, ["'if self.eta", "'np.where(", "'halved(t)'", "'len(self.form)'"]
    ):
        with pytest.raises(ValueError) as info:
            lr.to_torch(shape)
        assert f"one expression of t, its numbers and NumPy's functions, and {reason}" in str(
            info.value
        )


def test_a_class_that_is_no_frozen_dataclass_is_refused_at_once():
    class Plain(lr.Schedule):
        def _rates(self, t):
            return t

    @dataclass
    class Changing(lr.Schedule):
        eta: float = 0.1

        def _rates(self, t):
            return self.eta + 0 * t

    @dataclass(frozen=True)
    class Empty(lr.Schedule):
        eta: float = 0.1

    for cls in (Plain, Changing, Empty, lr.Schedule):
        with pytest.raises(
            TypeError, match=f"^{cls.__name__} must be a frozen dataclass with a method"
        ):
            cls()
