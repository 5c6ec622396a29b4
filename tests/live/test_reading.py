"""What may be shown of a channel now: a number that can be trusted, or the reason for none."""

from __future__ import annotations

import numpy as np
import pytest

from unclench.live.blocks import LiveStatus
from unclench.live.reading import reading
from unclench.live.words import NO_SIGNAL, STATE_WORDS, connection_words

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
