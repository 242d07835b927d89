"""Research that is told of is a claim where something is sold, and news where somebody only speaks."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.text.claims import find_claims
from app.text.constructions import advertised
from app.text.normalise import fold
from app.text.passage import TextField
from app.text.words import Context

AT = datetime(2026, 11, 25, tzinfo=UTC)
TOLD = "研究发现常吃豆子的人睡得更香"


@pytest.mark.parametrize(
    ("text", "kind", "shop", "is_claimed"),
    [
        (TOLD, "video_title", None, False),
        (TOLD + "，想要的点链接下单", "video_title", None, True),
        (TOLD, "video_title", "food", True),
        (TOLD, "product_description", None, True),
        (TOLD, "live_speech", None, True),
    ],
)
def test_a_study_is_no_claim_where_a_video_of_a_shop_not_known_sells_nothing(text, kind, shop, is_claimed):
    found = find_claims([TextField("text", text)])

    kept = advertised(found, [fold(text).text], Context(kind, AT, shop))

    assert ("study" in {claim.kind for claim in kept}) is is_claimed


def test_other_claims_stay_where_nothing_is_sold():
    text = TOLD + "，皮肤水分提升47%"

    kept = advertised(find_claims([TextField("text", text)]), [fold(text).text], Context("video_title", AT))

    assert {claim.kind for claim in kept} == {"effect_figure"}
