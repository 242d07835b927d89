"""A ready upload hook: ask before publishing, hold back in doubt, tell the uploader why.

WEIHENG_URL=http://127.0.0.1:8000 WEIHENG_API_KEY=wh_… python upload_hook.py v-1001 shop-7 "全网最*佳面膜"
"""

from __future__ import annotations

import os
import sys

from weiheng_client import Client, Unavailable


def before_publish(client: Client, *, content_id: str, shop_id: str, caption: str) -> tuple[str, list[str]]:
    """What to do with an upload: ``publish``, ``hold`` or ``reject``, and what to tell the uploader."""
    try:
        screening = client.screen(content_id=content_id, kind="video_caption", shop_id=shop_id, text=caption)
    except Unavailable:
        return "hold", ["审核服务暂时不可用，内容将在恢复后自动送审"]
    told = [
        f"“{hit.text}”：{hit.source}" + (f"；建议：{hit.suggestion}" if hit.suggestion else "")
        for hit in screening.hits
    ]
    if screening.may_publish:
        return "publish", told
    return ("reject" if screening.decision == "block" else "hold"), [*screening.reasons, *told]


def main() -> int:
    """Run the hook for one caption given on the command line; exit code 0 only when it may be published."""
    content_id, shop_id, caption = sys.argv[1:4]
    with Client(os.environ["WEIHENG_URL"], os.environ["WEIHENG_API_KEY"]) as client:
        action, told = before_publish(client, content_id=content_id, shop_id=shop_id, caption=caption)
    sys.stdout.write("\n".join([action, *told]) + "\n")
    return 0 if action == "publish" else 1


if __name__ == "__main__":
    sys.exit(main())
