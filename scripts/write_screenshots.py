"""Take pictures of every page of the console: Chinese and English, on a desk and on a phone.

``.venv/bin/python scripts/write_screenshots.py`` fills a service of its own (``tests/lively.py``), follows its
links until it has one address of every page there is, and writes docs/images/console/*.webp and the generated part of
docs/reference/console-pages.md. The service's clock stands still, so a picture changes only where its page does. With
``--sheets DIR`` it lays the same pictures out on a few large PNG sheets instead, to be looked at in one go.
"""  # noqa: INP001 - a script, not a package

from __future__ import annotations

import argparse
import base64
import os
import re
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeAlias

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)
IMAGES, PAGE = ROOT / "docs" / "images" / "console", ROOT / "docs" / "reference" / "console-pages.md"
BEGIN, END = "<!-- pictures -->", "<!-- /pictures -->"
WINDOWS = {"desk": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
LANGUAGES = {"zh": "zh-CN", "en": "en"}
SIGNED_OUT = {"sign_in": "/console/sign-in"}
NOT_PAGES = re.compile(r"static|_csv|pulse|_file|new_pack|report|inquir|sign_in|home|unknown|export|pdf")
LISTS = {"cases": "/console/cases", "rules": "/console/rules"}
"""Pages that show other things by their address: every link to them is followed, and the bare one is pictured."""
EVENT_CASE = "event_case"
QUALITY, LARGEST = 62, 100_000
Pictures: TypeAlias = dict[tuple[str, str, str], bytes]
"""WebP bytes by page, language and window."""


def main() -> int:
    """Take the pictures; 1 when a page could not be reached."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--sheets", type=Path, help="write PNG sheets into this folder instead of the documentation")
    options.add_argument("--only", help="pages whose name matches this expression")
    options.add_argument("--dark", action="store_true", help="in dark colours")
    options.add_argument("--whole", action="store_true", help="the whole length of a page, not the window alone")
    given = options.parse_args()
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp())
    with lively_console() as (address, pages, missing):
        wanted = {name: path for name, path in pages.items() if not given.only or re.search(given.only, name)}
        pictures = take(address, wanted, is_dark=given.dark, is_whole=given.whole)
    if given.sheets:
        write_sheets(given.sheets, pictures)
    else:
        write_images(pictures, list(pages))
        write_page(list(pages))
    for name in missing:
        print(f"no link leads to {name}")  # noqa: T201 - what the command is for
    print(f"{len(wanted)} pages, {len(pictures)} pictures")  # noqa: T201
    return 1 if missing else 0


@contextmanager
def lively_console() -> Iterator[tuple[str, dict[str, str], list[str]]]:
    """Where a filled console is served, an address of every page by the page's name, and pages nothing leads to."""
    from werkzeug.serving import make_server  # noqa: PLC0415

    from app import migrate  # noqa: PLC0415
    from app.db import Database  # noqa: PLC0415
    from tests.console import PASSWORD, sign_in  # noqa: PLC0415
    from tests.lively import put_everything  # noqa: PLC0415
    from tests.service import make_service, shipped_judge  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        with closing(Database(f"sqlite:///{folder / 'weiheng.db'}")) as database:
            migrate.upgrade(database)
            service = make_service(database, folder, shipped_judge(folder), second_review_shares="content=3000")
            put_everything(service)
            client, _ = sign_in(service, password=PASSWORD)
            pages, missing = find_pages(service.app, client)
            server = make_server("127.0.0.1", 0, service.app, threaded=True)
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            try:
                yield f"http://127.0.0.1:{server.server_port}", SIGNED_OUT | pages, missing
            finally:
                server.shutdown()
                thread.join()
                server.server_close()


def find_pages(app: Any, client: Any) -> tuple[dict[str, str], list[str]]:
    """One address of every page, found by following links; and the pages to which none leads."""
    adapter = app.url_map.bind("localhost")
    found: dict[str, str] = {}
    seen: set[str] = set()
    waiting = ["/console/cases?q=v-main", "/console/cases?state=all", "/console/cases"]
    while waiting:
        path = waiting.pop(0)
        if path in seen:
            continue
        seen.add(path)
        endpoint, _ = adapter.match(path.partition("?")[0], method="GET")
        name = endpoint.removeprefix("console.")
        if not endpoint.startswith("console.") or NOT_PAGES.search(name):
            continue
        if name in found and name not in LISTS and (name != "case" or EVENT_CASE in found):
            continue
        answer = client.get(path, follow_redirects=True)
        if answer.status_code != 200 or answer.mimetype != "text/html":  # noqa: PLR2004 - a page
            continue
        if name == "case" and 'id="h-course"' in answer.text:
            name = EVENT_CASE  # another page by the same address
        if name == "case" and name in found:
            continue
        found[name] = LISTS.get(name) or answer.request.full_path.rstrip("?")
        links = re.findall(r'href="(/console/[^"#]*)', answer.text)
        waiting += [link.replace("&amp;", "&") for link in dict.fromkeys(links)]
    every = {rule.endpoint.removeprefix("console.") for rule in app.url_map.iter_rules() if is_page(rule)}
    return dict(sorted(found.items())), sorted(every - found.keys())


def is_page(rule: Any) -> bool:
    """Whether an address shows a page of the console to somebody signed in."""
    is_own = rule.endpoint.startswith("console.") and "GET" in rule.methods
    return is_own and not NOT_PAGES.search(rule.endpoint.removeprefix("console."))


def take(address: str, pages: Mapping[str, str], *, is_dark: bool, is_whole: bool) -> Pictures:
    """Every page in every language and window."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    from tests.browser.pages import ARGS  # noqa: PLC0415
    from tests.console import PASSWORD  # noqa: PLC0415

    taken: Pictures = {}
    scheme: Any = "dark" if is_dark else "light"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGS)
        for language, locale in LANGUAGES.items():
            for window, viewport in WINDOWS.items():
                context = browser.new_context(viewport=viewport, locale=locale, color_scheme=scheme, base_url=address)
                page = context.new_page()
                for name in SIGNED_OUT.keys() & pages.keys():
                    taken[name, language, window] = picture(page, pages[name], is_whole=is_whole)
                page.goto("/console/sign-in")
                page.fill("[name=username]", "lin")
                page.fill("[name=password]", PASSWORD)
                page.press("[name=password]", "Enter")
                page.wait_for_url("**/console/cases")
                page.request.post("/console/language", form={"language": locale, "csrf_token": csrf(page)})
                for name in pages.keys() - SIGNED_OUT.keys():
                    taken[name, language, window] = picture(page, pages[name], is_whole=is_whole)
                context.close()
        browser.close()
    return dict(sorted(taken.items()))


def csrf(page: Any) -> str:
    """The token of the page's forms."""
    return page.locator("input[name=csrf_token]").first.get_attribute("value") or ""


def picture(page: Any, path: str, *, is_whole: bool) -> bytes:
    """One page as WebP; what is wider than its window is told."""
    page.goto(path)
    page.wait_for_load_state("load")
    over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    if over > 0:
        print(f"{path} is {over} px wider than {page.viewport_size['width']}")  # noqa: T201
    session = page.context.new_cdp_session(page)
    asked: dict[str, Any] = {"format": "webp", "quality": QUALITY, "captureBeyondViewport": False}
    if is_whole:
        size = page.evaluate("[innerWidth, Math.min(document.documentElement.scrollHeight, 2600)]")
        asked |= {
            "captureBeyondViewport": True,
            "clip": {"x": 0, "y": 0, "width": size[0], "height": size[1], "scale": 1},
        }
    return base64.b64decode(session.send("Page.captureScreenshot", asked)["data"])


def write_images(pictures: Pictures, pages: Sequence[str]) -> None:
    """Every picture as a file of its own, none above the largest size; what is no page any more leaves."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    for file in IMAGES.glob("*.webp"):
        if file.stem.rsplit("-", 2)[0] not in pages:
            file.unlink()
    for (name, language, window), body in pictures.items():
        if len(body) > LARGEST:
            print(f"{name} {language} {window}: {len(body):,} bytes")  # noqa: T201
        (IMAGES / f"{name}-{language}-{window}.webp").write_bytes(body)


def write_page(names: Sequence[str]) -> None:
    """The list of pictures, page by page, between the marks."""
    rows = []
    for name in names:
        shown = name.replace("_", " ")
        rows.append(f"### {shown}\n")
        for window, width in (("desk", 420), ("phone", 160)):
            for language in LANGUAGES:
                file = f"../images/console/{name}-{language}-{window}.webp"
                rows.append(
                    f'<a href="{file}"><img src="{file}" alt="{shown}, {language}, {window}" width="{width}"></a>'
                )
        rows.append("")
    text = PAGE.read_text("utf-8")
    before, after = text.partition(BEGIN)[0], text.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n" + "\n".join(rows) + f"\n{END}{after}", "utf-8")


def write_sheets(folder: Path, pictures: Pictures) -> None:
    """The pictures on sheets: two beside each other from a desk, six from a phone."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    from tests.browser.pages import ARGS  # noqa: PLC0415

    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGS)
        for window, (width, count) in {"desk": (980, 4), "phone": (330, 6)}.items():
            for language in LANGUAGES:
                chosen = [(key[0], body) for key, body in pictures.items() if key[1:] == (language, window)]
                for start in range(0, len(chosen), count):
                    file = folder / f"{window}-{language}-{start // count:02d}.png"
                    sheet(browser, chosen[start : start + count], width, file)
        browser.close()


def sheet(browser: Any, chosen: Sequence[tuple[str, bytes]], width: int, file: Path) -> None:
    """One sheet, with each page's name above its picture."""
    cells = "".join(
        f'<figure style="margin:0;width:{width}px"><b>{name}</b><img style="width:100%;display:block" '
        f'src="data:image/webp;base64,{base64.b64encode(body).decode()}"></figure>'
        for name, body in chosen
    )
    columns = 2 if width > 500 else 6  # noqa: PLR2004 - a desk's picture
    page = browser.new_page(viewport={"width": columns * (width + 8), "height": 400})
    page.set_content(
        f'<body style="margin:0;display:flex;flex-wrap:wrap;gap:8px;font:13px monospace;align-items:start">{cells}'
    )
    page.screenshot(path=file, full_page=True)
    page.close()


if __name__ == "__main__":
    sys.exit(main())
