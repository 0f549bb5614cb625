"""What moves under the learner's hand: ipywidgets on a picture.

`sliders` has controls, a picture and words that say what was reached. Not here: pictures that stand
still (`figures`).
"""

from .sliders import Explorer, LivePicture, rate_and_loss, slider
