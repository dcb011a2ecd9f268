"""When to clean: each night at a time of day, and never on the word of a clock that has just jumped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

JUMP = 3600.0
"""Seconds that the wall clock may run ahead of, or behind, the one that never jumps."""
SILENCE = 3 * 86400.0
"""Seconds without a server after which the clock must prove itself."""
HOLD = 86400.0
"""Seconds that nothing is deleted after a jump."""


class Nights:
    """Tells when to clean. at: hour and minute, local time; beat: wall clock of the last look of an earlier run;
    cleaned: wall clock of the last cleaning; doubt: told what makes the clock doubtful.
    """

    def __init__(
        self, at: tuple[int, int], beat: float | None, cleaned: float | None, doubt: Callable[[str], None]
    ) -> None:
        self._at = at
        self._last: tuple[float, float] | None = None
        self._beat = beat
        self._cleaned = cleaned if cleaned is not None else 0.0
        self._doubt = doubt
        self._trusted_from = float("-inf")

    def trusts(self, wall: float, steady: float) -> bool:
        """Whether the wall clock can be believed; asked every minute or so. steady: the clock that never jumps."""
        if self._last is None:
            gap = wall - self._beat if self._beat is not None else 0.0
            if gap < -JUMP or gap > SILENCE:
                side = "behind" if gap < 0 else "ahead of"
                self._hold(steady, f"the clock is {abs(gap) / 3600:.0f} h {side} the last sign of life")
        else:
            drift = (wall - self._last[0]) - (steady - self._last[1])
            if abs(drift) > JUMP:
                self._hold(steady, f"the clock jumped by {drift / 3600:.1f} h")
        self._last = (wall, steady)
        return steady >= self._trusted_from

    def due(self, wall: float) -> bool:
        """Whether the night's cleaning is still to be done."""
        now = datetime.fromtimestamp(wall)
        at = now.replace(hour=self._at[0], minute=self._at[1], second=0, microsecond=0)
        if at > now:
            at -= timedelta(days=1)
        return self._cleaned < at.timestamp()

    def cleaned(self, wall: float) -> None:
        """It was done."""
        self._cleaned = wall

    def _hold(self, steady: float, reason: str) -> None:
        self._trusted_from = steady + HOLD
        self._doubt(f"{reason}; nothing is deleted for {HOLD / 3600:.0f} h")
