"""The window: sliders, keys, and that it really opens."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from dicome.display.stack import as_grey, open_stack
from dicome.phantom import write_phantom

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dicome.display.window import Viewer


@pytest.fixture
def viewer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Viewer]:
    monkeypatch.setenv("MPLBACKEND", "agg")
    pyplot = pytest.importorskip("matplotlib.pyplot")
    pyplot.switch_backend("agg")
    from dicome.display.window import Viewer

    write_phantom(tmp_path / "a.dcm", rows=8, columns=6, slices=5, echoes=2, dynamics=3)
    stack = open_stack(tmp_path / "a.dcm")
    yield Viewer(stack, stack.start, None, (400, 400))
    pyplot.close("all")


def press(viewer: Viewer, *keys: str) -> None:
    for key in keys:
        event: Any = SimpleNamespace(key=key)
        viewer.key(event)


def test_keys_and_sliders_move_along_the_axes(viewer: Viewer) -> None:
    assert len(viewer.sliders) == 3
    press(viewer, "up", "right", "right", "pageup", "pageup")
    assert viewer.position == [3, 2, 1]  # 5 slices, 3 dynamics, 2 echoes
    assert [slider.val for slider in viewer.sliders] == [4, 3, 2]
    press(viewer, *["up"] * 9, *["left"] * 9)
    assert viewer.position == [4, 0, 1]
    viewer.sliders[2].set_val(1)
    assert viewer.position == [4, 0, 0]
    shown = viewer.shown.get_array()
    expected = as_grey(viewer.stack.frame((4, 0, 0)), viewer.stack.window((4, 0, 0)))
    assert (shown == expected).all()


def test_keys_change_the_window(viewer: Viewer) -> None:
    center, width = viewer.current
    press(viewer, "W", "c")
    assert viewer.current[1] == pytest.approx(width * 1.15)
    assert viewer.current[0] > center
    press(viewer, "r")
    assert viewer.current == (center, width)


SAYS_WHEN_IT_IS_OPEN = """
import sys
from dicome.cli.main import main
from dicome.display.window import Viewer

made = Viewer.__init__

def telling(self, *arguments):
    made(self, *arguments)
    self.timer = self.figure.canvas.new_timer(100)
    self.timer.add_callback(lambda: print("open", self.figure.canvas.get_tk_widget().winfo_viewable(), flush=True))
    self.timer.start()

Viewer.__init__ = telling
main(["dcm_x_disp", sys.argv[1]])
"""
"""From the window's own loop: how long it takes to get there depends on the machine."""


@pytest.mark.skipif(shutil.which("Xvfb") is None, reason="no Xvfb here to open a window on")
def test_a_window_opens_where_there_is_a_screen(tmp_path: Path) -> None:
    pytest.importorskip("tkinter")
    write_phantom(tmp_path / "a.dcm", rows=8, columns=6, slices=5)
    reading, writing = os.pipe()
    with subprocess.Popen(["Xvfb", "-displayfd", str(writing), "-screen", "0", "640x480x24"], pass_fds=[writing],
                          stderr=subprocess.DEVNULL) as screen:  # fmt: skip
        display = f":{os.read(reading, 16).decode().strip()}"
        environment = {**os.environ, "DISPLAY": display, "MPLBACKEND": "tkagg", "MPLCONFIGDIR": str(tmp_path)}
        command = [sys.executable, "-c", SAYS_WHEN_IT_IS_OPEN, str(tmp_path / "a.dcm")]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            assert process.stdout is not None
            said = [process.stdout.readline() for _ in range(5)]  # empty where it ends without
            still_open = process.poll() is None
            process.terminate()
            _, problems = process.communicate()
        screen.terminate()
    os.close(reading)
    os.close(writing)
    assert said[-1] == b"open 1\n", problems.decode()
    assert still_open
