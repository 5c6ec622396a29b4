"""The help of the review window."""

from __future__ import annotations

from unclench.translation import tr

HELP = tr("""
<h3>The list</h3>
<p>All saved sessions, the newest first. <b>Median</b> is the median muscle tension in microvolts
(µV). <b>At rest</b> is the share of the time with tension below the rest level, if rest was
measured. <b>Used</b> is the share of the time with a trusted signal: it excludes time with no
contact, clipping, mains hum, steady tones or movement.</p>
<table cellspacing="0" cellpadding="3">
<tr><td><b>Enter</b></td><td>open the session</td></tr>
<tr><td><b>Ctrl F</b></td><td>search for words, a site, label, program or date</td></tr>
<tr><td><b>Shift ↓</b>, <b>C</b></td><td>select two sessions, compare them</td></tr>
<tr><td><b>F2</b>, <b>L</b></td><td>change the title, the labels</td></tr>
<tr><td><b>Del</b>, <b>O</b></td><td>move to the trash (asks first), show the folder</td></tr>
<tr><td><b>F5</b></td><td>look for sessions again</td></tr>
</table>
<h3>The trace</h3>
<p>The line is the mean tension; the band around it spans the lowest to the highest value. Grey and
hatched parts are excluded time, labelled with the reason. In views shorter than 10 seconds you also
see the signal as sampled.</p>
<table cellspacing="0" cellpadding="3">
<tr><td><b>Wheel</b>, <b>+</b> <b>-</b></td><td>zoom in and out; <b>0</b> shows all</td></tr>
<tr><td><b>Drag</b>, <b>Page ↑ ↓</b></td><td>move along</td></tr>
<tr><td><b>Shift drag</b></td><td>select a span; drag its edges to change it</td></tr>
<tr><td><b>← →</b></td><td>move the cursor; with <b>Shift</b> select</td></tr>
<tr><td><b>[</b> <b>]</b></td><td>begin or end the span at the cursor</td></tr>
<tr><td><b>Enter</b></td><td>select the tag or phase at the cursor; again: the next one</td></tr>
<tr><td><b>S</b></td><td>zoom to the span; <b>Esc</b> clears it</td></tr>
<tr><td><b>↑ ↓</b>, <b>L</b></td><td>scale tension; logarithmic or linear</td></tr>
<tr><td><b>1</b> to <b>9</b></td><td>show the figures of another channel</td></tr>
<tr><td><b>A</b>, <b>N</b></td><td>tag the span, add a note at the cursor</td></tr>
<tr><td><b>M</b></td><td>use the span, or a calibration, as rest of the channel shown</td></tr>
<tr><td><b>E</b>, <b>Del</b></td><td>change or remove the selected tag, note or rest</td></tr>
<tr><td><b>Ctrl Z</b></td><td>undo the last change</td></tr>
<tr><td><b>R</b>, <b>X</b></td><td>create a report, export</td></tr>
</table>
<h3>The figures</h3>
<p>The range beside a figure is its 95 % confidence interval, based on this session. If the data are
too short for one, the page says so.</p>
<p>On every page: <b>Ctrl +</b>, <b>Ctrl -</b> larger or smaller text, <b>Ctrl T</b> light or dark,
<b>F11</b> full screen, <b>F1</b> this help, <b>Ctrl Q</b> close.</p>
<p>unclench is not a medical device.</p>
""")
