"""A shop's week for backtest tests: screened contents, and a candidate that changes decisions on them."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path

from app.flows.judge_content import judge_content
from app.flows.screen_content import screen_contents
from app.flows.start_backtest import Asked
from app.values.access import Caller, Scope
from app.values.content import ContentToScreen
from tests.few import few_files
from tests.service import START, shipped_judge

CANARY = "13987654321"
ADDED = "# category: counterfeit\n# verdict: review\n# source: 商标法第五十七条\n# owner: test\n晨雾牌\n"
TEXTS = (
    "云南小番茄 五斤装",
    "加厚四件套 晨雾牌",
    "全网最佳面膜",
    "国家级刺绣 礼盒装",
    "祖传秘方，包治百病",
    "电话 " + CANARY + " 晨雾牌 新款",
    "今晚八点 产地直播采茶",
)
EVERYONE = Caller("test", "officer:lin", frozenset({*Scope}), None)


def screen_week(service, count=120, shops=("shop-1", "shop-2", "shop-3")):
    """Screen ``count`` contents, one a minute; a list of (content, answer) as they were screened."""
    chance = random.Random(7)
    screened = []
    for number in range(count):
        text = f"{chance.choice(TEXTS)} {number}"
        content = ContentToScreen(
            f"v-{number}", "video_caption", chance.choice(shops), {"text": text}, f"u-{number % 9}"
        )
        answer = screen_contents(service.parts, [content], caller=EVERYONE, now=service.clock())[0]
        screened.append((content, answer.body))
        service.clock.advance(minutes=1)
    return screened


def candidate_files():
    """A few of the shipped files, changed: no absolute terms, a word more, S2-06 only watched, S9-01 a draft."""
    words = few_files("wordlists") | {"trial.txt": ADDED}
    del words["absolute_terms.txt"]
    rules = few_files("rules")
    pack = rules["content/pack.yaml"]
    for rule, status in (("S2-06", "shadow"), ("S9-01", "draft")):
        before, mark, after = pack.partition(f"- id: {rule}\n")
        pack = before + mark + after.replace("status: live", f"status: {status}", 1)
    return {"rules": rules | {"content/pack.yaml": pack}, "wordlists": words}


def write_folders(files, folder):
    """The candidate as folders ``rules`` and ``wordlists`` below ``folder``."""
    for kind, texts in files.items():
        for name, text in texts.items():
            path = Path(folder, kind, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")


def judged_by_hand(screened, folder):
    """The candidate's decision on each content, without anything of the backtest; drafts are written as shadow."""
    files = candidate_files()
    pack = files["rules"]["content/pack.yaml"]
    files["rules"]["content/pack.yaml"] = pack.replace("status: draft", "status: shadow")
    write_folders(files, folder)
    judge = shipped_judge(folder, rules_dir=folder / "rules", wordlists_dir=folder / "wordlists")
    return [judge_content(judge, content, now=START).decision for content, _ in screened]


def asked(service, **more):
    """A backtest of the changed wordlists over all so far; changed rules take seconds more to check."""
    words = {"wordlists": candidate_files()["wordlists"]}
    values = {"proposed": words, "from_at": START - timedelta(days=1), "to_at": service.clock()}
    return Asked(**values | more)
