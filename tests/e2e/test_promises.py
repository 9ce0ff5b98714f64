"""What people trust sacterm for, in short; ``python -m tests.faults`` tries the same for long."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest

from sacterm.sandbox.scenario import FRAMES, Kinds
from tests.faults import chance, clocks, delivery, gone, refusals, sharing
from tests.faults.refusals import REFUSALS, Refusal
from tests.faults.row import run


async def test_random_cuts_refusals_and_stalls_lose_and_double_nothing() -> None:
    await delivery.random_cuts(random.Random(7), messages=300, cuts=8, between=0.4)


def test_cuts_in_a_row_are_mended_as_fast_as_the_first() -> None:
    run(delivery.is_cut_often(8))


def test_a_frozen_peer_is_shown_as_lost_within_half_a_minute() -> None:
    run(delivery.freezes())


def test_a_server_that_accepts_and_closes_at_once_is_left_in_peace() -> None:
    run(delivery.accepts_and_closes(speed=30))


@pytest.mark.parametrize("refusal", REFUSALS[::2], ids=lambda one: f"{one.side} {one.what}")
def test_who_is_refused_tries_once_and_says_what_to_do(refusal: Refusal, tmp_path: Path) -> None:
    run(refusals.is_tried_once(refusal, tmp_path, seconds=20))


@pytest.mark.parametrize(("status", "side"), [(429, "REST"), (503, "socket")])
def test_who_wants_to_be_left_alone_is(status: Literal[429, 503], side: refusals.Side) -> None:
    run(refusals.is_left_alone(status, side, seconds=20))


async def test_200_live_addresses_are_confirmed_over_several_connections() -> None:
    await delivery.all_are_live(200)


def test_after_sleep_the_gap_is_closed_and_ages_are_right() -> None:
    run(clocks.sleeps(8, "4h"))


@pytest.mark.parametrize("hours", [-26, 26])
def test_a_clock_that_is_set_loses_nothing_and_costs_nothing(hours: int) -> None:
    run(clocks.is_set(timedelta(hours=hours)))


def test_a_new_month_begins_with_all_its_ops() -> None:
    run(clocks.month_ends())


async def test_two_on_one_store_are_both_right(tmp_path: Path) -> None:
    await sharing.both_are_right(random.Random(3), tmp_path, messages=80)


async def test_what_the_server_recycled_is_kept_and_marked_and_costs_nothing_further() -> None:
    await gone.is_kept()


def test_what_the_server_cannot_give_yet_is_asked_for_again() -> None:
    run(gone.comes_later(2))


@pytest.mark.parametrize("kinds", [chance.ALL_KINDS, (FRAMES,)], ids=["all", "frames"])
def test_a_scenario_of_faults_ends_well(kinds: Sequence[Kinds]) -> None:
    run(chance.survives(3, seconds=20, messages=30, kinds=kinds, speed=20))
