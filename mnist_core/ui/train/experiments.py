"""What the train tab asks of experiments: which there are, what they take, and how those that go on stand."""

from __future__ import annotations

from typing import Any

from ...hosting.identity import current_visitor
from ...services.runs import Runs
from ...services.studies import SMALL, Studies
from ..wire import LiveFunction, Message, never_raise


def experiment_functions(runs: Runs) -> tuple[LiveFunction, ...]:
    """Returns the functions that the tab's scripts call, each from one JSON object to another; none of them raises."""
    studies = Studies(runs)

    def look_at_studies(message: Message) -> Message:
        """Answers `{study?}` with `{small, studies, study?}`: what is offered first, all, and the trials of one."""
        return {"small": SMALL, **studies.look(current_visitor(), _text(message, "study"))}

    def estimate_study(message: Message) -> Message:
        """Answers `{kind, settings}` with `{trials, seconds}`: what would be trained, and about how long."""
        return studies.estimate(_text(message, "kind"), _read_settings(message))

    def begin_study(message: Message) -> Message:
        """Answers `{kind, settings}` with `{study}`, the id of an experiment that begins or waits."""
        return {"study": studies.begin(current_visitor(), _text(message, "kind"), _read_settings(message))}

    def steer_study(message: Message) -> Message:
        """Answers `{study, action}` with `{}`; see `Studies.steer`."""
        studies.steer(current_visitor(), _text(message, "study"), _text(message, "action"))
        return {}

    return tuple(map(never_raise, (look_at_studies, estimate_study, begin_study, steer_study)))


def _text(message: Message, name: str) -> str:
    value = message.get(name)
    return value if isinstance(value, str) else ""


def _read_settings(message: Message) -> dict[str, Any]:
    settings = message.get("settings")
    return dict(settings) if isinstance(settings, dict) else {}
