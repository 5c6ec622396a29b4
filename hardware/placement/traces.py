"""Which traces the guide shows: good ones, and what each trouble looks like."""

from __future__ import annotations

from dataclasses import dataclass

from hardware.placement.recorded import Cue, Recorded, record
from unclench.training.placement.words import Site, Trouble
from unclench_dsp import NARROW, WIDE, Band

MADE_UP = "Made with the virtual board, not a person's."


@dataclass(frozen=True)
class Span:
    """A stretch of a trace with what is done in it."""

    from_s: float
    to_s: float
    words: str


@dataclass(frozen=True)
class Trace:
    """A picture of a trace.

    Attributes
    ----------
    key : str
        Of the file: ``trace-KEY.svg``.
    title : str
        What it is.
    look : str
        What can be seen in it, in a sentence or two.
    source : str
        As `unclench record --source` takes it.
    from_s, seconds : float
        The stretch of it that is shown.
    raw_uv : float
        The raw signal is drawn up to here, in both directions.
    band : Band
        That tension is made in.
    beside : Band or None
        A second one, drawn to compare.
    cues : tuple of Cue
        For a virtual person.
    spans : tuple of Span
        Named above the trace.
    """

    key: str
    title: str
    look: str
    source: str
    from_s: float
    seconds: float
    raw_uv: float
    band: Band = WIDE
    beside: Band | None = None
    cues: tuple[Cue, ...] = ()
    spans: tuple[Span, ...] = ()

    @property
    def file(self) -> str:
        """Name of the picture."""
        return f"trace-{self.key}.svg"

    def recorded(self, band: Band | None = None) -> Recorded:
        """Record it, in its own band unless told otherwise."""
        return record(self.source, self.from_s, self.seconds, band or self.band, self.cues)


TENSE = Span(10.0, 16.0, "tense")
_LET_GO = (Span(0.0, TENSE.from_s, "rest"), TENSE, Span(TENSE.to_s, 36.0, "let go, rest"))
_CUES = (Cue(-100.0, "rest"), Cue(TENSE.from_s, "tense"), Cue(TENSE.to_s, "release"))

GOOD = {
    band.name: Trace(
        f"good-{band.name}",
        f"Good, in the {band.name} band ({band.low_hz:g}-{band.high_hz:g} Hz)",
        look,
        "sim:person",
        20.0,
        36.0,
        200.0,
        band,
        cues=_CUES,
        spans=_LET_GO,
    )
    for band, look in (
        (
            WIDE,
            "At rest the line is low and calm, and well above the noise floor. It leaps up with "
            "the contraction and comes back within seconds of letting go.",
        ),
        (
            NARROW,
            "The same muscle as in the wide band: every figure is smaller, because the narrow "
            "band lets less of it through. The shape is the same: low, up, low again.",
        ),
    )
}
BAD: dict[Trouble | str, Trace] = {
    trace.key.replace("-", " "): trace
    for trace in (
        Trace(
            "no-contact",
            "Bad: an electrode comes off the skin",
            "The raw signal is a thick block of hum far beyond the picture, and the program says "
            "no contact. Below, the line leaps up and then lies on the noise floor: neither is a "
            "muscle's. The moments around it are left out as well.",
            "sim:poor-contact",
            60.0,
            28.0,
            40.0,
        ),
        Trace(
            "mains-hum",
            "Bad: hum of the mains, until it is removed",
            "The raw signal is an even band that never gets thinner. The program says mains hum "
            "until it has found the lines and removes them; then the muscle can be seen below.",
            "sim:mains-hum",
            0.0,
            30.0,
            80.0,
        ),
        Trace(
            "heartbeat",
            "Bad in the wide band: the heart is in the signal",
            "An even row of spikes, about one a second. In the wide band they lift the tension; "
            "the narrow band keeps them out.",
            "sim:heartbeat",
            90.0,
            12.0,
            80.0,
            beside=NARROW,
        ),
        Trace(
            "movement",
            "Bad: electrodes or leads are moved",
            "Where a lead is pulled, the raw signal swings slowly and as a whole. Muscle at work, "
            "as between the two, is faster: it makes the trace thicker and leaves its middle where "
            "it is. The signal check says movement, and how large the swings are.",
            "sim:desk-work?seed=3",
            19.5,
            10.0,
            60.0,
            spans=(Span(1.4, 2.6, "moved"), Span(7.3, 8.5, "moved")),
        ),
        Trace(
            "off-the-muscle",
            "Bad: nothing but the board's own noise",
            "The tension lies on the noise floor and no movement lifts it. The signal check says "
            "that no muscle is there, and a review leaves it out as too quiet: the sensor's inputs "
            "touch one another, or no muscle lies below them.",
            "sim:shorted",
            10.0,
            24.0,
            40.0,
        ),
    )
}
TRACES = (*GOOD.values(), *BAD.values())


def good_of(site: Site) -> Trace:
    """What a good trace of a site looks like."""
    return GOOD[site.band_hint]


def bad_of(site: Site) -> Trace:
    """What most often spoils a trace there."""
    return BAD[site.trouble]
