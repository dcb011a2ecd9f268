"""Sends many files: few associations, three tries each, a pause that grows with every error.

files -> outgoing.find_outgoing -> proposing.batches -> one association each -> Sent
"""

from __future__ import annotations

import io
import queue
import threading
import time
import warnings
from array import array
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dicome.dicom.transfer import IMPLICIT_LITTLE, SYNTAXES, transfer_syntax
from dicome.errors import DicomeError, UnsupportedError
from dicome.network import statuses
from dicome.network.associate import Context
from dicome.network.changing import changed_parts
from dicome.network.classes import CLASSIC_OF, VERIFICATION, storage_names
from dicome.network.config import Destination
from dicome.network.outgoing import CHUNK, Outgoing, read_parts
from dicome.network.proposing import NATIVE, Batch, batches
from dicome.network.receive import Expected, meta_group
from dicome.network.requestor import Patience, Requestor, UnreachableError, association
from dicome.network.wire import PDV, PeerError

TRIES = 3
_WORDS = {"OW": "H", "OF": "I", "OL": "I", "OD": "Q", "OV": "Q"}
"""VRs of words to the type codes of integers as long (PS3.5 6.2)."""
STEP = 0.1
"""Seconds that the pause between two objects grows with each error."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one file: tries it took; error: why it was not sent, or ''; note: what to tell all the same."""

    path: Path
    size: int
    tries: int
    error: str = ""
    note: str = ""


@dataclass(slots=True)
class Pace:
    """The pause between two objects: none at first, longer with each error, never longer than ``longest`` seconds."""

    longest: float
    sleep: Callable[[float], None] = time.sleep
    delay: float = field(default=0.0)

    def error(self) -> None:
        """Something went wrong."""
        self.delay = min(self.delay + STEP, self.longest)

    def wait(self) -> None:
        """Before the next object."""
        if self.delay:
            self.sleep(self.delay)


def echo(destination: Destination, patience: Patience | None = None) -> int:
    """Asks the other side for a sign of life (C-ECHO) and gives its status. Raises PeerError."""
    context = Context(1, VERIFICATION, (IMPLICIT_LITTLE.uid,))
    with association(destination, (context,), patience) as requestor:
        if not requestor.contexts:
            raise PeerError(f"{destination.host}: takes no C-ECHO")
        return requestor.echo(1, VERIFICATION)


def send(
    objects: Sequence[Outgoing],
    destination: Destination,
    pace: Pace | None = None,
    patience: Patience | None = None,
) -> Generator[Sent, None, None]:
    """Sends objects and gives what became of each as it comes. Nothing is raised for what the other side does."""
    pace = pace or Pace(0.5)
    wanted = []
    for one in objects:
        if destination.classic_only and one.sop_class in CLASSIC_OF:
            yield Sent(one.path, one.size, 0, "is an enhanced object, and only classic ones are sent there")
        else:
            wanted.append(one)
    for batch in batches(wanted):
        yield from _send_batch(batch, destination, pace, patience)


def _send_batch(batch: Batch, destination: Destination, pace: Pace, patience: Patience | None) -> Iterator[Sent]:
    """One association; another one for the rest where it breaks off."""
    left = deque(batch.objects)
    tries: Counter[Path] = Counter()
    unreached = 0
    while left:
        one = left[0]
        try:
            with association(destination, batch.contexts, patience) as requestor:
                unreached = 0
                while left:
                    one = left[0]
                    pace.wait()
                    tries[one.path] += 1
                    sent, final = _attempt(requestor, one, destination, tries[one.path])
                    if sent.error:
                        pace.error()
                    if final or not sent.error or sent.tries >= TRIES:
                        left.popleft()
                        yield sent
        except UnreachableError as problem:
            unreached += 1
            pace.error()
            if problem.final or unreached >= TRIES:
                yield from (Sent(other.path, other.size, tries[other.path], str(problem)) for other in left)
                return
            pace.wait()
        except (PeerError, OSError) as problem:
            pace.error()
            if isinstance(problem, OSError) or tries[one.path] >= TRIES:
                left.popleft()
                yield Sent(one.path, one.size, tries[one.path], str(problem))


def _attempt(requestor: Requestor, one: Outgoing, destination: Destination, number: int) -> tuple[Sent, bool]:
    """What became of one object, and whether trying again is of no use. Raises PeerError, OSError."""
    key = (one.sop_class, one.syntax)
    note = ""
    if key not in requestor.contexts and one.syntax in NATIVE:
        key = (one.sop_class, IMPLICIT_LITTLE.uid)
        note = "sent with implicit VR little endian, as the other side takes no other"
    if key not in requestor.contexts:
        return Sent(one.path, one.size, number, f"the other side does not take {kind(one)}"), True
    chunk = (requestor.max_pdu - PDV.size) * max(CHUNK // requestor.max_pdu, 1)
    try:
        parts = _parts(one, destination, chunk, convert=bool(note))
    except DicomeError as problem:
        return Sent(one.path, one.size, number, str(problem)), True
    status, comment = requestor.store(requestor.contexts[key], one.sop_class, one.sop_instance, parts)
    if statuses.is_good(status):
        return Sent(one.path, one.size, number, note=note or (statuses.words(status) if status else "")), True
    told = f": {comment}" if comment else ""
    return Sent(one.path, one.size, number, f"the other side answered: {statuses.words(status)}{told}"), False


def _parts(one: Outgoing, destination: Destination, chunk: int, *, convert: bool) -> Iterator[memoryview]:
    """The data set in pieces. Raises DicomeError, OSError."""
    if not convert and not destination.copy:
        return read_parts(one, chunk)
    # Through memory, for what is wrong with a file must be known before its command is sent.
    data = b"".join(changed_parts(one, destination.copy))
    return _sliced(memoryview(_implicit(one, data) if convert else data), chunk)


def _sliced(data: memoryview, chunk: int) -> Iterator[memoryview]:
    yield from (data[at : at + chunk] for at in range(0, len(data), chunk))


def _implicit(one: Outgoing, data: bytes) -> bytes:
    """The data set in the default transfer syntax. Raises UnsupportedError."""
    from pydicom import dcmread
    from pynetdicom.dsutils import encode

    syntax = transfer_syntax(one.syntax, one.path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            meta = meta_group(Expected(one.sop_class, one.sop_instance, syntax.uid, "", "", ""))
            dataset = dcmread(io.BytesIO(meta + data))
            if syntax.byte_order == ">":
                _turn_words(dataset)
            encoded = encode(dataset, True, True)
        except Exception as problem:
            raise UnsupportedError(
                f"{one.path}: cannot be written with implicit VR, the only syntax the other side takes ({problem})"
            ) from None
    return bytes(encoded or b"")


def _turn_words(dataset: Any) -> None:
    """Pixels and other words of a big-endian data set as little-endian ones: to pydicom they are bytes."""
    for element in dataset.iterall():
        if element.VR in _WORDS and element.value:
            words = array(_WORDS[element.VR], element.value)
            words.byteswap()
            element.value = words.tobytes()


def kind(one: Outgoing) -> str:
    """What an object is, for people: ``MRe objects (1.2.840...) in Explicit VR Little Endian``."""
    name = SYNTAXES[one.syntax].name if one.syntax in SYNTAXES else one.syntax
    return f"{storage_names().get(one.sop_class, 'such')} objects ({one.sop_class}) in {name}"


def send_side_by_side(
    objects: Sequence[Outgoing],
    destination: Destination,
    associations: int,
    longest_pause: float = 0.5,
    patience: Patience | None = None,
) -> Iterator[Sent]:
    """As `send`, through several associations at once, each with a pause of its own; results as they come."""
    done: queue.SimpleQueue[Sent | Exception | None] = queue.SimpleQueue()
    stop = threading.Event()

    def work(share: Sequence[Outgoing]) -> None:
        results = send(share, destination, Pace(longest_pause), patience)
        try:
            with closing(results):
                for sent in results:
                    done.put(sent)
                    if stop.is_set():
                        return
        except Exception as problem:  # certificates that cannot be read, say: raised where the results are waited for
            done.put(problem)
        finally:
            done.put(None)

    shares = [objects[start::associations] for start in range(associations)]
    threads = [threading.Thread(target=work, args=(share,), daemon=True) for share in shares if share]
    for thread in threads:
        thread.start()
    try:
        for _ in threads:
            while (one := done.get()) is not None:
                if isinstance(one, Exception):
                    raise one
                yield one
    finally:
        stop.set()
