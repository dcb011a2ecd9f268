"""Moving, headers and ExamCards in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dicome.phantom import Phantom, write_phantom
from tests.support.pages import Server

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

    from tests.support.looking import Page


@pytest.fixture
def page(browser: Chrome) -> Page:
    from tests.support.looking import Page

    return Page(browser)


@pytest.fixture
def incoming(phantom: Phantom, tmp_path: Path) -> Path:
    folder = tmp_path / "eingang à trier"
    (folder / "below").mkdir(parents=True)
    (folder / "below" / "a").write_bytes(phantom.path.read_bytes())
    write_phantom(folder / "b", rows=8, columns=6, slices=2, seed=3, series={"PatientName": "Second", "StudyID": "77"})
    (folder / "damaged").write_bytes(phantom.path.read_bytes()[:2500])
    (folder / "notes.txt").write_text("not DICOM")
    return folder


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def fill(page: Page, option: str, value: str) -> None:
    field = page.seen(f"[data-option={option}]")
    field.clear()
    field.send_keys(value)


def test_move_a_folder_and_undo_it(page: Page, serve: Callable[..., Server], incoming: Path, tmp_path: Path) -> None:
    before = content(incoming)
    page.browser.get(serve().address)
    page.tab("move")
    fill(page, "source", str(incoming))
    fill(page, "destination", str(tmp_path / "sorted"))
    fill(page, "quiet_for", "0")
    page.one("[data-option=recursive]").click()
    page.until("the command", lambda: "-R" in page.one("#move-command").text)
    assert page.one("#move-command").text == f"dcm_move -s '{incoming}' -R --quiet-for 0 {tmp_path / 'sorted'}"
    page.one("#move-plan").click()
    page.says("2 studies · 3 files")
    page.says("O'Neil^<b>Zoë</b>")
    page.says("1 file stays: is no DICOM file")
    # Without -a every study is asked for, and the file with an invalid header.
    assert not page.one("#move-run").is_enabled()
    page.one("#move-bad").click()
    page.until("leave to run", page.one("#move-run").is_enabled)
    page.one("#move-bad").click()
    page.until("none again", lambda: not page.one("#move-run").is_enabled())
    second = next(one for one in page.all("section.study") if "Second" in one.text)
    second.find_element("css selector", "input[type=checkbox]").click()
    second.find_element("css selector", "button.link").click()
    page.until(
        "where files go", lambda: str(tmp_path / "sorted") in second.find_element("css selector", "td.files").text
    )
    assert content(incoming) == before
    page.one("#move-run").click()
    page.says("1 file moved")
    assert sorted(content(incoming)) == ["below/a", "damaged", "notes.txt"]
    page.one("#move-undo").click()
    page.says("1 file put back")
    assert content(incoming) == before
    page.button("Earlier runs").click()
    page.says("Runs into this destination")
    page.nothing_broke()


@pytest.mark.parametrize(
    ("source", "destination", "told"),
    [
        ("gone", "out", "gone"),
        ("eingang à trier", "eingang à trier/notes.txt/x", "no directory"),
        ("", "out", "source"),
    ],
)
def test_bad_folders_are_told(
    page: Page, serve: Callable[..., Server], incoming: Path, source: str, destination: str, told: str
) -> None:
    page.browser.get(serve().address)
    page.tab("move")
    fill(page, "source", str(incoming.parent / source) if source else " ")
    fill(page, "destination", str(incoming.parent / destination))
    fill(page, "quiet_for", "0")
    page.one("[data-option=everything]").click()
    before = content(incoming)
    page.one("#move-plan").click()
    page.until("an answer", lambda: page.one("#page-move .bad-text").text or page.one("#move-run").is_enabled())
    if page.one("#move-run").is_enabled():
        page.one("#move-run").click()
    page.until(told, lambda: told in page.one("#page-move .bad-text").text)
    assert content(incoming) == before


def test_dcm_movegui_begins_with_its_switches(page: Page, serve: Callable[..., Server], incoming: Path) -> None:
    arguments = ("-s", str(incoming), "-R", "-a", "-c", "-f", "-d", "-i", "--quiet-for", "0", "flat")
    server = serve(*arguments, program="dcm_movegui")
    page.browser.get(server.address)
    line = f"dcm_move -s '{incoming}' -R -a -c -f -i -d --quiet-for 0 {server.folder / 'flat'}"
    page.until(line, lambda: page.seen("#move-command").text == line)
    page.one("#move-plan").click()
    page.says("2 studies")
    page.button("Copy").click()
    page.says("3 files copied")
    assert len([name for name in content(server.folder / "flat") if name.endswith(".dcm")]) >= 2
    assert len(content(incoming)) == 4
    # Of a run that was stopped, or killed, the journal says what was planned.
    (journal,) = (server.folder / "flat" / ".dicome-move").glob("*.jsonl")
    written = journal.read_bytes()
    for end, words in ((b'{"end": "stopped"}\n', "3 files planned, stopped"), (b"", "3 files planned, not finished")):
        journal.write_bytes(written.replace(b'{"end": "done"}\n', end))
        page.button("Earlier runs").click()
        page.says(words)
    journal.write_bytes(written)
    page.button("Earlier runs").click()
    page.says("3 files copied")


def test_headers_searched_and_compared(
    page: Page, serve: Callable[..., Server], phantom: Phantom, tmp_path: Path
) -> None:
    other = write_phantom(tmp_path / "other.dcm", rows=24, columns=20, series={"PatientName": "Other"})
    page.browser.get(serve(phantom.path).address)
    page.wait_for_frame(int(phantom.item_numbers[3, 0, 0, 0]))
    page.tab("header")  # shows what the viewer has open
    page.seen("#header-search").send_keys("patientname")
    page.until("one line", lambda: len(page.all("#page-header tbody tr")) == 1)
    page.until("the name", lambda: "O'Neil^<b>Zoë</b>" in page.one("#page-header tbody").text)
    for form in ("whole", "frames", "axes"):
        page.one(f"[data-form={form}]").click()
        page.one("#header-search").clear()
        page.one("#header-search").send_keys("EffectiveEchoTime")
        page.until(form, lambda: "EffectiveEchoTime" in page.one(".header-body").text)
    page.one("#header-search").clear()
    page.one("#header-add").click()
    page.choose(other.path)
    page.says("Different (")
    page.one("#header-search").send_keys("patientname")
    page.until(
        "both names", lambda: {"O'Neil^<b>Zoë</b>", "Other"} <= {one.text for one in page.all("#page-header td")}
    )
    page.nothing_broke()


def test_a_real_examcard(page: Page, serve: Callable[..., Server], corpus: Path) -> None:
    page.browser.get(serve().address)
    page.tab("examcard")
    page.seen("#examcard-open").click()
    page.choose(corpus / "raw" / "gt-examcard-parser" / "DUAL_ECHO_EPI.ExamCard")
    page.browser.switch_to.frame(page.seen("iframe.card-frame"))
    page.says("DUAL ECHO EPI")
    assert page.run("return window.origin") == "null"  # it can reach nothing of ours
    page.browser.switch_to.default_content()
    page.nothing_broke()
