"""The board's light: its own states, and control by the host."""

from unclench_wire.ids import LIGHT_MS

_TROUBLE_MS = 3000  # how long a loss is shown
_DIM = 40  # of 255, and squared: visible without disturbing somebody who relaxes


class Light:
    """Shows waiting, streaming or a loss, blinks to be found, or is controlled by the host.

    `set_brightness` takes 0 to 255; `clock` has `ticks_ms`, `ticks_diff` and `ticks_add`.
    """

    def __init__(self, set_brightness, clock) -> None:
        self._set = set_brightness
        self._clock = clock
        self._shown = -1
        self._by_host = False
        self._brightness = 0
        self._host_until = 0
        self._blinking = False
        self._blink_until = 0
        self._troubled = False
        self._trouble_until = 0

    def blink(self, seconds):
        """Blink for a number of seconds."""
        self._blinking = True
        self._blink_until = self._clock.ticks_add(self._clock.ticks_ms(), seconds * 1000)

    def by_host(self, taken, brightness):
        """Give control to the host, or take it back."""
        self._by_host = taken
        self._brightness = brightness
        self._host_until = self._clock.ticks_add(self._clock.ticks_ms(), LIGHT_MS)

    def trouble(self):
        """Show that samples were lost."""
        self._troubled = True
        self._trouble_until = self._clock.ticks_add(self._clock.ticks_ms(), _TROUBLE_MS)

    def update(self, streaming):
        """Show the current state; call it every few milliseconds. Allocates nothing."""
        now = self._clock.ticks_ms()
        left = self._clock.ticks_diff
        self._blinking = self._blinking and left(self._blink_until, now) > 0
        self._by_host = self._by_host and left(self._host_until, now) > 0
        self._troubled = self._troubled and left(self._trouble_until, now) > 0
        if self._blinking:
            wanted = 255 if now & 128 else 0  # four times a second
        elif self._by_host:
            wanted = self._brightness
        elif self._troubled:
            wanted = 255 if now & 64 else 0  # eight times a second
        elif streaming:
            wanted = _DIM
        else:
            wanted = 255 if now & 2047 < 64 else 0  # waiting: a short flash every two seconds
        if wanted != self._shown:
            self._shown = wanted
            self._set(wanted)
