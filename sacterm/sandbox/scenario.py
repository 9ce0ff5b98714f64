"""Faults in time: a scenario is a script of them, which a seed or a file gives again and again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from itertools import count
from operator import attrgetter
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from msgspec import Meta, Struct

from sacterm.sandbox.faults import Faults

if TYPE_CHECKING:
    from sacterm.sandbox.server import Companion, Sandbox

MINUTE = 60.0  # seconds of each scenario of chaos

Span = tuple[float, float]  # seconds, at least and at most
Kinds = Sequence[Mapping[str, Any]]  # faults, each by the fields that it sets

# What passes by itself: a client rightly gives up at 401 and 403, and believes a 404 of a message.
REST: Kinds = (
    {"drop": True},
    {"truncate": True},
    {"garbage": True},
    {"wrong_schema": True},
    {"slow": 3.0},
    {"delay": 2.0},
    {"delay": 600.0},
    {"status": 404, "path": "/raw"},
    {"status": 420},
    {"status": 429, "retry_after": 2.0},
    {"status": 500},
    {"status": 502},
    {"status": 503, "retry_after": 2.0},
)
SOCKETS: Kinds = (
    {"drop_sockets": True},
    {"stall_sockets": True},
    {"refuse_sockets": 429},
    {"refuse_sockets": 503},
    {"status_frame": 420},
    {"status_frame": 500},
    {"close_sockets": 1000},
    {"close_sockets": 1011},
)
FRAMES: Kinds = (
    {"drop_frames": True},
    {"duplicate_frames": True},
    {"reorder_frames": True},
    {"garbage_frames": True},
    {"truncate_frames": True},
    {"wrong_schema_frames": True},
    {"bare_frames": True},
)


class ScenarioInvalid(Exception):
    """A file cannot be read, or holds no scenario. One readable line."""


class Step(Struct, frozen=True, forbid_unknown_fields=True):
    """From ``at`` on, in seconds from the start, all the faults there are."""

    at: Annotated[float, Meta(ge=0)]
    faults: Faults


class Scenario(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A script of faults; ``seed`` is what it was made of, if it was."""

    steps: tuple[Step, ...]
    seed: int | None = None


def read(file: Path) -> Scenario:
    """The scenario in a file of JSON.

    Raises:
        ScenarioInvalid: it cannot be read, or holds something else.
    """
    try:
        return msgspec.json.decode(file.read_bytes(), type=Scenario)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ScenarioInvalid(f"{file}: {reason}") from error


def write(scenario: Scenario, file: Path) -> None:
    """Writes what ``read`` gives back. Raises OSError."""
    file.write_bytes(msgspec.json.format(msgspec.json.encode(scenario)) + b"\n")


def random_scenario(
    seed: int,
    seconds: float,
    *,
    kinds: Sequence[Kinds] = (REST, SOCKETS, FRAMES),
    spells: Span = (0.2, 5.0),
    pauses: Span = (0.5, 5.0),
) -> Scenario:
    """Spells of faults with pauses of health between them; it ends healthy, at ``seconds``.

    The same arguments give the same scenario. Frames that were dropped are nothing that a client
    can notice, so its sockets are cut after them.

    Args:
        seed: decides everything.
        seconds: how long it is.
        kinds: groups of faults; a spell has one fault of one group or more.
        spells: how long faults last.
        pauses: how long health does.
    """
    rng = Random(seed)  # noqa: S311 - must repeat, guards nothing
    steps = []
    start = rng.uniform(*pauses)
    while (end := start + rng.uniform(*spells)) < seconds:
        faults = _some(rng, kinds)
        steps.append(Step(round(start, 3), faults))
        steps.append(Step(round(end, 3), Faults(drop_sockets=faults.drop_frames)))
        start = end + rng.uniform(*pauses)
    steps.append(Step(seconds, Faults()))
    return Scenario(tuple(steps), seed)


def _some(rng: Random, kinds: Sequence[Kinds]) -> Faults:
    fields: dict[str, Any] = {}
    for group in rng.sample(kinds, rng.randint(1, len(kinds))):
        fields |= rng.choice(group)
    return Faults(**fields)


def chaos(seed: int) -> Iterator[Scenario]:
    """A random scenario for each minute, without end; minute n is made of ``seed + n``."""
    return (random_scenario(seed + minute, MINUTE) for minute in count())


async def play(
    scenario: Scenario,
    misbehave: Callable[[Faults], None],
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Sets the faults of each step when it is due; back when the last one is set.

    Args:
        scenario: its steps may be in any order.
        misbehave: sets the faults, as ``Sandbox.misbehave``.
        clock: seconds, from any start.
        sleep: waits so many seconds.
    """
    start = clock()
    for step in sorted(scenario.steps, key=attrgetter("at")):
        await sleep(max(0.0, start + step.at - clock()))
        misbehave(step.faults)


def playing(scenarios: Iterable[Scenario]) -> Companion:
    """Plays scenarios on a sandbox, one after the other."""

    async def play_all(sandbox: Sandbox, _: asyncio.Event) -> None:
        for scenario in scenarios:
            await play(scenario, sandbox.misbehave)

    return play_all
