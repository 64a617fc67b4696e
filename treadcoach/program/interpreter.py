"""YAML tree → Profile, and everything that is wrong with it."""

from __future__ import annotations

import difflib
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from treadcoach.errors import Finding
from treadcoach.motion import FLAT, Level, Movement, Speed
from treadcoach.program import quantities
from treadcoach.program.document import Entry, Node, Place
from treadcoach.program.language import Header, Step
from treadcoach.program.profile import (
    MAXIMUM_DURATION_S,
    MAXIMUM_NESTING,
    MAXIMUM_REPEATS,
    MAXIMUM_SEGMENTS,
    Action,
    Actions,
    Profile,
    Repeat,
    measure,
    unrolled,
)
from treadcoach.program.quantities import Extent, QuantityError

_MOVING = tuple(m for m in Movement if m is not Movement.STAND)
_KINDS = ("stand", "repeat", *_MOVING)
_STEP_KEYS = frozenset({*_KINDS, "steps", "for", "incline", "heart_rate", "cue"})
_EXAMPLES = {
    "profile": "write `profile: 1`",
    "name": "write `name: My intervals`",
    "level": "write `level: first`",
    "units": "write `units: km/h`",
    "goal": "write `goal: Knee comfort`",
    "source": "write `source: Where it comes from`",
    "cue": "write `cue: Small steps`",
    "repeat": f"write a number from 1 to {MAXIMUM_REPEATS}",
}
# For a speed that could not be read; nobody judges it.
_STAND_IN = Speed(100)
_M = TypeVar("_M", bound=BaseModel)


class Interpreter:
    """Turns the tree of one file into a profile, collecting findings."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.findings: list[Finding] = []
        self.unit = "km/h"

    def report(self, place: Place, code: str, message: str, hint: str = "") -> None:
        """One thing that is wrong."""
        self.findings.append(Finding(self.file, *place, "error", code, message, hint))

    def profile(self, root: Node, text: str) -> Profile | None:
        """The profile, as far as it can be read."""
        if not isinstance(root.value, dict):
            self.report(root.place, "wrong-type", "a profile is a mapping of keys", "start with `profile: 1`")
            return None
        header_node = Node({key: entry for key, entry in root.value.items() if key != "steps"}, root.place)
        header = self._model(Header, header_node)
        given = header_node.plain
        unit = given.get("units") if isinstance(given.get("units"), str) else None
        self.unit = unit if unit in quantities.SPEED_UNITS else "km/h"  # a wrong unit is reported once, at its place
        if "steps" not in root.value:
            self.report(root.place, "missing-key", "the key 'steps' is missing", "add `steps:` and a list of steps")
            return None
        actions = self._steps(root.value["steps"], depth=0)
        scaled = self._scale(header_node)
        self._facings(actions)
        self._size(actions, root.value["steps"].key)
        if any(finding.code in {"too-long", "too-deep"} for finding in self.findings):
            return None  # what nobody would run is not unrolled
        # Without a readable level only what no level allows can be told from the rest.
        level = Level(given["level"]) if given.get("level") in list(Level) else Level.HARNESS
        return Profile(
            file=self.file,
            source_text=text,
            name=header.name if header else "unreadable",
            level=level,
            units=self.unit,
            goal=header.goal if header else None,
            source=header.source if header else None,
            scaled_from_cap=scaled,
            is_empty=header is not None and header.belt == "empty",
            actions=actions,
        )

    def _scale(self, header: Node) -> Speed | None:
        assert isinstance(header.value, dict)  # noqa: S101 - the caller has looked
        entry = header.value.get("scaled_from_cap")
        return self._speed(entry.node) if entry else None

    def _steps(self, entry: Entry, depth: int) -> Actions:
        node = entry.node
        if not isinstance(node.value, list) or not node.value:
            message = "steps must be a list with at least one step"
            self.report(node.place, "wrong-type", message, "start lines with `- `")
            return ()
        return tuple(self._step(item, depth) for item in node.value)

    def _step(self, node: Node, depth: int) -> Action | Repeat | None:
        if not isinstance(node.value, dict):
            hint = "write `- stand: 30 s`" if node.value == "stand" else "write `- backward: 2.0` and `for: 30 s`"
            self.report(node.place, "wrong-type", "a step is a mapping", hint)
            return None
        entries = node.value
        step = self._model(Step, Node({key: entry for key, entry in entries.items() if key != "steps"}, node.place))
        step = step or self._readable(entries, node.place)
        if self._is_one_kind(entries, node.place):
            self._misplaced(entries)
        if "repeat" in entries or "steps" in entries:
            return self._repeat(entries, node.place, step, depth)
        movement = next((m for m in Movement if m in entries), None)
        if movement is None:
            return None
        if movement is not Movement.STAND and "for" not in entries:
            self.report(entries[movement].key, "missing-key", f"{movement} for how long?", "add `for: 1 min`")
        return self._action(step, movement, entries)

    def _is_one_kind(self, entries: dict[str, Entry], place: Place) -> bool:
        """A step is exactly one thing. An unknown key is reported as one: it was meant as the movement."""
        kinds = [key for key in _KINDS if key in entries]
        if not kinds and not entries.keys() - _STEP_KEYS and "steps" not in entries:
            hint = "add `backward: 2.0` and `for: 30 s`"
            self.report(place, "no-movement", "this step says neither stand, repeat nor a movement", hint)
        if len(kinds) > 1:
            self.report(place, "two-movements", f"one step cannot be {' and '.join(kinds)}", "make two steps of it")
        return len(kinds) == 1

    def _misplaced(self, entries: dict[str, Entry]) -> None:
        """Keys that mean nothing on a stand or a repeat."""
        kind = next((kind for kind in ("stand", "repeat") if kind in entries), None)
        extra = ("for", "incline", "heart_rate") if kind == "stand" else ("for", "incline", "heart_rate", "cue")
        for key in extra if kind else ():
            if key in entries:
                self.report(entries[key].key, "key-not-here", f"a {kind} takes no `{key}`", "remove it")

    def _repeat(self, entries: dict[str, Entry], place: Place, step: Step, depth: int) -> Repeat | None:
        if "steps" not in entries:
            self.report(place, "missing-key", "repeat what?", "add `steps:` below it")
            return None
        if "repeat" not in entries:
            self.report(entries["steps"].key, "key-not-here", "only a repeat has steps of its own", "add `repeat: 2`")
        if depth == MAXIMUM_NESTING:
            self.report(place, "too-deep", f"repeats nest at most {MAXIMUM_NESTING} deep", "unroll one by hand")
        actions = self._steps(entries["steps"], depth + 1)
        return Repeat(step.repeat or 1, actions)

    def _readable(self, entries: dict[str, Entry], place: Place) -> Step:
        """What can be read of a step with something wrong in it; that has been reported already."""
        reported, self.findings = self.findings, []
        kept = {}
        for key in entries.keys() & (_STEP_KEYS - {"steps"}):
            if self._model(Step, Node({key: entries[key]}, place)):
                kept[key] = entries[key]
        self.findings = reported
        return Step.model_validate(Node(kept, place).plain)

    def _action(self, step: Step, movement: Movement, entries: dict[str, Entry]) -> Action:
        entry = entries[movement]
        is_stand = movement is Movement.STAND
        speeds = (Speed(0), Speed(0)) if is_stand else self._speeds(entry.node)
        extent = step.for_ if not is_stand else Extent(seconds=step.stand) if step.stand else None
        known = {
            "speed": speeds is not None,
            "length": extent is not None,
            "incline": step.incline is not None or "incline" not in entries,
        }
        speeds = speeds or (_STAND_IN, _STAND_IN)
        return Action(
            movement=movement,
            from_speed=speeds[0],
            to_speed=speeds[1],
            extent=extent or Extent(seconds=0.0),
            incline=FLAT if step.incline is None else step.incline,
            heart_rate=step.heart_rate,
            cues=tuple(step.cue),
            place=entry.key,
            speed_place=entry.node.place,
            extent_place=entries.get("for", entry).node.place,
            incline_place=entries.get("incline", entry).node.place,
            unread=frozenset(what for what, is_known in known.items() if not is_known),
        )

    def _speeds(self, node: Node) -> tuple[Speed, Speed] | None:
        """From and to; the same twice for a steady speed."""
        if not isinstance(node.value, dict):
            steady = self._speed(node)
            return None if steady is None else (steady, steady)
        for key in node.value.keys() - {"from", "to"}:
            self.report(node.value[key].key, "unknown-key", f"unknown key {key!r}", "a ramp has `from` and `to`")
        ends = [self._speed(node.value[key].node) if key in node.value else None for key in ("from", "to")]
        for key in ("from", "to"):
            if key not in node.value:
                self.report(node.place, "missing-key", f"a ramp needs {key!r}", "write {from: 1.0, to: 2.0}")
        return None if ends[0] is None or ends[1] is None else (ends[0], ends[1])

    def _speed(self, node: Node) -> Speed | None:
        try:
            return quantities.speed(node.plain, self.unit)
        except QuantityError as error:
            self.report(node.place, "quantity", error.message, error.hint)
            return None

    def _facings(self, actions: Actions) -> None:
        """Facing may change only on a standing belt."""
        before: Action | None = None
        reported: set[Place] = set()
        for action in unrolled(actions, at_most=2):  # twice shows how a repeat meets itself
            if before and action and _turns_round(before, action) and action.place not in reported:
                reported.add(action.place)
                message = f"facing changes from {before.movement.facing} to {action.movement.facing} without a stand"
                self.report(action.place, "no-stand", message, "add `- stand: 30 s`")
            before = action

    def _size(self, actions: Actions, place: Place) -> None:
        """A program must be of a size that a person would run."""
        if actions and all(action and action.movement is Movement.STAND for action in unrolled(actions, at_most=1)):
            self.report(place, "no-movement", "nothing in this program moves", "add a step such as `- forward: 2.0`")
        segments, seconds = measure(actions)
        if segments > MAXIMUM_SEGMENTS:
            self.report(place, "too-long", f"{segments} segments, more than {MAXIMUM_SEGMENTS}", "repeat less")
        if seconds > MAXIMUM_DURATION_S:
            length, limit = quantities.clock(seconds), quantities.clock(MAXIMUM_DURATION_S)
            self.report(place, "too-long", f"the program takes {length}, more than {limit}", "repeat less")

    def _model(self, model: type[_M], node: Node) -> _M | None:
        """Validate one mapping; every error gets its place and our words."""
        try:
            return model.model_validate(node.plain)
        except ValidationError as error:
            for problem in error.errors(include_url=False, include_input=False):
                self._explain(dict(problem), model, node)
            return None

    def _explain(self, problem: dict[str, Any], model: type[BaseModel], node: Node) -> None:
        assert isinstance(node.value, dict)  # noqa: S101 - models are only held against mappings
        path = tuple(problem["loc"])
        key = str(path[0]) if path else ""
        found = node.find(path) or node
        context = problem.get("ctx", {})
        match problem["type"]:
            case "extra_forbidden":
                known = [field.alias or name for name, field in model.model_fields.items()] + ["steps"]
                self.report(node.value[key].key, "unknown-key", f"unknown key {key!r}", _did_you_mean(key, known))
            case "missing":
                hint = f"add {_EXAMPLES[key].removeprefix('write ')}"
                self.report(node.place, "missing-key", f"the key {key!r} is missing", hint)
            case "literal_error" | "enum":
                expected = str(context["expected"]).replace("'", "")
                hint = _did_you_mean(str(found.value), expected.replace(" or ", ", ").split(", "))
                self.report(found.place, "bad-value", f"{key} is {_brief(found)}, not {expected}", hint)
            case "string_too_short" | "too_short":
                self.report(
                    found.place, "wrong-type", f"{key} is empty", f"{_EXAMPLES.get(key, '')}, or leave it out"
                )
            case "quantity":
                self.report(found.place, "quantity", problem["msg"], context.get("hint", ""))
            case _:
                text = problem["msg"].removeprefix("Input ").replace("should", "must")
                text = text.replace("valid integer", "whole number")
                self.report(found.place, "wrong-type", f"{key} {text}, not {_brief(found)}", _EXAMPLES.get(key, ""))


def _turns_round(before: Action, action: Action) -> bool:
    """Whether two neighbours face different ways; a stand faces none."""
    facings = (before.movement.facing, action.movement.facing)
    return None not in facings and facings[0] is not facings[1]


def _brief(node: Node) -> str:
    """A value as an error names it."""
    match node.value:
        case None:
            return "empty"
        case list():
            return "a list"
        case dict():
            return "a mapping"
        case value:
            text = str(value)
            return repr(text if len(text) <= 40 else text[:37] + "...")  # noqa: PLR2004 - a line of a terminal


# What people write for a key of ours.
_MEANT = {
    **dict.fromkeys(("time", "duration", "length", "distance", "during"), "for"),
    **dict.fromkeys(("walk", "jog", "run", "speed", "move"), "forward' or 'backward"),
    **dict.fromkeys(("note", "text", "say", "comment"), "cue"),
    **dict.fromkeys(("bpm", "pulse", "hr", "zone"), "heart_rate"),
    **dict.fromkeys(("slope", "grade", "gradient"), "incline"),
    **dict.fromkeys(("rest", "pause", "turn"), "stand"),
    **dict.fromkeys(("sidestep", "side", "sideways"), "sidestep_left' or 'sidestep_right"),
    **dict.fromkeys(("crossover", "grapevine"), "crossover_left' or 'crossover_right"),
    **dict.fromkeys(("times", "loop", "rounds"), "repeat"),
}


def _did_you_mean(word: str, known: list[str]) -> str:
    if word in _MEANT and "for" in known:
        return f"did you mean '{_MEANT[word]}'?"
    close = difflib.get_close_matches(word, known, n=1)
    return f"did you mean {close[0]!r}?" if close else f"known: {', '.join(known)}"
