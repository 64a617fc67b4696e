"""What is known of a machine can only lower what is allowed on it, until its own belt has been measured."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from rig import SHORT

from treadcoach import passports
from treadcoach.check import CheckOptions, check
from treadcoach.errors import ConfigError, UsageError
from treadcoach.ftms import SupportedSpeedRange
from treadcoach.motion import COMMON_GRID, Level, Movement, Passport, Speed
from treadcoach.output import Output
from treadcoach.passports import Facts, Identity, Known, Record, know, quirk_book
from treadcoach.safety.limits import LEVELS, resolve
from treadcoach.treadmill import machine_of
from treadmill_simulator.characters import CHARACTERS
from treadmill_simulator.machine import Machine

ADDRESS = "F0:F1:F2:F3:F4:01"


def identity_of(character: str = "well-behaved") -> Identity:
    machine = Machine(CHARACTERS[character], 1)
    return passports.identify({uuid: machine.read(uuid) for uuid in passports.IDENTITY})


def record(**facts: object) -> Record:
    return Record(address=ADDRESS, name="The one upstairs", identity=identity_of(), facts=Facts(**facts))  # type: ignore[arg-type]


def known(of: Record | None = None, *, simulated: bool = False) -> Known:
    return know(identity_of(), "", of, simulated=simulated)


# ---- what may be believed ----------------------------------------------------------------------------------


def test_a_strangers_unit_is_unproven_and_a_simulated_one_is_believed() -> None:
    assert not known().passport.unit_proven
    assert known(simulated=True).passport.unit_proven


def test_only_marks_on_its_own_belt_prove_a_unit() -> None:
    assert known(record(unit="km/h")).passport.unit_proven
    assert not known(record(unit="unproven")).passport.unit_proven
    assert not known(record()).passport.unit_proven
    assert not known(record(unit="unproven"), simulated=True).passport.unit_proven
    for quirk in quirk_book():
        name = quirk.match.local_name.replace("*", "")
        assert not know(Identity(), name, None, simulated=False).passport.unit_proven, quirk.name


@pytest.mark.parametrize("field", Identity.model_fields)
def test_a_passport_is_void_as_soon_as_anything_is_different(field: str) -> None:
    good = record(unit="km/h")
    changed = good.identity.model_copy(update={field: "00"})
    found = know(changed, "", passports.with_step(good, "test stop", "fine"), simulated=False)
    assert not found.passport.unit_proven
    assert found.voided == (f"{field} was {getattr(good.identity, field)!r} and is '00'",)
    assert not found.has_done("test stop")
    assert know(good.identity, "", passports.with_step(good, "test stop", "fine"), simulated=False).has_done(
        "test stop"
    )


def test_a_belt_of_miles_is_refused() -> None:
    assert "miles per hour" in (known(record(unit="mph")).refusal or "")
    assert known(record(unit="km/h")).refusal is None


@pytest.mark.parametrize(("period_s", "is_refused"), [(1.33, False), (1.34, True), (2.8, True)])
def test_a_machine_that_reports_too_seldom_is_refused(period_s: float, *, is_refused: bool) -> None:
    assert bool(known(record(period_s=period_s)).refusal) is is_refused


def test_no_entry_of_the_book_raises_anything() -> None:
    """Whatever a kind is known for, its limits are at most those of a sound machine whose unit is proven."""
    for quirk in quirk_book():
        said = {key: pattern.replace("*", "") for key, pattern in quirk.match}
        found = know(Identity(manufacturer=said["manufacturer"]), said["local_name"], None, simulated=True)
        for level in Level:
            limits = resolve(level, found.passport)
            for movement in Movement:
                assert limits.cap(movement) <= LEVELS[level].cap(movement), quirk.name
            assert limits.rate_up <= LEVELS[level].rate_up, quirk.name
            assert limits.step <= LEVELS[level].step, quirk.name


def test_what_the_runner_measured_counts_more_than_the_book() -> None:
    quirk = next(q for q in quirk_book() if q.facts.stop == "pause_first" and q.match.local_name != "*")
    name = quirk.match.local_name.replace("*", "")
    assert know(identity_of(), name, None, simulated=False).passport.pause_before_stop
    assert not know(identity_of(), name, record(stop="stop"), simulated=False).passport.pause_before_stop


def test_a_belt_that_jumps_is_for_walking() -> None:
    assert known(record(unit="km/h", ramp_up=2.1)).passport.jumps
    assert not known(record(unit="km/h", ramp_up=2.0)).passport.jumps
    fast = resolve(Level.ADVANCED, known(record(unit="km/h", ramp_up=2.1)).passport)
    assert fast.cap(Movement.BACKWARD) == LEVELS[Level.NOVICE].cap(Movement.BACKWARD)


def test_of_two_ramps_the_steeper_one_counts() -> None:
    """How steep a belt can be shows only where it had to be."""
    over = passports._over
    assert over(Facts(ramp_up=3.0), Facts(ramp_up=0.3)).ramp_up == 3.0
    assert over(Facts(ramp_up=0.3), Facts(ramp_up=3.0)).ramp_up == 3.0
    assert over(Facts(ramp_up=3.0), Facts()).ramp_up == 3.0
    assert over(Facts(), Facts()).ramp_up is None


def test_facts_become_what_the_session_knows() -> None:
    found = known(record(start="console", incline=False, minimum=1.0, maximum=8.0, increment=0.5)).passport
    assert found.starts_at_console
    assert not found.inclines
    assert found.grid == (100, 800, 50)
    assert known(record(minimum=0, maximum=8.0, increment=0.5)).passport.grid is None


def test_the_book_is_sound() -> None:
    book = quirk_book()
    assert len(book) > 40
    assert len({quirk.name for quirk in book}) == len(book)
    assert all(quirk.source for quirk in book)
    for quirk in book:
        if quirk.match.local_name != "*" and quirk.match.model_dump(exclude={"local_name"}) == dict.fromkeys(
            ("manufacturer", "model", "firmware"), "*"
        ):
            found = know(Identity(), quirk.match.local_name.replace("*", ""), None, simulated=False).quirk
            assert found == quirk, f"{quirk.name} is hidden by {found and found.name}"


def test_strings_of_machines_are_cleaned() -> None:
    found = passports.identify({passports.MANUFACTURER: b"Maker\x00\xff\xff", passports.MODEL: b"\xffM\n1 "})
    assert found.manufacturer == "Maker"
    assert found.model == "\ufffdM1"
    assert found.firmware == ""


# ---- files -------------------------------------------------------------------------------------------------


def test_a_passport_comes_back_whole_by_address_and_by_name(tmp_path: Path) -> None:
    written = passports.with_step(record(unit="km/h", stop="stop"), "C2", "it stopped", seconds=1.5)
    path = passports.save(written, tmp_path)
    assert passports.find(ADDRESS, tmp_path) == written
    assert passports.find(ADDRESS.lower(), tmp_path) == written
    assert (
        passports.save(passports.find(ADDRESS, tmp_path) or written, tmp_path).read_text().count("seconds: 1.5\n")
        == 1
    )
    assert passports.find("The one upstairs", tmp_path) == written
    assert passports.find("The one downstairs", tmp_path) is None
    assert [file.name for file in tmp_path.iterdir()] == [path.name], "nothing half-written is left"


def test_one_passport_that_cannot_be_used_hides_no_other(tmp_path: Path) -> None:
    written = passports.with_step(record(), "first", "found")
    passports.save(written, tmp_path)
    (tmp_path / "aa-broken.yaml").write_text("address: [\n")
    assert passports.find(ADDRESS, tmp_path) == written
    assert passports.find("The one upstairs", tmp_path) == written
    assert passports.find("F0:F1:F2:F3:F4:99", tmp_path) is None
    with pytest.raises(ConfigError, match="aa-broken"):
        passports.find("The one downstairs", tmp_path)


def test_a_name_that_two_machines_have_is_none(tmp_path: Path) -> None:
    for address in (ADDRESS, "F0:F1:F2:F3:F4:02"):
        passports.save(record().model_copy(update={"address": address}), tmp_path)
    with pytest.raises(UsageError, match=r"several machines are called 'The one upstairs'.*F4:01.*F4:02"):
        passports.find("The one upstairs", tmp_path)
    assert passports.find("F0:F1:F2:F3:F4:02", tmp_path)


def test_a_step_that_is_done_again_replaces_the_old_one() -> None:
    twice = passports.with_step(passports.with_step(record(), "C2", "first"), "C2", "second")
    assert [step.found for step in twice.steps] == ["second"]


def test_an_old_passport_is_kept_and_not_used(tmp_path: Path) -> None:
    passports.save(record(unit="km/h"), tmp_path)
    kept = passports.set_aside(record(), tmp_path)
    assert kept
    assert "unit: km/h" in kept.read_text()
    assert passports.every(tmp_path) == []
    assert passports.set_aside(record(), tmp_path) is None


@pytest.mark.parametrize(
    ("text", "where", "says"),
    [
        ("", "1:1", "there is nothing in it"),
        ("passport: 1\naddress: A\nname: N\nfacts:\n  unit: furlongs\n", "5:9", "facts.unit"),
        ("passport: 1\naddress: A\nname: N\nfacts:\n  speed: 9\n", "5:10", "facts.speed"),
        ("passport: 1\naddress: A\nname: N\nidentity:\n  speeds: 5g\n", "5:11", "identity.speeds"),
        ("passport: 2\naddress: A\nname: N\n", "1:11", "passport"),
        ("passport: [\n", "", ""),
    ],
)
def test_a_file_that_cannot_be_used_says_where(tmp_path: Path, text: str, where: str, says: str) -> None:
    passports.path_of(ADDRESS, tmp_path).write_text(text)
    with pytest.raises(ConfigError) as raised:
        passports.find(ADDRESS, tmp_path)
    (finding,) = raised.value.findings
    assert f"{finding.line}:{finding.column}".startswith(where)
    assert says in finding.message


# ---- a program against a passport --------------------------------------------------------------------------

PROGRAM = (
    "profile: 1\nname: P\nlevel: novice\nunits: km/h\nsteps:\n  - stand: 20 s\n  - backward: 3.0\n    for: 60 s\n"
)


def test_a_machine_is_laid_out_from_its_passport_as_from_its_own_mouth() -> None:
    for name, character in CHARACTERS.items():
        machine = Machine(character, 1)
        identity = passports.identify({uuid: machine.read(uuid) for uuid in passports.IDENTITY})
        told = {uuid: machine.read(uuid) for uuid in identity.capabilities}
        assert machine_of(Passport(), identity.capabilities) == machine_of(Passport(), told), name


def test_check_holds_a_program_against_a_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TREADCOACH_HOME", str(tmp_path))
    (tmp_path / "p.yaml").write_text(PROGRAM)
    output = Output(sys.stdout, sys.stderr)
    program = (str(tmp_path / "p.yaml"),)
    with pytest.raises(UsageError, match="there are no passports yet"):
        check(program, CheckOptions(treadmill="Upstairs"), output)

    slow = record(unit="km/h").model_copy(update={"identity": Identity(speeds="64 00 fa 00 0a 00")})
    assert SupportedSpeedRange.from_bytes(bytes.fromhex(slow.identity.speeds))[:3] == (100, 250, 10)
    passports.save(slow, tmp_path / "passports")
    assert check(program, CheckOptions(treadmill=None), output) == 0
    assert check(program, CheckOptions(treadmill="The one upstairs"), output) == 2
    assert "above this machine's 2.5 km/h" in capsys.readouterr().err
    assert check(program, CheckOptions(treadmill=ADDRESS), output) == 2

    passports.save(record(unit="unproven"), tmp_path / "passports")
    assert check(program, CheckOptions(treadmill=ADDRESS), output) == 2
    assert "a machine whose unit is unproven" in capsys.readouterr().err
    with pytest.raises(UsageError, match="there are passports of The one upstairs"):
        check(program, CheckOptions(treadmill="Downstairs"), output)
    passports.save(record(unit="mph"), tmp_path / "passports")
    with pytest.raises(UsageError, match="can be watched, not coached"):
        check(program, CheckOptions(treadmill=ADDRESS), output)


def test_check_says_what_was_measured_of_a_machine_and_where_it_comes_late(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TREADCOACH_HOME", str(tmp_path))
    sluggish = record(unit="km/h", ramp_up=0.04, ramp_down=0.25, start_s=3.5)
    coarse = sluggish.model_copy(update={"identity": Identity(speeds="64 00 58 02 28 00")})  # from 1.0, by 0.4
    passports.save(coarse, tmp_path / "passports")
    (tmp_path / "p.yaml").write_text(SHORT)
    output = Output(sys.stdout, sys.stderr)
    assert check((str(tmp_path / "p.yaml"),), CheckOptions(treadmill=ADDRESS), output) == 0
    shown = capsys.readouterr()
    measured = "measured: gains 0.04 km/h per second, loses 0.25, moves 3.5 s after Start"
    assert f"the machine: 1.0 km/h to 6.0 km/h in steps of 0.4 km/h; {measured}\n" in shown.out
    assert "2.5 km/h cannot be set on this machine; it will be 2.2 km/h; it has steps of 0.4 km/h" in shown.err
    assert "this machine is there after 25 s of 0:30; make it at least 35 s" in shown.err
    assert "(instead of backward 2.5 km/h)" in shown.out


def test_a_passport_without_ranges_means_a_common_machine() -> None:
    assert machine_of(Passport(), Identity().capabilities).grid == COMMON_GRID
    assert COMMON_GRID.minimum == Speed(80)


def test_a_void_passport_says_nothing_of_a_simulated_machine() -> None:
    """What it says of its unit is believed, whoever was measured under its address before."""
    of_another = record(unit="unproven").model_copy(update={"identity": identity_of("urevo")})
    assert known(of_another, simulated=True).voided
    assert known(of_another, simulated=True).passport.unit_proven
    assert not known(of_another).passport.unit_proven
    assert not known(record(unit="unproven"), simulated=True).passport.unit_proven
