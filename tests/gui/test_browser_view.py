"""The viewer in a real browser: what is on the canvas is what the phantom holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from dicome.phantom import Phantom, write_phantom
from tests.support.pages import Server

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

    from tests.support.looking import Page

NAMELESS = """
const all = [...document.querySelectorAll("button, input, select, canvas, iframe")];
const named = (one) => one.ariaLabel || one.title || one.labels?.length || one.textContent.trim();
return all.filter((one) => one.checkVisibility() && !named(one)).map((one) => one.outerHTML);
"""
"""What can be used and has no name that a screen reader could say."""


@pytest.fixture
def page(browser: Chrome) -> Page:
    from tests.support.looking import Page

    return Page(browser)


@pytest.fixture
def viewer(page: Page, showing: Server, phantom: Phantom) -> Page:
    """The page with the phantom in it."""
    page.browser.get(showing.address)
    page.wait_for_frame(int(phantom.item_numbers[3, 0, 0, 0]))
    return page


def expected(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """Grey values of a window, by its definition."""
    return np.clip((values - low) / (high - low) * 255, 0, 255)


def window(page: Page, low: float, high: float) -> None:
    """Typed into the fields."""
    from selenium.webdriver.common.keys import Keys

    for name, value in (("high", high), ("low", low)):
        field = page.one(f"[data-window={name}]")
        field.send_keys(Keys.CONTROL, "a")
        field.send_keys(str(value), Keys.TAB)


def test_dragging_a_slider_shows_the_right_frame(viewer: Page, phantom: Phantom) -> None:
    from selenium.webdriver import ActionChains

    window(viewer, 0, 2000)
    slider = viewer.one("#axis-3")
    size = slider.size["width"]
    # From the left end, where the handle is, past the middle to the right end.
    actions = ActionChains(viewer.browser).move_to_element_with_offset(slider, -size // 2 + 8, 0).click_and_hold()
    for _ in range(10):
        actions.move_by_offset(size // 10, 0)
    actions.release().perform()
    viewer.wait_for_frame(int(phantom.item_numbers[3, 0, 0, 2]))
    assert viewer.labels() == ["4", "1", "M", f"{phantom.echo_times[2]:g} ms"]
    greys = np.array(viewer.greys()).reshape(24, 20)
    np.testing.assert_allclose(greys, expected(phantom.values[:, :, 3, 0, 0, 2], 0, 2000), atol=1.01)
    viewer.nothing_broke()


def test_every_position_of_every_axis_by_keys(viewer: Page, phantom: Phantom) -> None:
    from selenium.webdriver.common.keys import Keys

    at = [3, 0, 0, 0]
    for axis, size in enumerate(phantom.item_numbers.shape):
        viewer.press(Keys.HOME)
        at[axis] = 0
        viewer.wait_for_frame(int(phantom.item_numbers[tuple(at)]))
        for position in range(1, size):
            viewer.press(Keys.ARROW_RIGHT)
            at[axis] = position
            viewer.wait_for_frame(int(phantom.item_numbers[tuple(at)]))
        viewer.press(Keys.ARROW_DOWN)
    assert viewer.labels() == ["7", "4", "P", f"{phantom.echo_times[2]:g} ms"]


def test_values_under_the_mouse_in_every_kind(viewer: Page, phantom: Phantom) -> None:
    from selenium.webdriver import ActionChains

    canvas = viewer.seen(".stage.frame canvas")
    ActionChains(viewer.browser).move_to_element(canvas).click().perform()
    cursor = viewer.until(
        "a chosen voxel", lambda: viewer.run("return document.getElementById('page-view').viewer.state.cursor")
    )
    row, column = cursor["row"], cursor["column"]
    assert (row in (11, 12), column in (9, 10)) == (True, True)  # about the middle of 24 x 20
    text = viewer.one(".readout").text
    for name, value in (("PV", phantom.stored), ("FP", phantom.values), ("DV", phantom.display)):
        assert f"{name} {float(f'{value[row, column, 3, 0, 0, 0]:.6g}'):g}" in text
    assert f"row {row + 1}" in text
    assert f"frame {phantom.item_numbers[3, 0, 0, 0]}" in text
    where = phantom.affine @ [row, column, 3, 1]
    assert "LPS " + ", ".join(f"{one:.1f}".replace("-", "−") for one in where[:3]) in text


def test_the_curve_of_a_voxel(viewer: Page, phantom: Phantom) -> None:
    from selenium.webdriver import ActionChains
    from selenium.webdriver.support.select import Select

    ActionChains(viewer.browser).move_to_element(viewer.seen(".stage.frame canvas")).click().perform()
    Select(viewer.one("[aria-label='Axis of the curve']")).select_by_visible_text("Effective Echo Time")
    viewer.until("three points", lambda: len(viewer.all(".plot .dot")) == 3)
    heights = [float(one.get_attribute("cy") or 0) for one in viewer.all(".plot .dot")]
    cursor = viewer.run("return document.getElementById('page-view').viewer.state.cursor")
    truth = phantom.values[cursor["row"], cursor["column"], 3, 0, 0]
    # Higher values stand higher: the heights are a straight line of the values.
    slope, _ = np.polyfit(truth, heights, 1)
    assert slope < 0
    np.testing.assert_allclose(np.polyval(np.polyfit(truth, heights, 1), truth), heights, atol=0.2)


def test_the_window_by_mouse_and_by_number(viewer: Page, phantom: Phantom) -> None:
    from selenium.webdriver import ActionChains

    window(viewer, 100, 900)
    assert float(viewer.one("[data-window=level]").get_attribute("value") or 0) == 500
    assert float(viewer.one("[data-window=width]").get_attribute("value") or 0) == 800
    canvas = viewer.seen(".stage.frame canvas")
    ActionChains(viewer.browser).move_to_element(canvas).click_and_hold().move_by_offset(40, 0).move_by_offset(
        40, 0
    ).release().perform()
    assert float(viewer.one("[data-window=width]").get_attribute("value") or 0) > 1000
    assert float(viewer.one("[data-window=level]").get_attribute("value") or 0) == pytest.approx(500)
    viewer.press("i")
    low, high = (float(viewer.one(f"[data-window={name}]").get_attribute("value") or 0) for name in ("low", "high"))
    greys = np.array(viewer.greys()).reshape(24, 20)
    np.testing.assert_allclose(greys, 255 - expected(phantom.values[:, :, 3, 0, 0, 0], low, high), atol=1.1)


def test_magnitude_and_phase_keep_windows_of_their_own(viewer: Page) -> None:
    window(viewer, 11, 1234)
    slider = "document.getElementById('page-view').viewer.state.setAt(2, {})"
    viewer.run(slider.format(1))
    viewer.until("another window", lambda: viewer.one("[data-window=high]").get_attribute("value") != "1234")
    viewer.run(slider.format(0))
    viewer.until("the window again", lambda: viewer.one("[data-window=high]").get_attribute("value") == "1234")


def test_three_planes(viewer: Page, phantom: Phantom) -> None:
    viewer.press("p")
    viewer.until(
        "planes",
        lambda: viewer.run("return document.getElementById('page-view').viewer.stage.panes.column.greys() !== null"),
    )
    window(viewer, 0, 2000)
    volume = phantom.values[:, :, :, 0, 0, 0]
    # A transverse scan from the feet up: the head is up in the coronal and sagittal planes, the front at the left.
    coronal = np.array(viewer.greys("row")).reshape(7, 20)
    np.testing.assert_allclose(coronal, expected(volume[12].T[::-1], 0, 2000), atol=1.01)
    sagittal = np.array(viewer.greys("column")).reshape(7, 24)
    np.testing.assert_allclose(sagittal, expected(volume[:, 10].T[::-1], 0, 2000), atol=1.01)
    letters = viewer.run(
        "const {row, column, native} = document.getElementById('page-view').viewer.stage.panes;"
        "return [native, row, column].map((pane) => [pane.picture.title, pane.picture.letters, pane.picture.pixel])"
    )
    assert [one[0] for one in letters] == ["Axial", "Coronal", "Sagittal"]
    assert [[one[1][side][0] for side in ("left", "right", "top", "bottom")] for one in letters] == [
        ["R", "L", "A", "P"],
        ["R", "L", "H", "F"],
        ["A", "P", "H", "F"],
    ]
    assert letters[1][2]["height"] == pytest.approx(np.linalg.norm(phantom.affine[:3, 2]), rel=1e-4)
    assert letters[1][2]["width"] == pytest.approx(2.5, rel=1e-4)
    viewer.press("f")
    viewer.seen(".stage.frame")


WAY = {  # plane: how patient coordinates (LPS) change from left to right, and from top to bottom
    "Axial": ((0, 1), (1, 1)),
    "Coronal": ((0, 1), (2, -1)),
    "Sagittal": ((1, 1), (2, -1)),
}
CORNERS = """
const {native, row, column} = document.getElementById("page-view").viewer.stage.panes;
return [native, row, column].map(({picture}) => {
  const [x, y] = [picture.width - 1, picture.height - 1];
  const slice = document.getElementById("page-view").viewer.state.at[0];
  const corners = [[0, 0], [x, 0], [0, y], [x, y]].map(([i, j]) => ({slice, ...picture.sample(i, j)}));
  return {title: picture.title, letters: picture.letters, corners};
});
"""


@pytest.mark.parametrize("orientation", ["TRA", "SAG", "COR"])
@pytest.mark.parametrize("backwards", [False, True])
def test_planes_of_any_scan_lie_the_usual_way_up(
    page: Page, server: Server, tmp_path: Path, orientation: str, backwards: bool
) -> None:
    found = write_phantom(
        tmp_path / "scan.dcm", rows=12, columns=10, slices=7, orientation=orientation, reverse_slices=backwards
    )
    page.browser.get(server.address)
    opened = "return document.getElementById('page-view')?.viewer"
    page.until("the viewer", lambda: page.run(f"{opened} !== undefined"))
    page.run(f"{opened}.open({{paths: [arguments[0]]}})", str(found.path))
    page.wait_for_frame(int(found.item_numbers[3]))
    page.press("p")
    page.until("planes", lambda: page.run(f"{opened}.stage.panes.column.greys() !== null"))
    panes = page.run(CORNERS)
    assert sorted(pane["title"] for pane in panes) == ["Axial", "Coronal", "Sagittal"]
    for pane in panes:
        places = []
        for corner in pane["corners"]:
            row, column, slice_ = corner["row"], corner["column"], corner["slice"]
            assert corner["values"]["fp"] == pytest.approx(found.values[row, column, slice_], rel=1e-5)
            places.append((found.affine @ [row, column, slice_, 1])[:3])
        left_to_right, top_to_bottom = places[1] - places[0], places[2] - places[0]
        for way, (axis, sign) in zip((left_to_right, top_to_bottom), WAY[pane["title"]], strict=True):
            assert np.abs(way).argmax() == axis
            assert np.sign(way[axis]) == sign
        ends = [pane["letters"][side][0] for side in ("left", "right", "top", "bottom")]
        assert ends == {"Axial": list("RLAP"), "Coronal": list("RLHF"), "Sagittal": list("APHF")}[pane["title"]]


def test_a_montage_and_a_click_into_it(viewer: Page, phantom: Phantom) -> None:
    from selenium.webdriver.support.select import Select

    viewer.press("m")
    Select(viewer.seen("#tiled")).select_by_visible_text("Temporal Position Index")
    marks = (
        "return document.getElementById('page-view').viewer.stage.panes.montage.picture?.marks?.map((one) => one.words)"
    )
    viewer.until("four tiles", lambda: viewer.run(marks) == ["1", "2", "3", "4"])
    values = viewer.run(
        "const {picture} = document.getElementById('page-view').viewer.stage.panes.montage;"
        "const part = picture.parts[2]; return picture.sample(part.x + 5, part.y + 9)"
    )
    assert (values["row"], values["column"], values["position"]) == (9, 5, 2)
    assert values["values"]["fp"] == pytest.approx(phantom.values[9, 5, 3, 2, 0, 0], rel=1e-6)


def test_cine_plays_and_stops(viewer: Page) -> None:
    viewer.press(" ")
    viewer.until("another frame", lambda: viewer.labels()[0] == "6")
    viewer.press(" ")
    viewer.until("rest", lambda: viewer.run("return document.getElementById('page-view').viewer.cine.axis") is None)


def test_zoom_moving_and_fit(viewer: Page) -> None:
    zoom = "return document.getElementById('page-view').viewer.stage.main.zoom"
    viewer.press("+", "+")
    assert viewer.run(zoom) == pytest.approx(1.25**2)
    viewer.press("0")
    assert viewer.run(zoom) == 1


def voxel_at(viewer: Page, x: int, y: int) -> tuple[int, int] | None:
    """Row and column of a click so far from the middle of the canvas."""
    from selenium.webdriver import ActionChains

    canvas = viewer.seen(".stage.frame canvas")
    ActionChains(viewer.browser).move_to_element_with_offset(canvas, x, y).click().perform()
    cursor = viewer.run("return document.getElementById('page-view').viewer.state.cursor")
    return (cursor["row"], cursor["column"]) if cursor else None


@pytest.mark.parametrize("zoomed", [False, True])
def test_the_picture_moves_with_the_mouse_and_back(viewer: Page, zoomed: bool) -> None:
    from selenium.webdriver import ActionChains
    from selenium.webdriver.common.keys import Keys

    if zoomed:
        viewer.press("+", "+", "+")
    before = voxel_at(viewer, 0, 0)
    assert before is not None
    canvas = viewer.seen(".stage.frame canvas")
    drag = ActionChains(viewer.browser).key_down(Keys.SHIFT).move_to_element(canvas).click_and_hold()
    drag.move_by_offset(30, 20).move_by_offset(30, 40).release().key_up(Keys.SHIFT).perform()
    assert voxel_at(viewer, 60, 60) == before
    moved = voxel_at(viewer, 0, 0)
    assert moved is not None
    assert moved < before
    viewer.press("0")
    assert voxel_at(viewer, 0, 0) == before


def test_the_wheel_zooms_about_the_mouse(viewer: Page) -> None:
    from selenium.webdriver import ActionChains
    from selenium.webdriver.common.actions.wheel_input import ScrollOrigin
    from selenium.webdriver.common.keys import Keys

    before, middle = voxel_at(viewer, 70, 50), voxel_at(viewer, 0, 0)
    assert before is not None
    canvas = viewer.seen(".stage.frame canvas")
    wheel = ActionChains(viewer.browser).key_down(Keys.CONTROL)
    wheel.scroll_from_origin(ScrollOrigin.from_element(canvas, 70, 50), 0, -300).key_up(Keys.CONTROL).perform()
    assert viewer.run("return document.getElementById('page-view').viewer.stage.main.zoom") == pytest.approx(
        np.e, rel=0.01
    )
    assert voxel_at(viewer, 70, 50) == before
    assert voxel_at(viewer, 0, 0) != middle


def test_the_header_beside_with_a_filter(viewer: Page, phantom: Phantom) -> None:
    viewer.press("/")
    box = viewer.one("#header-filter")
    assert viewer.browser.switch_to.active_element == box
    box.send_keys("effective echo")
    viewer.until("one line", lambda: len(viewer.all(".header-table td.value")) == 1)
    assert viewer.one(".header-table td.value").text == f"{phantom.echo_times[0]:g}"
    viewer.run("document.getElementById('page-view').viewer.state.setAt(3, 1)")
    viewer.until("the next echo", lambda: viewer.one(".header-table td.value").text == f"{phantom.echo_times[1]:g}")


def test_html_in_a_patient_name_stays_text(viewer: Page) -> None:
    viewer.one(".scan summary").click()
    viewer.says("O'Neil^<b>Zoë</b>")
    viewer.says("<img src=x onerror=")
    viewer.tab("header")
    viewer.says("<script>window.broken = 1</script>")
    assert viewer.all("img") == []
    viewer.nothing_broke()


def test_export_never_replaces_unasked(viewer: Page, tmp_path: Path) -> None:
    for name, words in (("fresh.mat", "Written:"), ("fresh.mat", "exists already")):
        viewer.press("e")
        for field, value in (("#export-folder", str(tmp_path)), ("dialog[open] .fields > input", name)):
            box = viewer.seen(field)
            box.clear()
            box.send_keys(value)
        viewer.button("Write").click()
        viewer.says(words)
        if words == "Written:":
            (tmp_path / name).write_bytes(b"mine")
    assert (tmp_path / "fresh.mat").read_bytes() == b"mine"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_all_that_can_be_used_has_a_name_and_fits_a_laptop(viewer: Page, theme: str) -> None:
    scheme = [{"name": "prefers-color-scheme", "value": theme}]
    viewer.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": scheme})
    for name in ("move", "header", "examcard", "view"):
        viewer.tab(name)
        assert viewer.run(NAMELESS) == []
        assert viewer.run(
            "const {scrollWidth, scrollHeight} = document.documentElement;"
            "return scrollWidth <= innerWidth && scrollHeight <= innerHeight"
        )
    back = viewer.run("return getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, back[4:-1].split(","))) > 600) is (theme == "light")
