"""The model that learns from officers: it learns, says how sure it is, keeps its bounds, and abstains elsewhere."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.review.backends.linear import open_backend
from app.review.linear.features import BITS, places_of
from app.review.linear.figures import auc_bp, ece_bp, trial_of
from app.review.linear.model import NEVER_BP, BrokenModel, LinearModel, name_of, read_model
from app.review.linear.training import Sample, bounds, split, train
from tests.reviewed import honest_texts, unlawful_texts

START = datetime(2026, 1, 1, tzinfo=UTC)
DATA = Path(__file__).parents[2] / "app" / "text" / "data"


def samples(count, *, noise=0.0, seed=7):
    """So many decisions, a third of them objections, in the order they were made; some are officers' slips."""
    chance = random.Random(seed)
    honest, unlawful = honest_texts(chance), unlawful_texts(chance)
    made = []
    for number in range(count):
        is_objected = chance.random() < 1 / 3
        text = next(unlawful if is_objected else honest)
        made.append(Sample(text, is_objected ^ (chance.random() < noise), START + timedelta(minutes=number)))
    return made


@pytest.fixture(scope="module")
def trained():
    return train(samples(1_200, noise=0.03))


def test_it_learns_what_officers_object_to(trained):
    trial = trained.trial

    assert trial.count == 180
    assert trial.auc_bp > 8_800
    assert trial.brier_bp < trial.brier_base_bp * 2 // 3
    assert trial.ece_bp < 1_000
    assert trial.precision_bp >= 8_500
    assert trial.coverage_bp > 3_000
    assert trial.why_not(None) is None


def test_with_decisions_that_follow_nothing_it_is_not_good_enough():
    chance = random.Random(3)
    shuffled = [Sample(each.text, chance.random() < 0.5, each.decided_at) for each in samples(300)]

    assert train(shuffled).trial.why_not(None) in {"weak", "uncalibrated"}


def test_the_same_decisions_give_the_same_model_and_another_order_too():
    some = samples(200)

    assert train(some).model.as_bytes() == train(list(reversed(some))).model.as_bytes()


def test_the_trial_is_of_later_decisions_than_the_training_and_of_no_text_twice():
    some = samples(300)
    repeated = [*some, *(Sample(each.text, each.is_objected, START - timedelta(days=1)) for each in some)]

    older, next_, newest = split(repeated)

    assert max(each.decided_at for each in older) <= min(each.decided_at for each in next_)
    assert max(each.decided_at for each in next_) <= min(each.decided_at for each in newest)
    texts = [each.text for each in older + next_ + newest]
    assert len(texts) == len(set(texts)) == len({each.text for each in some})


def test_a_model_comes_back_from_its_bytes_and_from_no_others(trained):
    body = trained.model.as_bytes()
    again = read_model(body, expected=name_of(body))

    for each in samples(20, seed=1):
        assert again.chance_bp(each.text) == trained.model.chance_bp(each.text)
    assert (again.low_bp, again.high_bp) == (trained.model.low_bp, trained.model.high_bp)
    for broken in (body[:-1], body[:40], b"", body.replace(b'"bits":18', b'"bits":19'), b"{}\n" + body[:100]):
        with pytest.raises(BrokenModel):
            read_model(broken, expected=name_of(body))
        with pytest.raises(BrokenModel):
            read_model(broken, expected=name_of(broken))


def test_its_reasons_are_pieces_of_the_text(trained):
    text = next(unlawful_texts(random.Random(5)))

    assert trained.model.reasons(text)
    assert all(piece in text for piece in trained.model.reasons(text))


@pytest.mark.parametrize(
    ("chances", "objected", "expected"),
    [
        ([], [], (-1, NEVER_BP)),
        ([9_000] * 9, [True] * 9, (-1, NEVER_BP)),  # one too few to promise anything
        ([9_000] * 10, [True] * 10, (-1, 9_000)),
        ([9_000] * 10, [True] * 8 + [False] * 2, (-1, NEVER_BP)),
        ([9_000] * 10, [True] * 9 + [False], (-1, 9_000)),  # nine tenths exactly
        ([500] * 20, [False] * 19 + [True], (500, NEVER_BP)),  # a twentieth exactly
        ([500] * 19, [False] * 18 + [True], (-1, NEVER_BP)),
        ([500] * 20 + [9_000] * 10, [False] * 20 + [True] * 10, (500, 9_000)),
        ([5_000] * 20, [True, False] * 10, (-1, NEVER_BP)),
    ],
)
def test_bounds_keep_what_they_promise_or_are_out_of_reach(chances, objected, expected):
    assert bounds(chances, objected) == expected


@given(st.lists(st.tuples(st.integers(0, 10_000), st.booleans()), min_size=1, max_size=60))
def test_bounds_never_cross_and_order_counts_as_pairs_do(pairs):
    chances, objected = [each[0] for each in pairs], [each[1] for each in pairs]
    low, high = bounds(chances, objected)
    above = [a for a, is_objected in pairs if is_objected]
    below = [b for b, is_objected in pairs if not is_objected]
    doubled = sum(2 * (a > b) + (a == b) for a in above for b in below)

    assert low < high
    expected = doubled * 10_000 // (2 * len(above) * len(below)) if above and below else None
    assert auc_bp(chances, objected) == expected
    assert 0 <= ece_bp(chances, objected) <= 10_000


@given(st.text(max_size=200))
def test_any_text_has_places_within_the_model(text):
    places = places_of(text)

    assert all(0 <= place < 2**BITS for place in places)
    assert len(set(places.tolist())) == len(places)


def test_prices_count_as_one_price():
    assert places_of("只要39元").tolist() == places_of("只要58元").tolist()


def test_a_worse_model_does_not_replace_the_one_in_use():
    good = trial_of([9_000] * 30 + [1_000] * 30, [True] * 30 + [False] * 30, low_bp=1_000, high_bp=9_000)
    worse = trial_of([7_000] * 30 + [3_000] * 30, [True] * 30 + [False] * 30, low_bp=1_000, high_bp=9_000)

    assert good.why_not(worse) is None
    assert worse.why_not(good) == "worse"
    assert trial_of([9_000] * 9, [True] * 9, low_bp=-1, high_bp=1).why_not(None) == "one_sided"


def test_switched_off_there_is_no_such_reviewer():
    assert open_backend(None, {"mode": "off"}) is None
    assert open_backend(None, None).is_advice
    assert not open_backend(None, {"mode": "decide"}).is_advice


def test_an_empty_text_says_nothing(trained):
    assert LinearModel.sum_of(trained.model, "") == 0.0
