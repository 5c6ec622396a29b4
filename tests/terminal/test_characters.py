"""What may be written: all characters where they can be shown, else ASCII of the same length."""

from __future__ import annotations

import io
import subprocess

import pytest
from tests import needs
from tests.processes import python

from unclench.live.words import NO_SIGNAL, STATE_WORDS
from unclench.terminal.characters import ascii_only, in_ascii


@pytest.mark.parametrize(
    ("text", "plain"), [("2.3 µV", "2.3 uV"), ("– · …", "- - ~"), ("▁▄█░", ".:#?"), ("日本", "??")]
)
def test_ascii_keeps_the_length(text, plain):
    assert in_ascii(text) == plain
    assert len(plain) == len(text)


def test_each_state_keeps_a_shape_of_its_own_in_ascii():
    shapes = [words.shape for words in (*STATE_WORDS.values(), NO_SIGNAL)]
    plain = {in_ascii(shape) for shape in shapes}
    assert len(plain) == len(shapes)
    assert "?" not in plain


@pytest.mark.parametrize(
    ("encoding", "only"), [("utf-8", False), ("ascii", True), ("latin-1", True), ("cp1252", True)]
)
def test_an_encoding_decides(encoding, only):
    assert ascii_only(io.TextIOWrapper(io.BytesIO(), encoding=encoding)) == only


@needs.linux
@needs.c_locale
@pytest.mark.parametrize(
    ("locale", "only"), [({"LC_ALL": "C"}, True), ({"LC_ALL": "POSIX"}, True), ({}, False)]
)
def test_the_c_locale_means_ascii_but_no_locale_at_all_does_not(locale, only):
    program = (
        "import sys; from unclench.terminal.characters import ascii_only; "
        "print(ascii_only(sys.stdout))"
    )
    done = subprocess.run(python(program), env=locale, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(only)
