"""What the dashboard says, in plain words."""

from __future__ import annotations

EXPLANATION = (
    "Tension is how hard the muscle works. Lower is calmer: breathe out slowly and let it fall."
)

HELP = """
<h3>What you see</h3>
<p>A working muscle makes a tiny electrical noise. Its strength, in microvolts (µV), is drawn here
as <b>tension</b>. A resting muscle makes 1 to 5 µV, a clenched jaw 100 µV and more.</p>
<p>The dashed line is the <b>noise floor</b>: what the board itself adds. Nothing below it can be
seen, so nothing below it is a goal.</p>
<p>A break in the line means that samples were lost, or that the signal has only just begun.
A grey piece means that the signal could not be trusted there.</p>
<h3>What the signal words mean</h3>
<p><b>Good signal</b>: trust the number.<br>
<b>No contact</b>: an electrode is off the skin.<br>
<b>Mains hum</b>: cables or chargers nearby are louder than the muscle.<br>
<b>Clipping</b>: the signal is too large for the sensor.</p>
<h3>Keys</h3>
<table cellspacing="0" cellpadding="3">
<tr><td><b>G</b></td><td>be guided through a training session</td></tr>
<tr><td><b>V</b></td><td>review: look at what was recorded</td></tr>
<tr><td><b>H</b></td><td>history: is it getting lower, and what raises it?</td></tr>
<tr><td><b>R</b></td><td>start or stop recording</td></tr>
<tr><td><b>M</b></td><td>mark this moment; <b>Shift+M</b> adds a note to it</td></tr>
<tr><td><b>P</b></td><td>pause the picture; recording goes on</td></tr>
<tr><td><b>W</b></td><td>show or hide the raw signal</td></tr>
<tr><td><b>T</b></td><td>light or dark</td></tr>
<tr><td><b>PgUp</b>, <b>PgDn</b></td><td>more channels, where they do not fit</td></tr>
<tr><td><b>Ctrl +</b>, <b>Ctrl -</b></td><td>larger or smaller text</td></tr>
<tr><td><b>F1</b></td><td>this page</td></tr>
</table>
<p>unclench is not a medical device.</p>
"""
