"""What a text claims that may need proof: figures of effect, origins, studies, comparisons, sentences that sell."""

from app.text.claims.find import compared_together, find_claims
from app.text.claims.kinds import GROUNDS, KINDS
from app.text.claims.lawful import with_ground
from app.text.claims.together import claims_together

__all__ = ["GROUNDS", "KINDS", "claims_together", "compared_together", "find_claims", "with_ground"]
