"""What the server knows of its objects and studies, in SQLite (WAL): it survives a crash at any point.

The files are the truth; what a crash left out here is found again from them (`recover`). A write holds SQLite's lock
for writers, so that ``dicome clean``, in a process of its own, never deletes a study into which an object is moved.

    studies   state: arriving, complete (waits for its actions), settled; pinned: never deleted
    objects   one row per stored file
    actions   what is to be done with a study: waiting, running, done, stays (told why, and not tried again), failed
    sent      files that an action has sent already
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dicome.errors import FileAccessError

FOLDER = ".dicome"
FILE = "state.sqlite"
WAIT = 30.0
"""Seconds to wait for another process's write."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS studies (
  uid TEXT PRIMARY KEY, state TEXT NOT NULL DEFAULT 'arriving', first REAL NOT NULL, last REAL NOT NULL,
  pinned INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS objects (
  path TEXT PRIMARY KEY, study TEXT NOT NULL, sop_instance TEXT NOT NULL, size INTEGER NOT NULL, arrived REAL NOT NULL,
  caller TEXT NOT NULL, listener TEXT NOT NULL, conflict INTEGER NOT NULL DEFAULT 0, asks TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS objects_of_study ON objects (study);
CREATE TABLE IF NOT EXISTS actions (
  study TEXT NOT NULL, name TEXT NOT NULL, position INTEGER NOT NULL, state TEXT NOT NULL DEFAULT 'waiting',
  tries INTEGER NOT NULL DEFAULT 0, next REAL NOT NULL DEFAULT 0, reason TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (study, name));
CREATE TABLE IF NOT EXISTS sent (study TEXT, name TEXT, path TEXT, PRIMARY KEY (study, name, path));
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT);
"""
LONGEST_PAUSE = 86400.0
"""A next try that lies further ahead than this stems from a clock that went wrong."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One file. path: below the store, with ``/``; asks: the field of its header that names a directory, or ''."""

    path: str
    study: str
    sop_instance: str
    size: int
    caller: str = ""
    listener: str = ""
    conflict: bool = False
    asks: str = ""


@dataclass(frozen=True, slots=True)
class Study:
    """One study: seconds since 1970 of its first and last arrival, number of files and their bytes."""

    uid: str
    state: str
    first: float
    last: float
    pinned: bool
    objects: int
    size: int


@dataclass(frozen=True, slots=True)
class Task:
    """An action on a study that was claimed; tries: including this one."""

    study: str
    name: str
    tries: int


class State:
    """One connection, for all threads of a process. now: the wall clock."""

    def __init__(self, store: Path, now: Callable[[], float] = time.time) -> None:
        self.path = store / FOLDER / FILE
        self._now = now
        self._lock = threading.RLock()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._base = sqlite3.connect(self.path, timeout=WAIT, isolation_level=None, check_same_thread=False)
            self._base.execute("PRAGMA journal_mode=WAL")
            self._base.execute("PRAGMA synchronous=NORMAL")
            self._base.executescript(_SCHEMA)
        except (OSError, sqlite3.Error) as problem:
            raise FileAccessError(f"{self.path}: cannot be opened or made: {problem}") from None

    def close(self) -> None:
        """Closes the connection."""
        with self._lock:
            self._base.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing, and nobody else writes meanwhile."""
        with self._lock:
            self._base.execute("BEGIN IMMEDIATE")
            try:
                yield self._base
                self._base.execute("COMMIT")
            except BaseException:
                if self._base.in_transaction:  # on a full disk SQLite has ended it already
                    self._base.execute("ROLLBACK")
                raise

    def rows(self, sql: str, values: Sequence[str | int | float] = ()) -> list[tuple[str | int | float, ...]]:
        """Rows of a query."""
        with self._lock:
            return self._base.execute(sql, values).fetchall()

    # -- objects and studies -------------------------------------------------------------------------------------

    def add(self, found: StoredObject, place: Callable[[], None], arrived: float | None = None) -> None:
        """Notes an object while ``place`` puts its file where it says; the study is arriving (again)."""
        now = self._now() if arrived is None else arrived
        with self.transaction() as base:
            base.execute(
                "INSERT INTO studies (uid, first, last) VALUES (?, ?, ?) ON CONFLICT (uid) DO UPDATE SET "
                "state = 'arriving', last = max(last, excluded.last)",
                (found.study, now, now),
            )
            base.execute(
                "INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    found.path,
                    found.study,
                    found.sop_instance,
                    found.size,
                    now,
                    found.caller,
                    found.listener,
                    int(found.conflict),
                    found.asks,
                ),
            )
            place()

    def paths(self, study: str | None = None) -> list[str]:
        """Paths of the objects of a study, or of all, in the order of their arrival."""
        where, values = ("WHERE study = ?", (study,)) if study is not None else ("", ())
        return [str(path) for (path,) in self.rows(f"SELECT path FROM objects {where} ORDER BY arrived, path", values)]

    def asks(self, study: str) -> list[str]:
        """What the objects of a study ask for, each text once."""
        rows = self.rows("SELECT DISTINCT asks FROM objects WHERE study = ? AND asks != '' ORDER BY asks", (study,))
        return [str(text) for (text,) in rows]

    def studies(self, state: str | None = None) -> list[Study]:
        """All studies, or those in a state; the one that arrived first comes first."""
        where, values = ("WHERE state = ?", (state,)) if state is not None else ("", ())
        rows = self.rows(
            "SELECT uid, state, first, last, pinned, count(path), coalesce(sum(size), 0) FROM studies "
            f"LEFT JOIN objects ON study = uid {where} GROUP BY uid ORDER BY last, uid",
            values,
        )
        return [Study(str(r[0]), str(r[1]), float(r[2]), float(r[3]), bool(r[4]), int(r[5]), int(r[6])) for r in rows]

    def pin(self, study: str, pinned: bool) -> bool:
        """Pins a study or lets it go; whether there is such a study."""
        with self.transaction() as base:
            return base.execute("UPDATE studies SET pinned = ? WHERE uid = ?", (int(pinned), study)).rowcount > 0

    # -- actions -------------------------------------------------------------------------------------------------

    def complete(self, study: str, actions: Sequence[str]) -> bool:
        """Nothing more is expected of a study: its actions wait. Not (False) while one of them is still running."""
        with self.transaction() as base:
            running = base.execute("SELECT 1 FROM actions WHERE study = ? AND state = 'running'", (study,)).fetchone()
            if running:
                return False
            arriving = base.execute("SELECT 1 FROM studies WHERE uid = ? AND state = 'arriving'", (study,)).fetchone()
            if not arriving:  # what was told late had been handed on already
                return True
            base.execute("DELETE FROM actions WHERE study = ?", (study,))
            base.executemany(
                "INSERT INTO actions (study, name, position) VALUES (?, ?, ?)",
                [(study, name, position) for position, name in enumerate(actions)],
            )
            state = "complete" if actions else "settled"
            base.execute("UPDATE studies SET state = ? WHERE uid = ?", (state, study))
        return True

    def claim(self) -> Task | None:
        """The next action to carry out, now running; none of a study that has one running, or that is arriving."""
        now = self._now()
        with self.transaction() as base:
            row = base.execute(
                "SELECT study, name, tries FROM actions JOIN studies ON study = uid WHERE actions.state = 'waiting' "
                "AND studies.state = 'complete' AND (next <= ? OR next > ?) AND study NOT IN "
                "(SELECT study FROM actions WHERE state = 'running') ORDER BY tries, last, position LIMIT 1",
                (now, now + LONGEST_PAUSE),
            ).fetchone()
            if row is None:
                return None
            task = Task(str(row[0]), str(row[1]), int(row[2]) + 1)
            base.execute(
                "UPDATE actions SET state = 'running', tries = ? WHERE study = ? AND name = ?",
                (task.tries, task.study, task.name),
            )
            return task

    def finish(self, task: Task, state: str, reason: str = "", pause: float = 0.0) -> None:
        """Ends a task: done, stays, failed, or waiting (for ``pause`` seconds). All done: the study is settled."""
        with self.transaction() as base:
            base.execute(
                "UPDATE actions SET state = ?, reason = ?, next = ? WHERE study = ? AND name = ?",
                (state, reason, self._now() + pause, task.study, task.name),
            )
            base.execute(
                "UPDATE studies SET state = 'settled' WHERE uid = ? AND state = 'complete' AND NOT EXISTS "
                "(SELECT 1 FROM actions WHERE study = uid AND state NOT IN ('done', 'stays'))",
                (task.study,),
            )

    def retry_failed(self) -> int:
        """Lets all failed actions wait again; how many."""
        with self.transaction() as base:
            return base.execute(
                "UPDATE actions SET state = 'waiting', tries = 0, next = 0 WHERE state = 'failed'"
            ).rowcount

    def sent(self, task: Task) -> set[str]:
        """Paths that an action has sent already."""
        rows = self.rows("SELECT path FROM sent WHERE study = ? AND name = ?", (task.study, task.name))
        return {str(path) for (path,) in rows}

    def note_sent(self, task: Task, path: str) -> None:
        """Notes that an action has sent a file."""
        with self.transaction() as base:
            base.execute("INSERT OR IGNORE INTO sent VALUES (?, ?, ?)", (task.study, task.name, path))

    def queue(self) -> dict[str, int]:
        """Number of actions by state."""
        return {
            str(state): int(count) for state, count in self.rows("SELECT state, count(*) FROM actions GROUP BY state")
        }

    def reasons(self) -> list[tuple[str, str, str, str]]:
        """(study, action, state, reason) of what did not go well."""
        rows = self.rows("SELECT study, name, state, reason FROM actions WHERE reason != '' ORDER BY study, position")
        return [(str(r[0]), str(r[1]), str(r[2]), str(r[3])) for r in rows]

    # -- odds and ends -------------------------------------------------------------------------------------------

    def remember(self, key: str, value: str) -> None:
        """Keeps a value by its key."""
        with self.transaction() as base:
            base.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def recall(self, key: str) -> str | None:
        """The value of a key, None where there is none."""
        rows = self.rows("SELECT value FROM meta WHERE key = ?", (key,))
        return str(rows[0][0]) if rows else None

    def forget(self, study: str) -> None:
        """Removes all that is known of a study; call it within a transaction, as its files go."""
        for table, column in (("studies", "uid"), ("objects", "study"), ("actions", "study"), ("sent", "study")):
            self._base.execute(f"DELETE FROM {table} WHERE {column} = ?", (study,))
