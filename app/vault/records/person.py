"""Persons nobody has touched for three years: they are erased, with a certificate, by the flow that erases people."""

from __future__ import annotations

from app.vault.retention import RecordKind

KIND = RecordKind("person", "个人信息", 1_096, 30, "个人信息保护法第19条：实现目的所必要的最短时间", None)
