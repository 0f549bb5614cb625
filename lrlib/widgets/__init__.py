"""What moves under the learner's hand: ipywidgets on a picture.

`sliders` has controls, a picture and words that say what was reached; `picture` turns a figure into
a still part and lines that move, `ahead` brings them to the page, and `picture.js` draws them there.
Not here: pictures that stand still (`figures`).
"""

from .sliders import Explorer, LivePicture, rate_and_loss, slider
