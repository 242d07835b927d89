"""The kinds of claims a rule may ask for; how each is worded stands in ``app/text/data/claims.yaml``."""

from __future__ import annotations

from collections.abc import Mapping

from app.text.claims.wording import Kind, wording

KINDS: Mapping[str, Kind] = {
    name: Kind(said["title"], said["patterns"], said.get("unless")) for name, said in wording()["kinds"].items()
}
"""By name. What a rule may ask of each is whether it stands there, and whether it is backed."""
PROOF: str = wording()["proof"]
"""What stands beside a claim when it is backed."""
GROUNDS: Mapping[str, tuple[str, ...]] = wording()["grounds"]
"""What around an absolute term may except it; ``<`` looks before the term only."""
