"""Scenarios: scripts of faults that repeat."""

from __future__ import annotations

from itertools import islice, pairwise
from pathlib import Path

import pytest

from sacterm.sandbox import scenario as scenarios
from sacterm.sandbox.faults import Faults
from sacterm.sandbox.scenario import Scenario, ScenarioInvalid, Step, chaos, play, random_scenario

LONG = 600.0  # seconds


class Stage:
    """A sandbox and a clock: what was set, and when."""

    def __init__(self, *, takes: float = 0.0) -> None:
        self.now = 1000.0
        self.seen: list[tuple[float, Faults]] = []
        self._takes = takes  # seconds to set faults

    async def sleep(self, seconds: float) -> None:
        assert seconds >= 0
        self.now += seconds

    def misbehave(self, faults: Faults) -> None:
        self.seen.append((round(self.now - 1000.0, 6), faults))
        self.now += self._takes

    async def play(self, scenario: Scenario) -> list[tuple[float, Faults]]:
        await play(scenario, self.misbehave, clock=lambda: self.now, sleep=self.sleep)
        return self.seen


class TestPlay:
    async def test_sets_faults_when_they_are_due(self) -> None:
        steps = (Step(5.0, Faults(status=503)), Step(2.5, Faults(drop=True)), Step(9.0, Faults()))
        assert await Stage().play(Scenario(steps)) == [
            (2.5, Faults(drop=True)),
            (5.0, Faults(status=503)),
            (9.0, Faults()),
        ]

    async def test_what_takes_time_delays_nothing_after_it(self) -> None:
        steps = tuple(Step(at, Faults()) for at in (1.0, 1.5, 4.0))
        times = [at for at, _ in await Stage(takes=1.0).play(Scenario(steps))]
        assert times == [1.0, 2.0, 4.0]

    async def test_can_be_played_again(self) -> None:
        scenario = random_scenario(1, LONG)
        assert await Stage().play(scenario) == await Stage().play(scenario)


class TestFile:
    def test_gives_back_what_was_written(self, tmp_path: Path) -> None:
        file, scenario = tmp_path / "faults.json", random_scenario(3, LONG)
        scenarios.write(scenario, file)
        assert scenarios.read(file) == scenario

    def test_is_as_the_help_says(self, tmp_path: Path) -> None:
        file = tmp_path / "faults.json"
        file.write_text(
            '{"steps": [{"at": 5, "faults": {"status": 503}}, {"at": 20, "faults": {}}]}'
        )
        steps = (Step(5, Faults(status=503)), Step(20, Faults()))
        assert scenarios.read(file) == Scenario(steps)

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"", "truncated"),
            (b"\xff", "utf-8|malformed"),
            (b"[" * 100_000, "recursion|Expected"),
            (b"{}", "steps"),
            (b'{"steps": [], "stepps": 1}', "stepps"),
            (b'{"steps": [{"at": -1, "faults": {}}]}', r"\$\.steps\[0\]\.at"),
            (b'{"steps": [{"at": 1, "faults": {"dorp": true}}]}', "dorp"),
            (None, "No such file"),
        ],
    )
    def test_that_holds_none_is_one_line(
        self, tmp_path: Path, content: bytes | None, said: str
    ) -> None:
        file = tmp_path / "faults.json"
        if content is not None:
            file.write_bytes(content)
        with pytest.raises(ScenarioInvalid, match=said) as refused:
            scenarios.read(file)
        assert str(file) in str(refused.value)
        assert "\n" not in str(refused.value)


class TestRandom:
    def test_repeats_by_its_seed_alone(self) -> None:
        assert random_scenario(7, LONG) == random_scenario(7, LONG)
        assert random_scenario(7, LONG).steps != random_scenario(8, LONG).steps
        assert random_scenario(7, LONG).seed == 7

    @pytest.mark.parametrize("seed", range(20))
    def test_spells_and_pauses_take_turns_and_it_ends_healthy(self, seed: int) -> None:
        steps = random_scenario(seed, LONG, spells=(1, 2), pauses=(3, 4)).steps
        assert steps[-1] == Step(LONG, Faults())
        assert 3 <= steps[0].at <= 4
        for number, (step, after) in enumerate(pairwise(steps[:-1])):
            lasts = after.at - step.at
            if number % 2 == 0:
                assert 0.999 <= lasts <= 2.001
                assert step.faults != Faults()
            else:
                assert 2.999 <= lasts <= 4.001
                assert step.faults in (Faults(), Faults(drop_sockets=True))

    def test_has_every_fault_in_time_but_those_that_stay(self) -> None:
        stay = {"null_account", "notice", "times"}  # nothing passes, or nothing is wrong
        used = {
            name
            for step in random_scenario(1, 100 * LONG).steps
            for name in Faults.__struct_fields__
            if getattr(step.faults, name) != getattr(Faults(), name)
        }
        assert used == set(Faults.__struct_fields__) - stay

    def test_never_refuses_the_key_nor_a_message(self) -> None:
        for step in random_scenario(1, 100 * LONG).steps:
            faults = step.faults
            assert not {401, 403} & {faults.status, faults.refuse_sockets, faults.status_frame}
            assert faults.status != 404 or faults.path == "/raw"

    def test_a_mail_that_was_dropped_in_silence_is_missed(self) -> None:
        steps = random_scenario(1, 100 * LONG).steps
        dropped = [after for step, after in pairwise(steps) if step.faults.drop_frames]
        assert dropped
        assert all(after.faults.drop_sockets for after in dropped)

    def test_is_of_the_kinds_that_are_asked_for(self) -> None:
        kinds = [[{"drop": True}], [{"drop_sockets": True}]]
        seen = {str(step.faults) for step in random_scenario(1, LONG, kinds=kinds).steps}
        both = Faults(drop=True, drop_sockets=True)
        assert seen == {
            str(one) for one in (Faults(), Faults(drop=True), Faults(drop_sockets=True), both)
        }

    def test_chaos_goes_on_by_the_minute(self) -> None:
        minutes = list(islice(chaos(5), 3))
        assert minutes == [random_scenario(seed, 60) for seed in (5, 6, 7)]
