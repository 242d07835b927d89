"""The reviewer that learns here: a linear model of officers' own decisions, asked within the screening.

It abstains until a model is in use, and wherever the model is not sure. It never blocks: what it objects to, a person
looks at. As ``advise`` (the default) its opinion is shown and measured only; as ``decide`` an objection asks for a
person.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel

from app.review.backend import Abstained, Desk, Material, Said
from app.settings import Settings
from app.values.content import ContentToScreen, Medium
from app.values.deciding import Opinion, Verdict

NAME = "linear"
TITLE = "线性模型"


class _Settings(BaseModel, extra="forbid"):
    mode: Literal["advise", "decide", "off"] = "advise"


class LinearReviewer:
    """Asks the model in use."""

    name = NAME
    title = TITLE
    version = "runs-1-3"
    timeout_s = 1.0
    is_quick = True

    def __init__(self, given: _Settings) -> None:
        self.is_advice = given.mode == "advise"

    def wants(self, content: ContentToScreen, verdict: Verdict) -> bool:
        """Every content with a text."""
        del verdict
        return bool(content.fields or content.segments)

    def sees(self, medium: Medium) -> bool:
        """No media."""
        del medium
        return False

    def review(self, material: Material, desk: Desk) -> Said:
        """What officers would probably say, where the model keeps its promise about it."""
        if desk.model is None or not material.folded.strip():
            return Abstained("no_model" if desk.model is None else "no_text")
        model = desk.model.model
        chance_bp = model.chance_bp(material.folded)
        facts = {"model": desk.model.id}
        if chance_bp >= model.high_bp:
            alike = "、".join(f"“{run}”" for run in model.reasons(material.folded))
            reason = f"与以往被判违规的内容相近：{alike}" if alike else "与以往被判违规的内容相近"
            return Opinion(self.name, Verdict.REVIEW, chance_bp, reason, facts)
        if chance_bp <= model.low_bp:
            return Opinion(self.name, Verdict.PASS, 10_000 - chance_bp, "与以往被放行的内容相近", facts)
        return Abstained("unsure", facts=facts)


def open_backend(settings: Settings, given: Mapping[str, Any] | None) -> LinearReviewer | None:
    """The reviewer, unless it is switched off; without a model it says nothing and costs nothing."""
    del settings
    own = _Settings.model_validate(given or {})
    return None if own.mode == "off" else LinearReviewer(own)
