"""Small wordlist sets for the tests, as the files a snapshot would hold."""

from __future__ import annotations

from datetime import UTC, datetime

from app.text.match import Context, Matcher, Scan, TextField, build_matcher
from app.text.wordlist import load_wordlists

CATEGORIES = """\
absolute_terms: {title: 绝对化用语, law: 广告法第九条, severity: 3}
diversion: {title: 引流, law: 平台规则, severity: 3, suggestion: false}
"""
HEAD = "# category: absolute_terms\n# verdict: review\n# source: 广告法第九条第三项\n# owner: ads\n"
AT = datetime(2026, 11, 23, 4, tzinfo=UTC)
ENGINES = ("daachorse", "pyahocorasick")


def files_of(*lists: str) -> dict[str, str]:
    """A set of files: each list's text under the names a.txt, b.txt …"""
    return {"categories.yaml": CATEGORIES} | {f"{chr(97 + i)}.txt": text for i, text in enumerate(lists)}


def matcher_of(*lists: str, engine: str = "auto") -> Matcher:
    """A matcher over lists given as their words only, or with their own head."""
    whole = [text if text.startswith("#") else HEAD + text for text in lists]
    return build_matcher(load_wordlists(files_of(*whole)), engine=engine)


def scan(matcher: Matcher, *texts: str, kind: str = "video_caption", shop: str | None = None, at=AT) -> Scan:
    """Scan texts as fields f0, f1 …"""
    fields = [TextField(f"f{i}", text) for i, text in enumerate(texts)]
    return matcher.scan(fields, Context(kind, at, shop))


def found(matcher: Matcher, *texts: str, **context) -> list[str]:
    """The hits' own texts."""
    return [hit.text for hit in scan(matcher, *texts, **context).hits]
