"""What may be shown of a channel now: a number that can be trusted, or the reason for none."""

from __future__ import annotations

import numpy as np
import pytest

from unclench.live.blocks import LiveStatus
from unclench.live.reading import reading
from unclench.live.words import (
    NO_SIGNAL,
    STATE_WORDS,
    connection_words,
    floor_words,
    removed_words,
)
from unclench_dsp import Heart, Line

ROWS = np.array([1.0, 2.0, 3.0])


def test_a_trusted_signal_is_the_mean_of_its_rows():
    now = reading(ROWS, "good", trusted=True)
    assert (now.tension_uv, now.words) == (2.0, STATE_WORDS["good"])


def test_hum_that_is_removed_leaves_a_number():
    now = reading(ROWS, "mains hum", trusted=True)
    assert (now.tension_uv, now.words) == (2.0, STATE_WORDS["mains hum"])


@pytest.mark.parametrize("state", STATE_WORDS)
def test_without_trust_the_state_stands_alone(state):
    now = reading(ROWS, state, trusted=False)
    assert (now.tension_uv, now.words) == (None, STATE_WORDS[state])


@pytest.mark.parametrize("rows", [np.array([1.0, np.nan]), np.zeros(0)])
def test_behind_a_gap_it_settles(rows):
    now = reading(rows, "good", trusted=True)
    assert (now.tension_uv, now.words) == (None, STATE_WORDS["settling"])


def test_a_board_that_is_away_has_no_signal():
    now = reading(ROWS, "good", trusted=True, connected=False)
    assert (now.tension_uv, now.words) == (None, NO_SIGNAL)


def test_a_tone_has_its_frequency():
    now = reading(ROWS, "tone", trusted=False, left_hz=73.0)
    assert (now.tension_uv, now.words.word) == (None, "Tone at 73 Hz")


def test_the_noise_floor_tells_what_of_the_tension_is_the_muscles():
    assert floor_words(None, 2.0) == "Noise floor not measured"
    assert floor_words(0.3) == floor_words(0.3, 2.0) == "Noise floor 0.30 µV"
    assert floor_words(1.0, 2.0) == "Noise floor 1.00 µV; 1.7 µV above it"
    assert floor_words(1.0, 1.2).endswith("the muscle is below what this instrument can see")


def test_what_is_removed_from_several_channels_is_told_once():
    hum = [Line(hz, 3.0, "hum", 50) for hz in (49.98, 149.94)]
    tones = [Line(hz, 3.0, "tone", None) for hz in (217.1, 217.3)]
    said = removed_words([*hum, *tones, *hum], Heart(66.2, 20.0))
    assert said == "Removed: mains hum of 50 Hz, a tone of 217 Hz, heartbeat (66 a minute)"
    assert removed_words([], Heart(None, 20.0)) == "Removed: heartbeat"
    assert removed_words([], None) == ""


@pytest.mark.parametrize(
    ("connected", "ended", "why", "words"),
    [
        (True, False, "", ""),
        (True, True, "done", ""),
        (False, False, "unplugged", "The board was disconnected (unplugged)."),
        (False, True, "the recording is over", "The signal has ended: the recording is over."),
    ],
)
def test_the_connection_in_words(connected, ended, why, words):
    said = connection_words(LiveStatus(connected, ended, why, 0, 0, 0, 0, 0))
    assert said.startswith(words)
    assert bool(said) == bool(words)
