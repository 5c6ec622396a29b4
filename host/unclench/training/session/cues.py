"""What a person is asked to do in each step, in plain words."""

from __future__ import annotations

from typing import Literal, TypeAlias

from unclench.training.programs.program import LeafStep, Reference, Reflect, Relax
from unclench.training.session.pacer import BreathPart
from unclench.training.session.snapshot import Cue
from unclench.training.session.timeline import part_left_s, part_of

Action: TypeAlias = Literal["rest", "breathe", "tense", "release", "stress", "answer", "free"]

_PLAIN: dict[str, tuple[str, str, Action]] = {
    "settle": ("Arrive", "Sit comfortably, hands still. Let your breath find itself.", "rest"),
    "baseline": ("Sit still and let go", "Your resting level is being measured.", "rest"),
    "breathe": (
        "Breathe with the circle",
        "In as it grows, out as it shrinks. Let go as you breathe out.",
        "breathe",
    ),
    "hold": ("Stay low", "Let the line sink below the goal, and rest there.", "rest"),
    "rest-credit": ("Rest", "Every second at rest counts, and every moment of it.", "rest"),
    "task": ("Go on with what you do", "Keep the line low while you do it.", "free"),
    "stressor": ("A little stress", "Count down from 700 in sevens, as fast as you can.", "stress"),
    "recover": ("Let go", "It is over. Breathe out and let everything sink.", "rest"),
}
BREATH_WORDS: dict[BreathPart, str] = {
    "inhale": "Breathe in",
    "hold in": "Hold",
    "exhale": "Breathe out",
    "hold out": "Rest",
}


def title_of(step: LeafStep) -> str:
    """A step's name: its own, or the usual one."""
    if step.title:
        return step.title
    if isinstance(step, Reflect):
        return "A question"
    if isinstance(step, Relax):
        return "Tense and release"
    return "Reference contraction" if isinstance(step, Reference) else _PLAIN[step.kind][0]


def cue_of(step: LeafStep, step_s: float) -> Cue:
    """What to do at a moment of a step."""
    left_s = part_left_s(step, step_s)
    if isinstance(step, Reflect):
        return Cue(step.question, step.say, "answer", left_s)
    if isinstance(step, Relax):
        part = part_of(step, step_s)
        group = step.groups[part // (2 * step.times)]
        if part % 2 == 0:
            said = step.say or "Firmly, without pain. Go on breathing."
            return Cue(f"Tense: {group}", said, "tense", left_s)
        return Cue(f"Let go: {group}", "All at once. Feel the difference.", "release", left_s)
    if isinstance(step, Reference):
        if part_of(step, step_s) % 2 == 0:
            how = (
                "Gently, as if lifting a cup" if step.strength == "gentle" else "As hard as is good"
            )
            return Cue(
                "Tense the muscle", step.say or f"{how}, and hold it steady.", "tense", left_s
            )
        return Cue("Let go", "All at once, and rest.", "release", left_s)
    headline, detail, action = _PLAIN[step.kind]
    return Cue(step.title or headline, step.say or detail, action, left_s)
