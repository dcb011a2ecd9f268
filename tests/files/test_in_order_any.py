"""The order of results, whatever the other processes do: they are played here, and die at any moment."""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Callable, Sequence
from random import Random
from typing import Any
from unittest import mock

from hypothesis import example, given, settings
from hypothesis import strategies as st

from dicome.files import crew, in_order

TOO_MUCH = 50
"""Bytes of a message that would not fit a pipe."""


class Player:
    """Process and pipe in one: does a task when it is read from."""

    exitcode = -9

    def __init__(self, play: Play) -> None:
        self.play = play
        self.inbox: deque[Any] = deque()
        self.dead = False

    def send_bytes(self, message: bytes) -> None:
        assert len(message) <= TOO_MUCH or not self.inbox, "waits until it reads, and it until we do"
        if self.dead or self.play.happens(0.05):
            self.dead = True
            raise BrokenPipeError
        self.inbox.append(pickle.loads(message))

    def recv(self) -> object:
        self.dead = self.dead or self.play.happens(self.play.deadly)
        if self.dead:
            raise EOFError
        return self.play.function(self.inbox.popleft())

    def kill(self) -> None:
        self.dead = True

    def join(self) -> None:
        assert self.dead, "would wait for ever"

    close = join


class Play:
    """Stands in for a crew and for waiting. deadly: how often a process dies of what it is given."""

    def __init__(self, random: Random, deadly: float) -> None:
        self.random, self.deadly = random, deadly
        self.hired: list[Player] = []
        self.function: Callable[[Any], object] = str

    def happens(self, often: float) -> bool:
        return self.random.random() < often

    def make(self, function: Callable[[Any], object], *, light: bool) -> crew.Crew[Any]:
        assert light
        self.function = function
        made = crew.Crew[Any](function)
        made.hire = self.hire  # type: ignore[method-assign]
        self.made = made
        return made

    def hire(self, task: object) -> crew.Worker[Any]:
        if self.happens(0.05):
            raise BlockingIOError
        player = Player(self)
        self.hired.append(player)
        worker = crew.Worker[Any](player, player)  # type: ignore[arg-type]
        self.made._hired.append(worker)
        if not worker.give(task):
            worker.tasks.append(task)
        return worker

    def wait(self, pipes: Sequence[Player], timeout: float | None) -> list[Player]:
        able = [pipe for pipe in pipes if pipe.inbox or pipe.dead]
        assert able or timeout == 0, "would wait for ever"
        found = [pipe for pipe in able if self.happens(0.5)]
        self.random.shuffle(found)
        return found if found or timeout == 0 else able[:1]


def shown(task: str) -> str:
    return f"did {task}"


def lost(task: str, how: str) -> str:
    assert "SIGKILL" in how
    return f"lost {task}"


@settings(deadline=None, derandomize=True, max_examples=300)
@given(
    amount=st.integers(0, 60),
    count=st.integers(1, 6),
    ahead=st.integers(1, 8),
    deadly=st.sampled_from([0.0, 0.1, 0.5, 1.0]),
    random=st.randoms(use_true_random=False),
)
def test_in_order_whoever_dies(amount: int, count: int, ahead: int, deadly: float, random: Random) -> None:
    play = Play(random, deadly)
    tasks = [f"{k} {'x' * TOO_MUCH * play.happens(0.2)}" for k in range(amount)]
    with (
        mock.patch.object(in_order, "Crew", mock.MagicMock(__getitem__=lambda *_: play.make)),
        mock.patch.object(in_order, "wait", play.wait),
        mock.patch.object(in_order, "AHEAD", ahead),
        mock.patch.object(crew, "ROOM", TOO_MUCH),
    ):
        found = list(in_order.run_in_order(shown, tasks, count, lost))
    assert [one.split(" ", 1)[1] for one in found] == tasks
    assert sum(one.startswith("lost") for one in found) <= sum(one.dead for one in play.hired)
    assert all(one.dead for one in play.hired)
    assert not play.made._hired


@example(400)
@given(st.integers(1, 1000))
def test_no_more_than_are_of_use(count: int) -> None:
    """A machine with 400 processors, or --jobs 5000, would take all descriptors that a process may have."""
    play = Play(Random(0), 0.0)
    play.happens = lambda often: False  # type: ignore[method-assign]
    with (
        mock.patch.object(in_order, "Crew", mock.MagicMock(__getitem__=lambda *_: play.make)),
        mock.patch.object(in_order, "wait", play.wait),
    ):
        assert list(in_order.run_in_order(shown, ["a"], count, lost)) == ["did a"]
    assert len(play.hired) == min(count, in_order.MOST) - 1
