"""Random trees with clashes, faults and kills: every byte is found again, and undo restores the tree as it was."""

from __future__ import annotations

import errno
import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from dicome.moving import MoveOptions, apply_plan, finish_runs, plan_moves, undo
from dicome.moving.journal import read, unfinished
from tests.moving.faults import Faults, injected
from tests.moving.making import contents, image, tree, without_pixels, write

images = st.builds(
    image,
    payload=st.integers(0, 2),
    missing=st.sampled_from([0, 0, 0, 0, 2]),
    study=st.sampled_from(["1", "2", "", "../x"]),
    series=st.integers(1, 2),
    instance=st.integers(1, 3),
    uid=st.sampled_from(["1.2.3", "1.2.4", "1.2.5", "1.2.6"]),
    dynamic=st.sampled_from(["1", "2"]),
    position=st.sampled_from(["0\\0\\1", "0\\0\\2"]),
)
objects = st.builds(without_pixels, series=st.integers(0, 2), instance=st.integers(1, 2))
others = st.sampled_from([b"notes", b"\0\1\2\3" * 50, bytes(128) + b"DICM" + b"\xff" * 20, b""])
names = st.sampled_from(
    [
        "a",
        "b",
        "c",
        "x.dcm",
        "notes.txt",
        "IM_0001",
        "0001",
        "0001.0001.0001",
        "0001.0001.0002",
        "0001.0001.info",
        "info",
    ]
)
trees = st.dictionaries(
    st.tuples(st.sampled_from(["", "sub/", "MR/", "0001/", "0001/0001/", "bad/"]), names).map("".join),
    st.one_of(images, images, images, objects, others),
    max_size=8,
).filter(lambda files: not any(other.startswith(f"{name}/") for name in files for other in files))
switches = st.fixed_dictionaries(
    {name: st.booleans() for name in ("recursive", "flat", "no_info", "suffix", "no_breakdown", "uid_names")}
)
faults = st.tuples(
    st.integers(0, 60),
    st.sampled_from(["kill before", "kill after", "kill before", errno.EACCES, errno.ENOSPC, errno.EIO]),
)
layouts = st.sampled_from(["apart", "across", "same", "inside", "around", "rename"])


def options_for(layout: str, root: Path, switches: dict[str, bool], copy: bool) -> MoveOptions:
    source = root / "out" / "source" if layout == "around" else root / "source"
    target = {"same": source, "inside": source / "target", "around": root / "out"}.get(layout, root / "target")
    return MoveOptions(
        source=source,
        destination=None if layout == "rename" else target,
        rename=layout == "rename",
        copy=copy and layout != "rename",
        quiet_for=0,
        **switches,  # type: ignore[arg-type]
    )


def attempt(options: MoveOptions) -> list[str]:
    """One run as the command does it; the journals of what it did, the latest first."""
    done = [one.journal for one in finish_runs(options.target)]
    outcome = apply_plan(plan_moves(options))
    return [one for one in (outcome.journal, *reversed(done)) if one]


@given(trees, switches, st.booleans(), layouts, faults, st.booleans())
@settings(deadline=None, max_examples=120)
def test_every_byte_is_found_again(
    files: dict[str, bytes],
    switches: dict[str, bool],
    copy: bool,
    layout: str,
    fault: tuple[int, str | int],
    finished: bool,
) -> None:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name).resolve()
        options = options_for(layout, root, switches, copy)
        options.source.mkdir(parents=True)
        for path, content in files.items():
            write(options.source / path, content)
        before, counted = tree(root), contents(root)
        apart = (options.source, options.target) if layout == "across" else None
        try:
            with injected(Faults(*fault, apart)):
                attempt(options)
        except OSError:
            pass  # told; what matters is what lies on the disk
        assert set(contents(root)) == set(counted)
        assert all(contents(root)[one] >= count for one, count in counted.items())
        if finished:  # by the next run; else it is undone from where it was cut short
            with injected(Faults(apart=apart)):
                attempt(options)
            assert unfinished(options.target) == []
            if not options.copy:
                assert contents(root) == counted
        with injected(Faults(apart=apart)):
            undo_everything(options.target)
        assert tree(root) == before


def undo_everything(target: Path) -> None:
    """Undoes all runs, the latest first."""
    for path in sorted(
        (target / ".dicome-move").glob("*.jsonl"), key=lambda one: (len(one.name), one.name), reverse=True
    ):
        if path.exists() and read(path).end != "undone":
            assert undo(path).left == ()


@given(trees, switches, st.booleans(), layouts, st.integers(0, 60), st.sampled_from(["kill before", "kill after"]))
@settings(deadline=None, max_examples=60)
def test_an_undo_that_is_killed_is_finished_by_the_next_run(
    files: dict[str, bytes], switches: dict[str, bool], copy: bool, layout: str, at: int, kind: str
) -> None:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name).resolve()
        options = options_for(layout, root, switches, copy)
        options.source.mkdir(parents=True)
        for path, content in files.items():
            write(options.source / path, content)
        before, counted = tree(root), contents(root)
        apart = (options.source, options.target) if layout == "across" else None
        with injected(Faults(apart=apart)):
            outcome = apply_plan(plan_moves(options))
        if not outcome.journal:
            return
        with injected(Faults(at, kind, apart)):
            undo(outcome.journal)
        assert all(contents(root)[one] >= count for one, count in counted.items())
        with injected(Faults(apart=apart)):
            finish_runs(options.target)
            undo_everything(options.target)
        assert tree(root) == before


@given(trees, switches)
@settings(deadline=None, max_examples=150)
def test_a_second_run_has_nothing_to_do(files: dict[str, bytes], switches: dict[str, bool]) -> None:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name).resolve()
        options = options_for("same", root, {**switches, "recursive": True}, copy=False)
        options.source.mkdir(parents=True)
        for path, content in files.items():
            write(options.source / path, content)
        apply_plan(plan_moves(options))
        again = plan_moves(replace(options))
        assert [(step.source, step.target) for step in again.steps] == []
