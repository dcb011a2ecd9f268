"""Objects in their place: names, duplicates, conflicts, and what is refused without leaving a trace."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import string
from dataclasses import replace
from pathlib import Path
from struct import pack
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dicome.enhanced.encode import data_set
from dicome.network import statuses
from dicome.network.config import Limits
from dicome.network.names import object_name, safe_uid
from dicome.network.receive import Expected, Receipt
from dicome.network.state import State
from dicome.network.store import Store
from tests.support.servers import ENHANCED_MR, EXPLICIT, MR, RAW, body_of, mr_object, stored

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dicome.network.receive import Outcome


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    (tmp_path / "store").mkdir()
    state = State(tmp_path / "store")
    yield Store(tmp_path / "store", state)
    state.close()


def keep(store: Store, body: bytes, uid: str = "1.2.3.1", **changes: str) -> Outcome:
    expected = replace(Expected(MR, uid, EXPLICIT, "US", "THEM", "enhanced"), **changes)
    receipt = Receipt(expected, store.incoming, most=10_000_000, spare=0)
    for at in range(0, len(body), 1000):
        receipt.write(memoryview(body)[at : at + 1000])
    return receipt.finish(store.place)


def nothing_partial(store: Store) -> bool:
    return list(store.incoming.iterdir()) == []


def test_an_object_lies_under_its_study_and_uid(store: Store) -> None:
    body = mr_object("1.2.3.1", pixels=5001)
    assert keep(store, body).status == statuses.SUCCESS
    path = store.root / "1.2.3" / "MR.1.2.3.1"
    assert stored(store.root) == [path]
    assert body_of(path) == body
    assert nothing_partial(store)


@pytest.mark.parametrize(
    ("sop_class", "name"),
    # What DCMTK's storescp calls them, tried with its version 3.6.7.
    [(MR, "MR"), (ENHANCED_MR, "MRe"), (RAW, "RAW"), ("1.2.840.10008.5.1.4.1.1.4.2", "MRs"), ("1.3.46.670589.9", "OT")],
)
def test_the_name_says_what_it_is(sop_class: str, name: str) -> None:
    assert object_name(sop_class, "1.2.3") == f"{name}.1.2.3"


def test_the_same_object_again_is_a_success_and_written_once(store: Store) -> None:
    body = mr_object("1.2.3.1")
    first, second = keep(store, body), keep(store, body)
    assert (first.status, second.status) == (0, 0)
    assert second.placed is not None
    assert second.placed.how == "duplicate"
    assert len(stored(store.root)) == 1
    assert nothing_partial(store)


def test_other_objects_of_the_same_uid_are_kept_beside(store: Store) -> None:
    bodies = [mr_object("1.2.3.1", pixels=size) for size in (100, 200, 300, 200)]
    how = [outcome.placed.how for body in bodies if (outcome := keep(store, body)).placed]
    assert how == ["stored", "conflict", "conflict", "duplicate"]
    names = {path.name: body_of(path) for path in stored(store.root)}
    assert names == {"MR.1.2.3.1": bodies[0], "MR.1.2.3.1~2": bodies[1], "MR.1.2.3.1~3": bodies[2]}


HOSTILE = [
    "../../etc/passwd",
    "/etc/passwd",
    "1.2/../3",
    "..",
    ".",
    "a\\b",
    "con",
    "1.2.3\n",
    "1..2",
    "é",
    "~root",
    "1.2.3~2",
]


@pytest.mark.parametrize("uid", HOSTILE)
def test_uids_never_become_paths(uid: str, store: Store) -> None:
    body = mr_object(uid, study=uid)
    outcome = keep(store, body, uid)
    assert outcome.status == statuses.SUCCESS
    (path,) = stored(store.root)
    assert path.parent.parent == store.root
    assert set(path.name + path.parent.name) <= set(string.ascii_letters + string.digits + ".-")
    assert body_of(path) == body
    assert sorted(one.name for one in store.root.parent.iterdir()) == ["store"]


@given(st.text(max_size=80))
def test_a_safe_name_is_one_part_and_never_special(uid: str) -> None:
    name = safe_uid(uid)
    assert name not in ("", ".", "..")
    assert set(name) <= set(string.ascii_lowercase + string.digits + ".-")
    assert not name.startswith(".")
    assert len(name) <= 64


@pytest.mark.parametrize("uid", ["", "1" * 65])
def test_no_uid_and_too_long_ones_are_refused(uid: str, store: Store) -> None:
    assert keep(store, mr_object(uid), uid).status == statuses.INVALID_INSTANCE
    assert stored(store.root) == []
    assert nothing_partial(store)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (mr_object("1.2.3.1", sop_class=RAW), statuses.DOES_NOT_MATCH_CLASS),
        (mr_object("1.2.3.9"), statuses.DOES_NOT_MATCH_CLASS),
        (b"\x08\x00\x16\x00UI\xff\x00short", statuses.CANNOT_UNDERSTAND),
        (b"", statuses.DOES_NOT_MATCH_CLASS),
    ],
)
def test_what_is_not_as_announced_is_refused(body: bytes, status: int, store: Store) -> None:
    outcome = keep(store, body)
    assert (outcome.status, outcome.placed) == (status, None)
    assert stored(store.root) == []
    assert nothing_partial(store)


def test_a_header_that_does_not_end_is_refused_soon_and_long_texts_are_cut(store: Store) -> None:
    many = b"".join(pack("<HH2sH", 0x0009, 0x1000, b"LO", 0) for _ in range(300_001))
    head = data_set([(0x00080016, "UI", MR), (0x00080018, "UI", "1.2.3.1")])
    assert keep(store, head + many).status == statuses.CANNOT_UNDERSTAND
    comments = 0x00104000
    body = mr_object("1.2.3.1", extra=[(comments, "UT", "#-#/x" + "y" * 3_000_000)])
    expected = Expected(MR, "1.2.3.1", EXPLICIT, "", "", "")
    receipt = Receipt(expected, store.incoming, most=10_000_000, spare=0, tags=(comments,))
    receipt.write(memoryview(body))
    assert receipt.finish(store.place).status == statuses.SUCCESS
    assert len(store.state.asks("1.2.3")[0]) == 1 << 14


def test_an_object_without_study_has_a_folder_of_its_own(store: Store) -> None:
    assert keep(store, mr_object("1.2.3.1", study="")).status == statuses.SUCCESS
    assert [path.parent.name for path in stored(store.root)] == ["no-study"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
@pytest.mark.parametrize("call", ["write", "fsync"])
def test_a_disk_that_fails_is_out_of_resources_and_leaves_nothing(
    call: str, number: int, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patched:
        patched.setattr(os, call, fail)
        assert keep(store, mr_object("1.2.3.1")).status == statuses.OUT_OF_RESOURCES
    assert stored(store.root) == []
    assert nothing_partial(store)
    assert keep(store, mr_object("1.2.3.1")).status == statuses.SUCCESS


def test_a_folder_that_is_gone_refuses_and_then_works_again(store: Store) -> None:
    shutil.rmtree(store.incoming)
    assert keep(store, mr_object("1.2.3.1")).status == statuses.OUT_OF_RESOURCES
    store.incoming.mkdir()
    assert keep(store, mr_object("1.2.3.1")).status == statuses.SUCCESS


def test_a_place_that_cannot_be_made_refuses(store: Store) -> None:
    (store.root / "1.2.3").write_text("a file where the study's folder should be")
    assert keep(store, mr_object("1.2.3.1")).status == statuses.OUT_OF_RESOURCES
    assert nothing_partial(store)
    assert store.state.paths() == []


def test_a_commit_that_fails_leaves_no_transaction_open(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    class Failing:
        """A connection whose disk is full at the end of a transaction."""

        def __init__(self, base: sqlite3.Connection) -> None:
            self.base = base

        def execute(self, sql: str, *values: object) -> object:
            if sql == "COMMIT":
                raise sqlite3.OperationalError("disk I/O error")
            return self.base.execute(sql, *values)  # type: ignore[arg-type]

        @property
        def in_transaction(self) -> bool:
            return self.base.in_transaction

    with monkeypatch.context() as patched:
        patched.setattr(store.state, "_base", Failing(store.state._base))
        assert keep(store, mr_object("1.2.3.1")).status == statuses.OUT_OF_RESOURCES
    assert nothing_partial(store)
    outcome = keep(store, mr_object("1.2.3.1"))
    assert outcome.status == statuses.SUCCESS
    assert store.state.paths() == ["1.2.3/MR.1.2.3.1"]


def test_a_study_is_handed_on_once_for_what_has_come(store: Store) -> None:
    state = store.state
    assert keep(store, mr_object("1.2.3.1")).status == statuses.SUCCESS
    assert state.complete("1.2.3", ["copy"])
    task = state.claim()
    assert task is not None
    state.finish(task, "done")
    assert state.complete("1.2.3", ["copy"])  # its last object was noted before, and told after that
    assert state.queue() == {"done": 1}
    assert keep(store, mr_object("1.2.3.2"), "1.2.3.2").status == statuses.SUCCESS
    assert state.complete("1.2.3", ["copy"])
    assert state.queue() == {"waiting": 1}


def test_what_must_stay_free_is_kept_free(store: Store) -> None:
    receipt = Receipt(Expected(MR, "1.2.3.1", EXPLICIT, "", "", ""), store.incoming, most=1 << 40, spare=1 << 60)
    receipt.write(memoryview(mr_object("1.2.3.1")))
    outcome = receipt.finish(store.place)
    assert (outcome.status, outcome.comment) == (statuses.OUT_OF_RESOURCES, "the disk is full")
    assert nothing_partial(store)


def test_too_large_is_refused_and_a_flood_is_told(store: Store) -> None:
    receipt = Receipt(Expected(MR, "1.2.3.1", EXPLICIT, "", "", ""), store.incoming, most=1000, spare=0)
    receipt.write(memoryview(bytes(1001)))
    assert nothing_partial(store)
    assert not receipt.is_too_long
    receipt.write(memoryview(bytes(1000)))
    assert receipt.is_too_long
    assert receipt.finish(store.place).status == statuses.OUT_OF_RESOURCES


def test_limits_are_sensible_by_default() -> None:
    limits = Limits()
    assert limits.pdu <= 60 <= limits.idle
    assert limits.object_size > 4 << 30
