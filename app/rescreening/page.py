"""The report as one Chinese HTML page that opens anywhere: no script, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

_VERDICTS = {"unknown": "未知", "pass": "通过", "label": "标注", "review": "人工复核", "block": "拦截"}
_DIMENSIONS = {
    "rule": "按规则",
    "wordlist": "按词表",
    "word": "按词",
    "category": "按违规类别",
    "shop_category": "按店铺类目",
    "shop": "按店铺",
    "kind": "按内容类型",
}
_ROWS = 50
_STYLE = """
:root{color-scheme:light dark;--line:#8884;--dim:#777;--hot:#c0392b}
body{font:15px/1.6 system-ui,"PingFang SC","Noto Sans CJK SC","Microsoft YaHei",sans-serif;
margin:0 auto;max-width:70rem;padding:1.5rem}
h1{font-size:1.5rem;margin:0}h2{font-size:1.1rem;margin:2rem 0 .5rem}p{margin:.4rem 0}
.dim{color:var(--dim);overflow-wrap:anywhere}.wide{overflow-x:auto}
table{border-collapse:collapse;min-width:20rem}th,td{border-bottom:1px solid var(--line);padding:.3rem .8rem;
text-align:left;vertical-align:top}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}.hot{color:var(--hot);font-weight:600}
"""


def as_html(report: Mapping[str, Any]) -> str:
    """The whole page."""
    parts = [_head(report), _verdicts(report["verdicts"])]
    parts += [_dimension(_DIMENSIONS[name], rows) for name, rows in report["by"].items() if rows]
    parts += [_samples(report["samples"]), _problems(report["problems"])]
    body = "\n".join(part for part in parts if part)
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>存量内容重审报告</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<style>{_STYLE}</style></head><body>\n{body}\n</body></html>\n"
    )


def _head(report: Mapping[str, Any]) -> str:
    how = "仅按词表" if report["words_only"] else "按全部规则与词表"
    return (
        "<h1>存量内容重审报告</h1>"
        f"<p>{how}重审 {report['looked_at']:,} 条内容，其中 {_hot(report['changed'])} 条结论会改变，"
        f"{_hot(report['newly_stopped'])} 条将被拦截或转人工；{report['unreadable']:,} 条无法读取。</p>"
        f"<p class=dim>判定时间 {escape(report['as_of'])}；规则 {escape(report['rules'])}；"
        f"词表 {escape(report['wordlists'])}</p>"
    )


def _hot(count: int) -> str:
    return f"<span class=hot>{count:,}</span>"


def _verdicts(cells: Sequence[Mapping[str, Any]]) -> str:
    rows = [
        (_VERDICTS.get(cell["before"], cell["before"]), _VERDICTS.get(cell["after"], cell["after"]), cell["count"])
        for cell in cells
    ]
    return "<h2>结论变化</h2>" + _table(("原结论", "现结论", "内容数"), rows)


def _dimension(title: str, rows: Sequence[Mapping[str, Any]]) -> str:
    shown = [
        (row["name"] or "（未填写）", row["contents"], row["changed"], row["newly_stopped"]) for row in rows[:_ROWS]
    ]
    return f"<h2>{title}</h2>" + _table(("名称", "内容数", "结论改变", "新增拦截或转人工"), shown)


def _samples(samples: Sequence[Mapping[str, Any]]) -> str:
    if not samples:
        return ""
    rows = [
        (
            f"{_VERDICTS.get(each['before'], each['before'])} → {_VERDICTS.get(each['after'], each['after'])}",
            each["shop_id"],
            each["content_id"],
            "、".join([*each["rules"], *each["words"]]),
            each["text"],
        )
        for each in samples
    ]
    return "<h2>样例（个人信息已遮盖）</h2>" + _table(("变化", "店铺", "内容", "依据", "文字"), rows)


def _problems(problems: Sequence[str]) -> str:
    if not problems:
        return ""
    return "<h2>无法读取</h2><ul>" + "".join(f"<li>{escape(each)}</li>" for each in problems) + "</ul>"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str | int]]) -> str:
    lines = ["".join(_cell(value, "td") for value in row) for row in rows]
    numbers = {place for place, value in enumerate(next(iter(rows), ())) if isinstance(value, int)}
    head = "".join(
        f"<th{' class=n' if place in numbers else ''}>{escape(each)}</th>" for place, each in enumerate(heads)
    )
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return f'<div class="wide"><table><tr>{head}</tr>{body}</table></div>'


def _cell(value: str | int, tag: str) -> str:
    if isinstance(value, int):
        return f"<{tag} class=n>{value:,}</{tag}>"
    return f"<{tag}>{escape(value)}</{tag}>"
