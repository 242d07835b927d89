"""``weiheng reviewer``: train the model that learns from officers, look at its trials, take one into use, go back."""

from __future__ import annotations

import click
import orjson

from app.cli.free_text import FREE_TEXT
from app.cli.opened import opened_parts
from app.flows.train_reviewer import Kept, back_to_before, models_of, train_reviewer, use_model
from app.models import ReviewerModel

WHY_NOT = {
    "one_sided": "最新的决定只有一种结论，无法试验",
    "weak": "区分能力不足（AUC 低于 75%）",
    "uncalibrated": "概率不比固定比例更准",
    "worse": "不如使用中的模型",
}
_BY = "cli"
_REASON = click.option("--reason", type=FREE_TEXT, required=True, help="Why; it stands in the audit log.")


@click.group()
def reviewer() -> None:
    """The reviewer that learns from officers' decisions."""


@reviewer.command("train")
@click.option("--shop", help="Only from this shop's cases.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def train(shop: str | None, *, as_json: bool) -> None:
    """Train a model from officers' final decisions and try it on the newest. Nothing uses it yet."""
    with opened_parts() as parts:
        kept = train_reviewer(parts, by=_BY, now=parts.now(), shop_id=shop)
    if as_json:
        click.echo(orjson.dumps(_plain(kept), option=orjson.OPT_INDENT_2))
        return
    click.echo(f"模型 {kept.model_id}")
    parted = f"{kept.trained.trained_count} 训练 · {kept.trained.calibrated_count} 校准"
    click.echo(f"样本 {parted} · {kept.trained.trial.count} 试验")
    for line in _lines(kept.trained.trial.answer()):
        click.echo(f"  {line}")
    if kept.why_not:
        click.echo(f"未通过试验：{WHY_NOT[kept.why_not]}")
    else:
        click.echo(f"通过试验；启用：weiheng reviewer use {kept.model_id[7:19]} --reason …")


@reviewer.command("status")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def status(*, as_json: bool) -> None:
    """Print which model is in use, and the newest models with their trials."""
    with opened_parts() as parts, parts.db.read() as session:
        models, use = models_of(session)
    in_use = use.model_id if use else None
    if as_json:
        said = [_model(each) | {"in_use": each.id == in_use} for each in models]
        click.echo(orjson.dumps({"in_use": in_use, "models": said}, option=orjson.OPT_INDENT_2))
        return
    if use is None or in_use is None:
        click.echo("没有使用中的模型，线性模型不发表意见")
    else:
        click.echo(f"使用中 {in_use}，{use.used_at:%Y-%m-%d %H:%M} 由 {use.used_by} 启用：{use.reason}")
    for each in models:
        trial = each.report["trial"]
        mark = "使用中" if each.id == in_use else "合格" if each.is_good else WHY_NOT[each.report["why_not"]]
        click.echo(f"{each.id[7:19]}  {each.trained_at:%Y-%m-%d %H:%M}  AUC {_percent(trial['auc_bp'])}  {mark}")


@reviewer.command("use")
@click.argument("model")
@_REASON
@click.option("--anyway", is_flag=True, help="Although it did not pass its trial.")
def use(model: str, reason: str, *, anyway: bool) -> None:
    """Take a model into use, by its name or how it begins. Every process follows within two seconds."""
    with opened_parts() as parts:
        model_id = use_model(parts, model, by=_BY, reason=reason, now=parts.now(), anyway=anyway)
    click.echo(f"已启用 {model_id}")


@reviewer.command("back")
@_REASON
def back(reason: str) -> None:
    """Go back to the model that was in use before, or to none."""
    with opened_parts() as parts:
        model_id = back_to_before(parts, by=_BY, reason=reason, now=parts.now())
    click.echo(f"已退回 {model_id}" if model_id else "已停用：之前没有模型")


def _lines(trial: dict[str, int | None]) -> list[str]:
    shown = {name.removesuffix("_bp"): _percent(value) for name, value in trial.items() if name.endswith("_bp")}
    return [
        "区分能力 AUC {auc}".format_map(shown),
        "Brier {brier}（只报比例为 {brier_base}），校准误差 {ece}".format_map(shown),
        "覆盖 {coverage}；判违规的准确率 {precision}，召回率 {recall}".format_map(shown),
        "判放行而实为违规 {missed}".format_map(shown),
    ]


def _percent(bp: int | None) -> str:
    return "–" if bp is None else f"{bp // 100}.{bp % 100:02d}%"


def _plain(kept: Kept) -> dict[str, object]:
    trained = kept.trained
    return {
        "model_id": kept.model_id,
        "why_not": kept.why_not,
        "trained": trained.trained_count,
        "calibrated": trained.calibrated_count,
        "low_bp": trained.model.low_bp,
        "high_bp": trained.model.high_bp,
        "trial": trained.trial.answer(),
        "incumbent": trained.incumbent.answer() if trained.incumbent else None,
    }


def _model(row: ReviewerModel) -> dict[str, object]:
    return {
        "model_id": row.id,
        "trained_at": row.trained_at,
        "trained_by": row.trained_by,
        "is_good": row.is_good,
        "report": row.report,
    }
