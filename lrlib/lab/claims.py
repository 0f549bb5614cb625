"""What people say of schedules, put to the test: `python -m lrlib.lab claims` prints the table.

A claim compares two schedules on one task. Where it has several peaks, each schedule is at its own
best one (cross-fitted); where it has one, both run at that peak, as a careless user would.
"""

import time
from dataclasses import dataclass
from functools import partial

from ..cycles import one_cycle, sgdr, triangular, triangular2
from ..recipes import warmup_linear, wsd
from ..shapes import Constant, Cosine, Exponential, Linear, MultiStep
from .experiment import experiment
from .optimizers import SGD
from .statistics import Difference
from .tasks import CleanDigits, Fragile, FreshDigits, Stream


@dataclass(frozen=True)
class Claim:
    """`a` against the reference `b` after `T` updates, each a pair of a name and `peak -> Schedule`.

    `says`: the verdict that is claimed for a's loss, 'higher', 'lower' or 'tie'. `sure`: whether
    it held, by its sign, on five different blocks of seeds here.
    """

    task: object
    a: tuple
    b: tuple
    says: str
    T: int
    peaks: tuple
    optimizer: SGD = SGD()
    sure: bool = True

    def measure(self, seeds=32, executor=None) -> Difference:
        """The paired `Difference` of the final losses."""
        names = self.a[0], self.b[0]
        result = experiment(
            self.task, dict([self.a, self.b]), self.peaks, self.T, seeds, self.optimizer,
            executor=executor,
        )  # fmt: skip
        return result.compare(*names)

    def holds(self, difference):
        """Whether a measured difference has the claimed sign (for a tie: the margin)."""
        if self.says == "tie":
            return difference.kind == "tie"
        return difference.low > 0 if self.says == "higher" else difference.high < 0


def cosine(T):
    return "cosine", lambda peak: Cosine(peak, 0, T)


def linear(T):
    return "linear", lambda peak: Linear(peak, 0, T)


CONSTANT = "constant", Constant
STREAM, DIGITS = (0.01, 0.02, 0.03, 0.04, 0.06, 0.09), (0.005, 0.01, 0.02, 0.03, 0.045, 0.07)
STEEP = (0.02, 0.04, 0.08, 0.16, 0.32)


def _step(T):
    return "step", lambda peak: MultiStep(peak, (T // 2, 3 * T // 4), 0.1)


def _exponential(T, ratio):
    return f"exponential to {ratio:g}", lambda peak: Exponential(peak, ratio ** (1 / T))


def _wave(half_period):
    """What PyTorch's class does after its end: down, up, down ..."""
    fall = partial(Cosine, eta_min=0, T=half_period)
    return lambda peak: (fall(peak) >> fall(peak).reverse()).repeat()


CLAIMS = (
    Claim(Stream(), ("a fifth", lambda p: Constant(p / 5)), CONSTANT, "higher", 400, (0.02,)),
    Claim(Stream(), ("5.6 times", lambda p: Constant(5.6 * p)), CONSTANT, "higher", 400, (0.02,)),
    Claim(Stream(), CONSTANT, cosine(400), "higher", 400, STREAM),
    Claim(FreshDigits(), CONSTANT, cosine(400), "higher", 400, DIGITS),
    Claim(Stream(), _step(400), cosine(400), "higher", 400, STREAM),
    Claim(FreshDigits(), _step(400), cosine(400), "higher", 400, DIGITS),
    Claim(Stream(), linear(400), cosine(400), "tie", 400, STREAM, sure=False),
    Claim(FreshDigits(), linear(400), cosine(400), "tie", 400, DIGITS, sure=False),
    Claim(CleanDigits(), CONSTANT, cosine(400), "lower", 400, STEEP[:3], sure=False),
    Claim(
        FreshDigits(), ("drop", lambda p: MultiStep(p, (400,), 0.1)), CONSTANT, "lower", 430, (0.02,)
    ),
    Claim(
        CleanDigits(), ("drop", lambda p: MultiStep(p, (400,), 0.1)), CONSTANT, "higher", 430,
        (0.02,), sure=False,
    ),
    Claim(
        FreshDigits(), _exponential(600, 0.001), _exponential(600, 0.1), "higher", 600, DIGITS[1:]
    ),
    Claim(FreshDigits(), CONSTANT, _exponential(600, 0.1), "higher", 600, DIGITS),
    Claim(
        Stream(), ("triangular", lambda p: triangular(p / 10, p, 50)), CONSTANT, "lower", 400, STREAM,
        sure=False,
    ),
    Claim(
        Stream(), ("triangular2", lambda p: triangular2(0, p, 50)), CONSTANT, "lower", 400, STREAM
    ),
    Claim(
        Fragile(2.0), ("warmup + linear", lambda p: warmup_linear(p, 30, 100)), linear(100), "lower",
        100, STEEP, SGD(0.0),
    ),
    Claim(
        Fragile(1.0), ("warmup + linear", lambda p: warmup_linear(p, 30, 100)), linear(100), "tie",
        100, STEEP, SGD(0.0), sure=False,
    ),
    Claim(
        Fragile(2.0), ("one cycle", lambda p: one_cycle(p, 100)), cosine(100), "lower", 100, STEEP,
        SGD(0.0),
    ),
    Claim(
        Fragile(2.0), ("one cycle", lambda p: one_cycle(p, 100)),
        ("warmup + linear", lambda p: warmup_linear(p, 30, 100)), "tie", 100, STEEP, SGD(0.0),
        sure=False,
    ),
    Claim(
        Stream(), ("SGDR", lambda p: sgdr(p, 0, 160, cycles=3)), cosine(480), "higher", 480, STREAM
    ),
    Claim(
        Stream(), ("just restarted", lambda p: sgdr(p, 0, 240, cycles=2)),
        ("at rest instead", lambda p: Cosine(p, 0, 240) >> Constant(0, 20)), "higher", 260, (0.06,),
    ),
    Claim(
        Stream(), ("WSD", lambda p: wsd(p, 0, 160, 400)), cosine(400), "tie", 400, STREAM, sure=False
    ),
    Claim(
        Stream(), ("cosine to 0", lambda p: Cosine(p, 0, 100)),
        ("cosine to 10 %", lambda p: Cosine(p, p / 10, 100)), "higher", 100, STREAM,
    ),
    Claim(
        FreshDigits(), ("cosine per epoch", lambda p: MultiStep(p, (90,), 0.5)), cosine(180), "higher",
        180, (0.06,),
    ),
    Claim(Stream(), ("T_max in epochs", _wave(10)), cosine(400), "higher", 400, (0.06,)),
    Claim(
        Stream(), ("T_max too long", lambda p: Cosine(p, 0, 40_000)), cosine(400), "higher", 400,
        (0.06,),
    ),
)  # fmt: skip


def table(seeds=32, executor=None):
    """Yield the rows of the table: a line of text for each claim, as soon as it is measured."""
    yield f"{'task':<19}{'T':>5}  {'claimed':<9}{'held':<6}{'s':>5}  measured"
    for claim in CLAIMS:
        start = time.perf_counter()
        difference = claim.measure(seeds, executor)
        held, seconds = "yes" if claim.holds(difference) else "NO", time.perf_counter() - start
        yield (
            f"{claim.task.name:<19}{claim.T:>5}  {claim.says:<9}{held:<6}{seconds:>5.1f}  {difference}"
        )
