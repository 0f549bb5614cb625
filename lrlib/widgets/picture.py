"""A figure of which only some lines move: its still part as an image, its lines as pixels.

`picture.js` draws on the page what `LivePicture.png` draws here. No widgets in this file.
"""

import io

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.cbook import STEP_LOOKUP_MAP
from matplotlib.colors import to_hex, to_rgba
from matplotlib.path import Path
from PIL import Image

from .. import figures

ROUND = {"o": 0.5, ".": 0.25}  # a marker's radius, as a share of its size
MARGIN = 20  # pixels by which a line may leave its axes; the rest is cut off
FAR = 1e5  # pixels; the clipping below needs finite numbers


class LivePicture:
    """A figure of which only some lines move.

    `figure`: of `lrlib.figures`. `lines`: a dict from a name to a matplotlib line, of any dashes
    and with round markers or none. `png(name=(x, y))` is the picture with these data, as PNG bytes;
    `tracks` and `looks` are the same lines as numbers, for the page.
    """

    def __init__(self, figure, lines):
        for name, line in lines.items():
            line.set_animated(True)
            if line.get_marker() not in (*ROUND, "None", None, ""):
                allowed = ", ".join(map(repr, ROUND))
                raise ValueError(
                    f"the line {name!r} has marker={line.get_marker()!r}; one that moves "
                    f"can have {allowed} or none"
                )
        self.figure, self.lines = figure, lines
        self.canvas = FigureCanvasAgg(figure)
        self.canvas.draw()
        self.background = self.canvas.copy_from_bbox(figure.bbox)
        self.size = self.canvas.get_width_height(physical=True)
        self.shown_width = figures.shown_width(figure)
        self.looks = [look for line in lines.values() for look in self._looks(line)]

    def _box(self, line):
        """Left, top, right, bottom of the line's axes, in pixels from the top left."""
        box, (_, height) = line.axes.bbox, self.size
        return np.array([box.x0, height - box.y1, box.x1, height - box.y0])

    def _looks(self, line):
        """How the line's stroke and its markers look, in pixels: a dict for each that it has."""
        pixel, alpha, box = self.figure.dpi / 72, line.get_alpha(), self._box(line)
        clip = [*box[:2], *(box[2:] - box[:2])]
        if line.get_linestyle() not in ("None", " ", ""):
            end = line.get_dash_capstyle() if line.is_dashed() else line.get_solid_capstyle()
            offset, dashes = line._dash_pattern  # matplotlib has no public name for it
            yield {
                "colour": to_hex(to_rgba(line.get_color(), alpha), keep_alpha=True),
                "width": line.get_linewidth() * pixel,
                "dashes": [dash * pixel for dash in dashes or ()],
                "offset": offset * pixel,
                "cap": {"projecting": "square"}.get(end, end),
                "clip": clip,
            }
        if line.get_marker() in ROUND:
            size = line.get_markersize() * ROUND[line.get_marker()] + line.get_markeredgewidth() / 2
            colour = to_hex(to_rgba(line.get_markerfacecolor(), alpha), keep_alpha=True)
            yield {"colour": colour, "radius": size * pixel, "clip": clip}

    def tracks(self, data):
        """For each of `looks` its unbroken runs: arrays of shape (n, 2), pixels from the top left.

        `data`: a dict from a line's name to (x, y). NaN and what is out of sight are left out.
        """
        out = []
        for name, line in self.lines.items():
            x, y = (np.asarray(part, float) for part in data.get(name, ((), ())))
            clip = self._box(line) + MARGIN * np.array([-1, -1, 1, 1])
            if line.get_linestyle() not in ("None", " ", ""):
                stepped = STEP_LOOKUP_MAP[line.get_drawstyle()](x, y)
                out.append(self._runs(line, self._pixels(line, *stepped), clip))
            if line.get_marker() in ROUND:
                # matplotlib's renderer, too, puts markers into the middle of a pixel
                points = np.floor(self._pixels(line, x, y) + 0.5) + 0.5
                out.append([points[((points >= clip[:2]) & (points <= clip[2:])).all(1)]])
        return out

    def _pixels(self, line, x, y):
        with np.errstate(divide="ignore", invalid="ignore"):
            points = line.get_transform().transform(np.column_stack([x, y]))
        points[~np.isfinite(points).all(1)] = np.nan
        points[:, 1] = self.size[1] - points[:, 1]
        return np.clip(points, -FAR, FAR)

    def _runs(self, line, points, clip):
        """As matplotlib's renderer takes it: cut at NaN and outside, snapped if straight."""
        if len(points) == 0:
            return []
        width = line.get_linewidth() * self.figure.dpi / 72
        path = Path(points).cleaned(remove_nans=True, clip=clip, snap=None, stroke_width=width)
        drawn = path.codes != Path.STOP
        vertices, codes = path.vertices[drawn], path.codes[drawn]
        return np.split(vertices, np.flatnonzero(codes == Path.MOVETO)[1:])

    def png(self, **data):
        """The picture as PNG bytes; a line without data is not drawn."""
        self.canvas.restore_region(self.background)
        for name, line in self.lines.items():
            line.set_data(*data.get(name, ((), ())))
            line.axes.draw_artist(line)
        out = io.BytesIO()
        image = Image.frombuffer("RGBA", self.size, self.canvas.buffer_rgba()).convert("RGB")
        figures.palette(image).save(out, "PNG", optimize=True)
        return out.getvalue()
