"""What rules see of texts beside words and personal data: claims, a part of the mix, what is told of a flash sale."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import NamedTuple

from app.text.any_of import Joined
from app.text.claims import claims_together, compared_together, find_claims
from app.text.constructions import advertised
from app.text.content_type import mix_type, mix_types_together
from app.text.flash_sale import NO_SALE, flash_sale, flash_sales_together
from app.text.match import Context, Scan, TextField
from app.values.deciding import Claim


class Said(NamedTuple):
    """``seen_type`` is the part of the mix, ``sale`` the pieces on offer and whether a period is named."""

    claims: tuple[Claim, ...]
    seen_type: str | None
    sale: tuple[int | None, bool]

    @property
    def as_rules_see_it(self) -> Hashable:
        """Equal for what is one to the rules: where a claim stands is none of their facts."""
        return tuple((each.kind, each.is_backed, each.field) for each in self.claims), self.seen_type, self.sale


def said_in(texts: Sequence[TextField], scan: Scan, context: Context) -> Said:
    """What a content's texts say, of which ``scan`` tells whether any sign of it may stand there."""
    saying = texts if scan.may_claim else ()
    return Said(
        advertised(find_claims(saying), scan.folded, context), mix_type(context.kind, saying), flash_sale(saying)
    )


def said_together(fields: Sequence[TextField], contexts: Sequence[Context], folded: Sequence[str]) -> list[Said]:
    """What `said_in` gives for each of many short texts by itself, with the folded texts, where a sign may stand."""
    views = compared_together([field.text for field in fields])
    joined = Joined(views)
    claims, sales = claims_together(fields, views, joined), flash_sales_together(fields, joined)
    types = mix_types_together([context.kind for context in contexts], joined)
    return [
        Said(advertised(claims.get(at, ()), folded[at : at + 1], context), types[at], sales.get(at, NO_SALE))
        for at, context in enumerate(contexts)
    ]
