"""What a text claims that may need proof: figures of effect, origins, studies, comparisons, sentences that sell."""

from app.text.claims.find import find_claims, may_claim
from app.text.claims.kinds import GROUNDS, KINDS
from app.text.claims.lawful import with_ground

__all__ = ["GROUNDS", "KINDS", "find_claims", "may_claim", "with_ground"]
