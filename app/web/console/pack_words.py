"""The sentences of the editor of a whole pack."""

from __future__ import annotations

SENTENCES = {
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
