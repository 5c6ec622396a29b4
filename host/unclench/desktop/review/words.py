"""What the review window says of itself."""

from __future__ import annotations

HELP = """
<h3>The list</h3>
<p>Every session that was kept, the newest first. <b>Mean</b> is how hard the muscle worked, in
microvolts (µV); <b>at rest</b> is the share of the time below the rest level; <b>used</b> is the
share of the time that counts: no contact, clipping, mains hum and movement do not.</p>
<table cellspacing="0" cellpadding="3">
<tr><td><b>Enter</b></td><td>open</td></tr>
<tr><td><b>Ctrl F</b></td><td>search by words, site, label, program or date</td></tr>
<tr><td><b>Shift ↓</b>, <b>C</b></td><td>select two, and compare them</td></tr>
<tr><td><b>F2</b>, <b>L</b></td><td>title, labels</td></tr>
<tr><td><b>Del</b>, <b>O</b></td><td>to the trash (asks first), show the folder</td></tr>
<tr><td><b>F5</b></td><td>look again</td></tr>
</table>
<h3>The trace</h3>
<p>The line is the mean tension, the band around it runs from the lowest to the highest. Grey and
hatched pieces do not count, and the reason stands there. Closer than 10 seconds the signal is shown
as it was sampled.</p>
<table cellspacing="0" cellpadding="3">
<tr><td><b>Wheel</b>, <b>+</b> <b>-</b></td><td>closer, further away; <b>0</b> shows all</td></tr>
<tr><td><b>Drag</b>, <b>Page ↑ ↓</b></td><td>move along</td></tr>
<tr><td><b>Shift drag</b></td><td>select a span; its edges can be dragged</td></tr>
<tr><td><b>← →</b></td><td>move the cursor; with <b>Shift</b> select</td></tr>
<tr><td><b>[</b> <b>]</b></td><td>the span begins, ends at the cursor</td></tr>
<tr><td><b>Enter</b></td><td>select the tag or phase at the cursor; once more: the next</td></tr>
<tr><td><b>S</b></td><td>fill the view with the span; <b>Esc</b> lets it go</td></tr>
<tr><td><b>↑ ↓</b>, <b>L</b></td><td>scale of tension; logarithmic or linear</td></tr>
<tr><td><b>1</b> to <b>9</b></td><td>figures of another channel</td></tr>
<tr><td><b>A</b>, <b>N</b></td><td>tag the span, a note at the cursor</td></tr>
<tr><td><b>E</b>, <b>Del</b></td><td>change or remove the tag or note that is chosen</td></tr>
<tr><td><b>Ctrl Z</b></td><td>take the last change back</td></tr>
<tr><td><b>R</b>, <b>X</b></td><td>report, export</td></tr>
</table>
<h3>The figures</h3>
<p>Behind each figure stands how sure it is: the range in which it lies in 95 of 100 cases, by the
session's own ups and downs. Where there is too little to tell, it says so.</p>
<p>In every page: <b>Ctrl +</b>, <b>Ctrl -</b> larger or smaller text, <b>Ctrl T</b> light or dark,
<b>F11</b> full screen, <b>F1</b> this page, <b>Ctrl Q</b> close.</p>
<p>unclench is not a medical device.</p>
"""
