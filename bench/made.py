"""Rules and words made for measuring: any number of either, the same for the same numbers."""

from __future__ import annotations

import json
import random

# GB 2312's first level: the 3,755 commonest characters.
COMMON = [bytes((row, cell)).decode("gb2312") for row in range(0xB0, 0xD7) for cell in range(0xA1, 0xFA)]
CATEGORIES = "made: {title: 生成, law: 无, severity: 1}\n"
HEAD = "# category: made\n# verdict: review\n# source: bench\n# owner: bench\n"
AGES = 90


def made_packs(
    count: int, *, version: int = 0, rules_a_pack: int = 1_000, changed: int | None = None
) -> dict[str, str]:
    """Packs of that many rules about contents; they ask for facts that a plain caption has not or does not reach.

    The version changes a number in each rule of the first ``changed`` packs, or of all.
    """
    files: dict[str, str] = {}
    for number, start in enumerate(range(0, count, rules_a_pack)):
        is_changed = changed is None or number < changed
        numbers = range(start, min(count, start + rules_a_pack))
        files |= _pack(f"made-{number}", numbers, version if is_changed else 0)
    return files


def _pack(name: str, numbers: range, version: int) -> dict[str, str]:
    parameters = {f"age_{age}": {"default": age, "unit": "years", "origin": "seed"} for age in range(AGES)}
    parameters |= {
        f"length_{step}": {"default": 5_000 + 10 * step + version, "unit": "count", "origin": "seed"}
        for step in range(numbers.stop // AGES + 1)
    }
    rules, examples = [], {}
    for number in numbers:
        age, step = number % AGES, number // AGES
        rule = f"M{number // 10_000}-{number % 10_000:04d}"
        rules.append(
            {
                "id": rule,
                "title": f"生成 {number}",
                "on": "content.submit",
                "status": "live",
                "effective": {"from": "2026-01-01", "review_by": "2099-01-01"},
                "references": ["law"],
                "when": f"text_length > length_{step} and audience_max_age == age_{age} and content_kind != 'comment'",
                "then": ["warn"],
                "reason": "测量用",
                "missing": "skip",
            }
        )
        facts = {"text_length": 100_000, "audience_max_age": age, "content_kind": "video_caption"}
        examples[rule] = {
            "fires": [{"name": "长", "facts": facts}],
            "quiet": [{"name": "短", "facts": {**facts, "text_length": 5}}],
        }
    pack = {
        "pack": name,
        "title": "生成",
        "owner": "bench",
        "references": {"law": {"text": "生成", "confidence": "法条"}},
        "parameters": parameters,
        "rules": rules,
    }
    return {
        f"{name}/pack.yaml": json.dumps(pack, ensure_ascii=False, indent=1),
        f"{name}/examples.yaml": json.dumps({"examples": examples}, ensure_ascii=False, indent=1),
    }


def made_wordlists(count: int, *, version: int = 0, words_a_list: int = 20_000) -> dict[str, str]:
    """Lists of distinct words of three to eight common characters; a version changes one word in a thousand."""
    chance = random.Random(20261123)
    words: dict[str, None] = {}
    while len(words) < count:
        words["".join(chance.choices(COMMON, k=chance.choices(range(3, 9), (50, 25, 10, 8, 5, 2))[0]))] = None
    chosen = list(words)
    change = random.Random(version)
    for at in range(0, count, 1_000) if version else ():
        chosen[at] = "".join(change.choices(COMMON, k=9))
    files = {"categories.yaml": CATEGORIES}
    for number, start in enumerate(range(0, count, words_a_list)):
        files[f"made_{number}.txt"] = HEAD + "\n".join(chosen[start : start + words_a_list]) + "\n"
    return files
