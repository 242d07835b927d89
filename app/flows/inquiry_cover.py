"""The page that lies on top of an export: what it is, which files it has, and how it is verified, in Chinese."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.models import Inquiry
from app.values.china_days import CHINA
from app.vault.purposes import find_purpose

COVER = "说明.txt"
_OF_TABLES = (
    "以上 csv 为表格，可用 Excel 或 WPS 打开：时间为北京时间，金额为元；"
    "长数字与可能被当作公式的文字前加有撇号（'），不属于内容"
)
_OF_LINES = (
    "以上 jsonl 供程序读取，最为完整：时间带时区，+00:00 为协调世界时，加 8 小时为北京时间；"
    "名称以 _fen 结尾的金额以分为单位"
)


def cover(run: Inquiry, files: Sequence[Mapping[str, Any]]) -> str:
    """The page, of the files as the manifest lists them."""
    tables = [each for each in files if each["name"].endswith(".csv")]
    lines = [
        f"协查导出 {run.id}",
        f"店铺：{run.shop_id}",
        f"期间：{_in_china(run.from_at)} 至 {_in_china(run.to_at)}（不含），北京时间",
        f"目的：{find_purpose(run.purpose).title}；事由：{run.reason}",
        "个人信息：" + ("依上述目的完整提供" if run.with_personal else "已遮盖"),
        "",
        *(f"{each['name']}　{each['title']}，共 {each['rows']:,} 条" for each in tables),
        *([_OF_TABLES, ""] if tables else []),
        *(
            f"{each['name']}　{each['title']}，每行一条 JSON，共 {each['rows']:,} 条"
            for each in files
            if each["name"].endswith(".jsonl")
        ),
        _OF_LINES,
        "",
        "manifest.json　各文件的条数与摘要值；manifest.note　其签名；proof.json　审计日志中的存证",
        "核验：python verify_inquiry.py 本文件.zip --key 公钥（公钥请另行向经营者索取）",
        "程序 verify_inquiry.py 与 verify_audit.py 在微衡开源代码的 clients 文件夹中",
    ]
    return "\n".join(lines) + "\n"


def _in_china(at: datetime) -> str:
    return at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")
