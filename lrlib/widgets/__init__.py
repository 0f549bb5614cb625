"""What moves under the learner's hand: ipywidgets on a picture.

`sliders` has controls, a picture and words that say what was reached; `picture` splits a figure into
a still part and lines that move, `ahead` brings these to the page and `picture.js` draws them there.
`predict` asks before it answers, `draw` has the curve that one draws, the exact loss beside it.
Not here: pictures that stand still (`figures`).
"""

from .draw import Curve, Draw
from .predict import Prediction, predict
from .sliders import Explorer, LivePicture, rate_and_loss, slider
