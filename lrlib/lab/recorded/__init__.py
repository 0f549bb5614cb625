"""The recorded run: a small language model under five schedules, trained once, its curves kept.

`text` is what is learned, `transformer` the network, `run` one run, `record` all of them,
`results` reads the file that they leave. `python -m lrlib.lab record` makes it anew.
"""
