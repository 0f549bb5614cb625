"""The picture under the sliders, on the page: its frames are sent ahead of the moves.

A frame is what belongs to one position of the controls: the moving lines in pixels, the words, the
score. With each move the kernel sends the frame of the position itself, and after it those of its
neighbours, so that the next key press finds its frame on the page. `picture.js` draws them.
"""

import base64
import math
import re
import threading
import time
import zlib
from pathlib import Path

import anywidget
import ipywidgets as widgets
import numpy as np
import traitlets

UNIT = 8  # parts of a pixel, in which points travel
AHEAD, BEHIND, NEAR, AT_REST = 16, 6, 1, 6  # frames: the way of the move, back, others, others
SLOW, BUDGET = 0.010, 0.060  # seconds of one frame from which on fewer are sent; for those ahead
REMEMBERED = 1000  # frames that the kernel takes to be on the page; the page keeps 1500
VERDICT = re.compile(r"\b(reached|missed)\b", re.IGNORECASE)


def clean(value):
    """0.425 and 0.42500000000000004, from the page and from the grid, are one value."""
    return float(f"{value:.10g}") if isinstance(value, float) else value


class Place:
    """Where a control stands on its grid: `number` steps from its left end, of at most `last`.

    A choice stands at its index and a checkbox at 0 or 1; they have no neighbours.
    """

    def __init__(self, name, control):
        self.control, self.last = control, -1
        if np.ndim(getattr(control, "index", ())) == 0:  # not the several of a SelectMultiple
            self.number = float(control.index or 0)
        elif isinstance(control.value, bool):
            self.number = float(control.value)
        elif self._has_grid():
            log = isinstance(control, widgets.FloatLogSlider)
            value = math.log(control.value, control.base) if log else control.value
            self.number = (value - control.min) / control.step
            self.last = math.floor((control.max - control.min) / control.step + 1e-9)
        else:
            raise TypeError(
                f"the control {name!r} is {type(control).__name__}; allowed are sliders, "
                "choices and checkboxes"
            )

    def _has_grid(self):
        """Whether it is a slider with one handle: a number between two ends, in steps."""
        ends = all(hasattr(self.control, end) for end in ("min", "max", "step"))
        return ends and bool(self.control.step) and np.ndim(self.control.value) == 0

    @property
    def key(self):
        """The number as `picture.js` writes it, to a thousandth of a step."""
        number = math.floor(self.number * 1000 + 0.5) / 1000
        return str(int(number) if number == int(number) else number)

    def value(self, number):
        low, step = self.control.min, self.control.step
        value = min(low + number * step, self.control.max)
        if isinstance(self.control, widgets.FloatLogSlider):
            value = self.control.base**value
        return clean(type(self.control.value)(value))

    def beside(self, steps):
        """The number `steps` away; from between two grid lines the first step leads to one."""
        nearest = round(self.number)
        if abs(self.number - nearest) > 1e-3:
            nearest = math.floor(self.number) if steps > 0 else math.ceil(self.number)
        return nearest + steps


class Picture(anywidget.AnyWidget):
    """A `LivePicture` on the page, its words, the best try and a button back to the start.

    `view`, `controls`, `picture`, `target`: as in `Explorer`. `frame`: the present one.
    """

    _esm = Path(__file__).with_name("picture.js")
    background = traitlets.Unicode().tag(sync=True)
    size = traitlets.List().tag(sync=True)
    looks = traitlets.List().tag(sync=True)
    unit = traitlets.Int(UNIT).tag(sync=True)
    controls = traitlets.List().tag(sync=True, **widgets.widget_serialization)
    start = traitlets.List().tag(sync=True)
    best = traitlets.Any(None).tag(sync=True)  # kept for a page that reloads

    def __init__(self, view, controls, picture, target=None):
        self.view, self.named, self.picture, self.target = view, controls, picture, target
        self.lock = threading.RLock()  # moves may come from a kernel's subshell, another thread
        self.sent, self.costs, self.moved = {}, [], None
        self.places = self._places()
        super().__init__(
            background="data:image/png;base64," + base64.b64encode(picture.png()).decode(),
            size=[*picture.size, picture.shown_width],
            looks=picture.looks,
            controls=list(controls.values()),
            start=[getattr(control, "index", control.value) for control in controls.values()],
        )
        self.frame = self._frame(*self._now())
        for name, control in controls.items():
            control.observe(lambda change, name=name: self._move(name), "value")
        self.on_msg(self._message)

    def png(self):
        """The picture of the present position."""
        return self.picture.png(**self.frame["data"])

    def _places(self):
        return {name: Place(name, control) for name, control in self.named.items()}

    def _now(self):
        """(key, values) of the present position."""
        values = {name: clean(control.value) for name, control in self.named.items()}
        return " ".join(place.key for place in self.places.values()), values

    def _frame(self, key, values):
        start = time.perf_counter()
        try:
            data, words, *score = self.view(**values)
            tracks = self.picture.tracks(data)
            score = float(score[0]) if score and np.isfinite(score[0]) else None
            error = False
            if self.target is not None and score is not None and not VERDICT.search(words):
                verdict = "Reached" if score <= self.target else "Missed"
                words = f"{verdict}, the target is {self.target:g}. {words}"
        except Exception as problem:  # in words: a traceback in a callback is seen by nobody
            data, tracks, score, error = {}, [[] for _ in self.looks], None, True
            words = f"This position cannot be drawn: {problem}"
        verdict = VERDICT.search(words)
        bold = verdict.span() if verdict else (0, 0)
        self.costs = [*self.costs[-4:], time.perf_counter() - start]
        return {
            "key": key, "data": data, "tracks": tracks, "error": error, "score": score,
            "words": words, "bold": bold, "at": self._describe(values),
        }  # fmt: skip

    def _describe(self, values):
        """'peak rate 0.8, T 300': the labels' first words and the values."""
        told = []
        for name, value in values.items():
            label = self.named[name].description.split(",")[0] or name
            told.append(f"{label} {value:.3g}" if isinstance(value, float) else f"{label} {value}")
        return ", ".join(told)

    def _reach(self):
        """How many frames are sent the way of a move, back, and along other controls at a move
        and at rest: fewer for a slow `view`, which would make the next move wait."""
        cost = min(self.costs)
        if cost < SLOW:
            return AHEAD, BEHIND, NEAR, AT_REST
        ahead = int(BUDGET / cost)
        return ahead, ahead // 3, min(ahead // 3, NEAR), ahead // 3

    def _beside(self, name, offsets):
        """(key, values) of the positions `offsets` steps along one control, those not sent yet."""
        place, (_, values) = self.places[name], self._now()
        for steps in offsets:
            number = place.beside(steps)
            if 0 <= number <= place.last:
                keys = {**{n: p.key for n, p in self.places.items()}, name: str(number)}
                key = " ".join(keys.values())
                if key not in self.sent:
                    yield key, {**values, name: place.value(number)}

    def _deliver(self, frames):
        """Send frames as one message: the words as JSON, all points in one compressed buffer."""
        told, points = [], [np.zeros(0)]
        for frame in frames:
            self.sent.pop(frame["key"], None)
            self.sent[frame["key"]] = True
            kept = ("key", "words", "bold", "at", "score", "error")
            runs = [[len(run) for run in track] for track in frame["tracks"]]
            told.append({name: frame[name] for name in kept} | {"runs": runs})
            for run in (run for track in frame["tracks"] for run in track):
                # differences are small, and their high bytes nearly all equal: they compress
                points.append(np.diff(np.round(run.T * UNIT), prepend=0).ravel())
        while len(self.sent) > REMEMBERED:
            del self.sent[next(iter(self.sent))]
        planes = np.concatenate(points).astype("<i2").view(np.uint8).reshape(-1, 2).T
        self.send({"frames": told}, [zlib.compress(planes.tobytes(), 6)])

    def _deliver_ahead(self, wanted):
        frames = [self._frame(*position) for position in wanted]
        if frames:
            self._deliver(frames)

    def _move(self, name):
        with self.lock:
            before, self.places, self.moved = self.places[name].number, self._places(), name
            self.frame = self._frame(*self._now())
            self._deliver([self.frame])  # always: the page may have lost what was sent before
            way = 1 if self.places[name].number >= before else -1
            ahead, behind, near, _ = self._reach()
            wanted = [*range(way, way * (ahead + 1), way), *range(-way, -way * (behind + 1), -way)]
            frames = [*self._beside(name, wanted)]
            for other in self.named.keys() - {name}:
                frames += self._beside(other, [n * d for n in range(1, near + 1) for d in (1, -1)])
            self._deliver_ahead(frames)

    def _message(self, _, content, buffers):
        """The page says that it is there, or that the moves have come to rest."""
        with self.lock:
            if content.get("kind") == "hello":
                self.sent.clear()
                self.places = self._places()
                self.frame = self._frame(*self._now())
                self._deliver([self.frame])
            ahead, _, _, at_rest = self._reach()
            frames = []
            for name in self.named:
                far = ahead if name == self.moved else at_rest
                frames += self._beside(name, [n * d for n in range(1, far + 1) for d in (1, -1)])
            self._deliver_ahead(frames)
