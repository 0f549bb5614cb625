"""Films: a figure of which some artists move, as an animated PNG that plays once.

The background is drawn once, each frame only what moves; all frames share one palette; a frame
holds only the pixels that changed. Frame 0 is the finished picture, so that paper and programs
without animation show it; it stands for a moment too short to be seen.
"""

import struct
import zlib

import numpy as np
from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from .names import arrange
from .style import DPI, SETTINGS

COLOURS = 47  # and one for 'unchanged'
POSTER, START = 20, 500  # milliseconds: the finished picture as frame 0; the first position
LARGEST = 250_000  # bytes of a film
LONGEST = 5.0  # seconds: longer films need a pause button (WCAG 2.2, 2.2.2)


class Frames:
    """A figure of which some artists move: a still for `show`, a film for `film`.

    `figure`: a matplotlib `Figure`. `artists`: those that move, in the order in which they are
    drawn, above all others. `move`: a function that sets them for a frame, from 0 to `count` - 1;
    it leaves the last frame standing, the finished picture. `seconds`: how long the film lasts, at
    most 5. `data`: what the frames were made from, kept as attributes.
    """

    def __init__(self, figure, artists, move, count, seconds=4.5, **data):
        if not 0 < seconds <= LONGEST:
            raise ValueError(f"seconds must be above 0 and at most {LONGEST:g}, not {seconds!r}")
        if count < 2:
            raise ValueError(f"count must be at least 2 frames, not {count!r}")
        self.figure, self.artists, self.move = figure, list(artists), move
        self.count, self.seconds = count, seconds
        vars(self).update(data)
        for artist in self.artists:
            artist.set_in_layout(False)  # the axes stay where they are, whatever moves
        move(count - 1)

    def images(self, dpi=DPI / 1.5):
        """Every frame as an RGB image, at one pixel for each CSS pixel of the page."""
        with rc_context(SETTINGS):
            arrange(self.figure)
            canvas, usual = FigureCanvasAgg(self.figure), self.figure.dpi
            self.figure.set_dpi(dpi)
            for artist in self.artists:
                artist.set_animated(True)
            try:
                canvas.draw()
                background = canvas.copy_from_bbox(self.figure.bbox)
                for k in range(self.count):
                    canvas.restore_region(background)
                    self.move(k)
                    for artist in self.artists:
                        (artist.axes or self.figure).draw_artist(artist)
                    size = canvas.get_width_height(physical=True)
                    yield Image.frombuffer("RGBA", size, canvas.buffer_rgba()).convert("RGB")
            finally:
                for artist in self.artists:
                    artist.set_animated(False)
                self.figure.set_dpi(usual)
                self.move(self.count - 1)


def palette(image, colours=64):
    """An RGB image in few colours; what is nearly white becomes white, or paper looks grey."""
    reduced = image.quantize(colours, dither=Image.Dither.NONE)
    values = np.array(reduced.getpalette()).reshape(-1, 3)
    values[values.min(1) > 240] = 255
    reduced.putpalette(values.flatten().tolist())
    return reduced


def apng(frames):
    """`Frames` as an animated PNG: the finished picture, then the film, played once.

    If it comes to more than 250 kB, only every second frame is kept, or every third or fourth;
    raises `ValueError` if that is not enough.
    """
    images = list(frames.images())
    for every in (1, 2, 3, 4):
        data = _packed(images[:-1:every] + images[-1:], frames.seconds)
        if len(data) <= LARGEST:
            return data
    raise ValueError(
        f"a film must be at most {LARGEST // 1000} kB, and this one has {len(data) // 1000} kB with "
        f"every fourth of its {len(images)} frames: let fewer or smaller things move"
    )


def _packed(images, seconds):
    width, height = images[0].size
    some = images[:: max(1, len(images) // 6)] + images[-1:]
    sheet = Image.new("RGB", (width // 2, height // 2 * len(some)))
    for i, image in enumerate(some):  # every second pixel is enough to choose colours by
        half = image.resize((width // 2, height // 2), Image.Resampling.NEAREST)
        sheet.paste(half, (0, height // 2 * i))
    shared = palette(sheet, COLOURS)
    values = np.array(shared.getpalette()[: 3 * COLOURS], dtype=np.uint8)
    # entry 0 is transparent: 'as before'
    indices = [
        np.asarray(image.quantize(palette=shared, dither=Image.Dither.NONE)) + np.uint8(1)
        for image in images
    ]
    pause = (1000 * seconds - POSTER - START) / max(len(images) - 1, 1)
    pauses = [POSTER, START, *[round(pause)] * (len(images) - 1)]
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    chunks = [
        _chunk(b"IHDR", header),
        _chunk(b"acTL", struct.pack(">II", len(pauses), 1)),
        _chunk(b"PLTE", bytes(3) + values.tobytes()),
        _chunk(b"tRNS", b"\0"),
    ]
    before, number = None, 0
    for now, milliseconds in zip([indices[-1], *indices], pauses):
        part, (x, y) = _changed(before, now)
        control = struct.pack(">IIIII", number, part.shape[1], part.shape[0], x, y)
        blend = b"\0\0" if before is None else b"\0\1"  # leave the frame; lay the next over it
        chunks.append(_chunk(b"fcTL", control + struct.pack(">HH", milliseconds, 1000) + blend))
        packed = zlib.compress(np.pad(part, ((0, 0), (1, 0))).tobytes(), 9)  # filter 0 in each row
        number += 1
        if before is None:
            chunks.append(_chunk(b"IDAT", packed))
        else:
            chunks.append(_chunk(b"fdAT", struct.pack(">I", number) + packed))
            number += 1
        before = now
    return b"".join([b"\x89PNG\r\n\x1a\n", *chunks, _chunk(b"IEND", b"")])


def _changed(before, now):
    """The smallest rectangle that holds all changes, unchanged pixels 0, and where it lies."""
    if before is None:
        return now, (0, 0)
    new = before != now
    rows, columns = np.flatnonzero(new.any(1)), np.flatnonzero(new.any(0))
    if not len(rows):
        return np.zeros((1, 1), np.uint8), (0, 0)
    place = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return np.where(new[place], now[place], np.uint8(0)), (columns[0], rows[0])


def _chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
