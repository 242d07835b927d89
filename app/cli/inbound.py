"""``weiheng inbound``: the platforms' accounts, and the messages that need a person."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime, timedelta

import click
from rich.console import Console
from rich.table import Table

from app.cli.opened import opened_parts
from app.errors import AppError
from app.events.provider import Account, load_providers, read_accounts
from app.flows.ask_platform import access_token
from app.flows.dead_letters import dead_letters, retry_letter
from app.flows.fetch_platform_keys import NO_CERTIFICATES, fetch_keys_of
from app.flows.follow_snapshots import follow_once
from app.flows.parts import Parts
from app.flows.reconcile_split_bill import reconcile_split_bill
from app.settings import read_settings
from app.wechat.accounts import PayAccount, ShopAccount
from app.wechat.errors import PlatformRefused

_SOON = timedelta(days=30)


@click.group("inbound")
def inbound() -> None:
    """Accounts at the platforms, and what they sent."""


@inbound.command("check")
@click.option("--ask", is_flag=True, help="Ask each platform once, to see that the keys are taken.")
def check(*, ask: bool) -> None:
    """Read the accounts, print their addresses, and say what is wrong or will be soon."""
    settings = read_settings(os.environ)
    given = settings.platform_accounts
    accounts = read_accounts(given.get_secret_value() if given else None, load_providers())
    found, is_wrong = [(provider, each) for provider, listed in accounts.items() for each in listed.values()], False
    if not found:
        click.echo("没有配置平台账号：设置 WEIHENG_PLATFORM_ACCOUNTS_FILE")
    for provider, account in found:
        click.echo(f"{provider}.{account.name}  {settings.base_url}/v1/hooks/{provider}/{account.name}")
        problems = _problems(account, now=datetime.now(UTC))
        for problem in problems:
            click.echo(f"  {problem}")
        is_wrong = is_wrong or bool(problems)
    if ask and found:
        with opened_parts() as parts:
            refused = [_refused(parts, account) for _, account in found]  # every one is asked
            is_wrong = is_wrong or any(refused)
    sys.exit(1 if is_wrong else 0)


@inbound.command("dead")
def dead() -> None:
    """List messages and questions whose attempts are used up."""
    with opened_parts() as parts, parts.db.read() as session:
        letters = dead_letters(session)
    table = Table("id", "provider", "account", "what", "failed_at", "error")
    for each in letters:
        row = (each["id"], each["provider"], each["account"], each["what"], str(each["failed_at"]), each["error"] or "")
        table.add_row(*row)
    Console(width=None if sys.stdout.isatty() else 200).print(table)
    sys.exit(1 if letters else 0)


@inbound.command("retry")
@click.argument("letter_id")
def retry(letter_id: str) -> None:
    """Have a dead letter worked again."""
    with opened_parts() as parts:
        said = retry_letter(parts, letter_id, by="cli", now=parts.now())
    click.echo(f"{said['id']} {said['state']}")


@inbound.command("split-bill")
@click.argument("account")
@click.argument("day", type=click.DateTime(["%Y-%m-%d"]))
def split_bill(account: str, day: datetime) -> None:
    """Fetch a day's profit-sharing bill (分账账单), hold it against what was asked; exit code 1 on a difference."""
    with opened_parts() as parts:
        follow_once(parts)
        decisions = reconcile_split_bill(parts, account, day.date(), now=parts.now())
    counts = "，".join(f"{name} {count}" for name, count in sorted(decisions.items()))
    click.echo(f"{sum(decisions.values())} 行：{counts}")
    sys.exit(1 if set(decisions) - {"pass"} else 0)


@inbound.command("certificates")
@click.argument("account")
@click.option(
    "--anew", is_flag=True, help="Believe certificates that only the APIv3 key opens, though a known key is in force."
)
def certificates(account: str, *, anew: bool) -> None:
    """Fetch WeChat Pay's platform certificates of an account now; the running service does it four times a day."""
    with opened_parts() as parts:
        for key in fetch_keys_of(parts, account, now=parts.now(), anew=anew):
            until = f"有效至 {key.valid_until:%Y-%m-%d}" if key.valid_until else "公钥"
            click.echo(f"{key.serial}  {until}")


def _problems(account: Account, *, now: datetime) -> list[str]:
    """What will not work, or soon not any more."""
    if isinstance(account, ShopAccount):
        return [] if account.app_secret else ["没有 app_secret：推送只带单号，无法查询订单"]
    assert isinstance(account, PayAccount), "there are two kinds"
    found = [] if account.merchant_key else ["没有 private_key 与 serial：无法查询分账与投诉"]
    ending = [key for key in account.platform_keys.values() if key.valid_until and key.valid_until < now + _SOON]
    found += [f"平台证书 {key.serial} 于 {key.valid_until:%Y-%m-%d} 到期，请换用新证书或微信支付公钥" for key in ending]
    return found


def _ask_pay(parts: Parts, account: PayAccount) -> None:
    try:
        fetch_keys_of(parts, account.name, now=parts.now())
    except PlatformRefused as refusal:
        if refusal.platform_code not in NO_CERTIFICATES or not account.platform_keys:
            raise


def _refused(parts: Parts, account: Account) -> bool:
    try:
        if isinstance(account, ShopAccount):
            access_token(parts, account, now=parts.now())
        elif isinstance(account, PayAccount):
            _ask_pay(parts, account)
    except AppError as error:
        click.echo(f"{account.name}: {error}")
        return True
    click.echo(f"{account.name}: ok")
    return False
