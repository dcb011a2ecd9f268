"""A window with the image, a slider for every axis, and keys; by matplotlib, which knows all systems' windows."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from dicome.display.stack import Stack, Window, as_grey, automatic
from dicome.errors import MissingPackageError

if TYPE_CHECKING:
    from matplotlib.backend_bases import Event

KEYS = """\
keys: up and down: first dimension; left and right: second; page up and down: third
      w and W: narrower and wider window; c and C: darker and brighter; r: as it was; q: close
"""
AXIS_KEYS = (("up", "down"), ("right", "left"), ("pageup", "pagedown"))
_STEP = 1.15
_OURS = frozenset(("left", "right", "c", "r", "w", "W", "C", "up", "down", "pageup", "pagedown"))


def has_screen() -> bool:
    """Whether a window can be opened here."""
    return sys.platform in ("win32", "darwin") or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


class Viewer:
    """The window and what it shows. window: center and width asked for, None: those of each frame."""

    def __init__(
        self, stack: Stack, position: tuple[int, ...], window: Window | None, size: tuple[int, int] | None
    ) -> None:
        pyplot, Slider = _matplotlib()  # noqa: N806  # a class
        self.stack, self.asked, self.window = stack, window, window
        self.position = list(position)
        count = len(stack.axes)
        below = 0.05 * count + 0.03
        inches = None if size is None else (size[0] / 100, size[1] / 100 / (1 - below - 0.07))
        self.figure = pyplot.figure(stack.title, figsize=inches, dpi=100, facecolor="black")
        self.axes = self.figure.add_axes((0.02, below + 0.02, 0.96, 0.91 - below))
        self.axes.set_axis_off()
        picture = self._picture()
        self.shown = self.axes.imshow(
            picture, cmap="gray", vmin=0, vmax=255, aspect=stack.aspect, interpolation="nearest"
        )
        self.sliders = [self._slider(Slider, number, 0.05 * (count - 1 - number) + 0.02) for number in range(count)]
        self.figure.canvas.mpl_connect("key_press_event", self.key)
        self._say()

    def _slider(self, make: Any, number: int, bottom: float) -> Any:
        axis = self.stack.axes[number]
        place = self.figure.add_axes((0.32, bottom, 0.5, 0.03))
        slider = make(place, axis.name, 1, max(len(axis), 2), valinit=self.position[number] + 1, valstep=1)
        for text in (slider.label, slider.valtext):
            text.set_color("white")
        slider.valtext.set_x(1.04)  # clear of the knob
        slider.on_changed(lambda value: self.go(number, int(value) - 1))
        self._label(slider, number)
        return slider

    def _label(self, slider: Any, number: int) -> None:
        axis = self.stack.axes[number]
        label = axis.labels[self.position[number]]
        slider.valtext.set_text(f"{label} {axis.unit}".strip())

    def _picture(self) -> Any:
        place = tuple(self.position)
        values = self.stack.frame(place)
        if self.asked is None and self.window is None and values is not None:
            return as_grey(values, self.stack.window(place), self.stack.inverted)
        return as_grey(values, self.window, self.stack.inverted)

    def go(self, number: int, position: int) -> None:
        """Shows another position (0-based) of one axis."""
        position = min(max(position, 0), len(self.stack.axes[number]) - 1)
        self.position[number] = position
        if self.sliders[number].val != position + 1:
            self.sliders[number].set_val(position + 1)  # which calls here again
            return
        self._label(self.sliders[number], number)
        self.draw()

    def draw(self) -> None:
        """The picture anew."""
        self.shown.set_data(self._picture())
        self._say()
        self.figure.canvas.draw_idle()

    def _say(self) -> None:
        number = self.stack.number(tuple(self.position))
        center, width = self.current
        frame = f"frame {number}" if number else "missing"
        self.axes.set_title(f"{frame}   C {center:.5g}  W {width:.5g}", color="white", fontsize=9)

    @property
    def current(self) -> Window:
        """Center and width of what is shown."""
        place = tuple(self.position)
        if self.window is not None:
            return self.window
        values = self.stack.frame(place)
        return self.stack.window(place) or (automatic(values) if values is not None else (0.0, 1.0))

    def key(self, event: Event) -> None:
        """What a key does."""
        name = getattr(event, "key", None)
        for number, (forward, back) in enumerate(AXIS_KEYS[: len(self.stack.axes)]):
            if name in (forward, back):
                self.go(number, self.position[number] + (1 if name == forward else -1))
                return
        center, width = self.current
        changes = {"w": (center, width / _STEP), "W": (center, width * _STEP), "c": (center + width / 10, width),
                   "C": (center - width / 10, width), "r": self.asked}  # fmt: skip
        if name in changes:
            self.window = changes[name]
            self.draw()


def _matplotlib() -> tuple[Any, Any]:
    try:
        import matplotlib
        from matplotlib import pyplot
        from matplotlib.widgets import Slider
    except ImportError as problem:
        raise MissingPackageError(
            "a window needs matplotlib: pip install 'dicome[display]'; or write a picture with -o, or use --text"
        ) from problem
    for name in [name for name in matplotlib.rcParams if name.startswith("keymap.")]:
        matplotlib.rcParams[name] = [key for key in matplotlib.rcParams[name] if key not in _OURS]
    return pyplot, Slider


def can_open() -> bool:
    """Whether matplotlib has a backend that opens windows here; decides for one."""
    try:
        pyplot, _ = _matplotlib()
        pyplot.close(pyplot.figure())
    except (ImportError, RuntimeError):
        return False
    except Exception as problem:
        if type(problem).__name__ != "TclError":  # Tk, where the screen that DISPLAY names is not there
            raise
        return False
    return str(pyplot.get_backend()).lower() not in ("agg", "pdf", "ps", "svg", "template", "cairo")


def show(stack: Stack, position: tuple[int, ...], window: Window | None, size: tuple[int, int] | None) -> None:
    """Opens the window, and returns when it is closed."""
    pyplot, _ = _matplotlib()
    viewer = Viewer(stack, position, window, size)
    pyplot.show()
    del viewer
