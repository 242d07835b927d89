"""The sentences of the editor of a whole pack, and the draft that a new pack begins with."""

from __future__ import annotations

SENTENCES = {
    "rules.find": "查找规则",
    "rules.q": "关键词",
    "rules.q_hint": "编号、名称、理由、法条",
    "rules.any": "全部",
    "rules.pack": "规则包",
    "rules.packs": "规则包一览",
    "rules.apply": "查找",
    "rules.clear": "清除条件",
    "rules.count": "规则数",
    "rules.count_of": "{count} / {all}",
    "rules.live_count": "生效中",
    "rules.fired_day": "近一日触发",
    "rules.owner_head": "负责人",
    "rules.none_found": "没有符合条件的规则。",
    "pack.edit": "编辑规则包",
    "pack.open": "编辑整个规则包",
    "pack.new": "新建规则包",
    "pack.new_name": "新规则包的名称（小写字母、数字、下划线）",
    "pack.bad_name": "规则包名称应以小写字母开头，只含小写字母、数字和下划线，最多 40 个字符。",
    "pack.begin": "开始编写",
    "pack.is_new": "现行规则中还没有这个包；下面是一份草稿，改成需要的内容后提交。",
    "pack.file": "规则（pack.yaml）",
    "pack.file_help": "可增删规则、参数、依据和触发率区间；每条规则都要有两侧的示例。",
    "pack.examples": "示例（examples.yaml）",
    "pack.examples_help": "每条规则至少一个 fires 和一个 quiet；必填事实会缺失的，再写 unknown。",
    "edit.too_long": "太长，最多 {most} 个字符；未保存任何内容。",
}

NEW_PACK = """\
# 这个规则包管什么、为什么。
pack: {pack}
title: 新规则包
owner: {owner}
references:
  law: {{text: 依据的法律名称和条款, confidence: 法条}}
parameters:
  title_max: {{default: 60, unit: count, origin: engineering, note: 为什么是这个数}}
rules:
  - id: {prefix}-01
    title: 标题过长
    on: content.submit
    status: draft
    effective: {{from: {start}, review_by: {review}}}
    references: [law]
    when: text_length > title_max
    then: [warn]
    reason: 给上传者的一句话
"""
NEW_EXAMPLES = """\
examples:
  {prefix}-01:
    fires:
      - {{name: 超过上限, facts: {{text_length: 61}}}}
    quiet:
      - {{name: 等于上限, facts: {{text_length: 60}}}}
"""
