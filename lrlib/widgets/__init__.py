"""What moves under the learner's hand: ipywidgets on a picture.

`sliders` has controls, a picture and words that say what was reached; `draw` the curve that one
draws, with the exact loss beside it; `predict` the question before the answer. Not here: pictures
that stand still (`figures`).
"""

from .draw import Curve, Draw
from .predict import Prediction, predict
from .sliders import Explorer, LivePicture, rate_and_loss, slider
