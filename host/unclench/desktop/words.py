"""The dashboard's texts."""

from __future__ import annotations

from unclench.translation import tr

EXPLANATION = tr(
    "Tension is how hard the muscle works. Lower is calmer: breathe out slowly and let it fall."
)

HELP = tr("""
<h3>What you see</h3>
<p>A working muscle makes a small electrical signal. Its size, in microvolts (µV), is drawn here as
<b>tension</b>. A resting muscle shows 1 to 5 µV, a clenched jaw 100 µV and more.</p>
<p>The dashed line is the <b>noise floor</b>: the tension that the board shows without a muscle.
Nothing below it can be measured, so no goal is below it.</p>
<p>The line breaks where samples are missing, during movement, and at the start of the signal. It is
grey where the signal could not be trusted.</p>
<h3>What the signal words mean</h3>
<p><b>Good signal</b>: you can trust the number.<br>
<b>No contact</b>: an electrode is off the skin.<br>
<b>Movement</b>: electrodes or leads move; those moments do not count.<br>
<b>Mains hum</b>, <b>Tone</b>: hum of cables, or a tone of a charger, lamp or motor, is left in the
signal.<br>
<b>Clipping</b>: the signal is too large for the sensor.</p>
<p>What is removed from the signal is named below these words: mains hum, tones, the heartbeat.</p>
<h3>Keys</h3>
<table cellspacing="0" cellpadding="3">
<tr><td><b>G</b></td><td>guided training</td></tr>
<tr><td><b>V</b></td><td>review: look at recorded sessions</td></tr>
<tr><td><b>H</b></td><td>history: how tension changes over weeks, and what raises it</td></tr>
<tr><td><b>R</b></td><td>start or stop recording</td></tr>
<tr><td><b>M</b></td><td>mark this moment; <b>Shift+M</b> adds a note to it</td></tr>
<tr><td><b>P</b></td><td>pause the display; recording continues</td></tr>
<tr><td><b>W</b></td><td>show or hide the raw signal</td></tr>
<tr><td><b>T</b></td><td>light or dark</td></tr>
<tr><td><b>PgUp</b>, <b>PgDn</b></td><td>scroll the channels if they do not fit</td></tr>
<tr><td><b>Ctrl +</b>, <b>Ctrl -</b>, <b>Ctrl 0</b></td>
<td>larger, smaller or normal text</td></tr>
<tr><td><b>F11</b></td><td>full screen</td></tr>
<tr><td><b>F1</b></td><td>this page</td></tr>
<tr><td><b>Ctrl Q</b></td><td>close the window; a recording is saved</td></tr>
</table>
<p>unclench is not a medical device.</p>
""")
