"""Where the electrodes go: a drawing of each site, traces to compare with, the guide's words.

Words and places are the program's own (`unclench.training.placement`); the traces are the
virtual board's.
"""

from __future__ import annotations

from functools import partial

from hardware.making import Made, Passage, Picture
from hardware.placement import guide
from hardware.placement.drawing import draw_site
from hardware.placement.plot import draw_trace
from hardware.placement.traces import TRACES
from unclench.training.placement.bodymap import SPOTS
from unclench.training.placement.words import SITES

_GUIDE, _PICTURES = "hardware/placement.md", "hardware/pictures"

MADE: tuple[Made, ...] = (
    *(
        Picture(f"{_PICTURES}/{guide.place_file(SITES[key])}", partial(draw_site, SITES[key]))
        for key in SPOTS
    ),
    *(Picture(f"{_PICTURES}/{trace.file}", partial(draw_trace, trace)) for trace in TRACES),
    Passage(_GUIDE, "skin", guide.skin),
    Passage(_GUIDE, "snaps", guide.snaps),
    Passage(_GUIDE, "reach", guide.reach),
    Passage(_GUIDE, "sites", guide.sites),
    Passage(_GUIDE, "traces", guide.traces),
)
