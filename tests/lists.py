"""A small real HTTP server that gives wordlists, and a service that has it as its source."""

from __future__ import annotations

import base64
import hashlib
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import yaml
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app import snapshots
from app.flows.follow_snapshots import follow_once
from app.wordlist_sources.manifest import sign
from bench.made import made_packs
from tests.service import START, make_service

CATEGORIES = (
    "counterfeit: {title: 假冒, law: 商标法, severity: 4}\nabsolute_terms: {title: 绝对化, law: 广告法, severity: 3}\n"
)
HEAD = "# category: counterfeit\n# verdict: block\n# source: 商标法第五十七条\n# owner: test\n"
OWN = HEAD + "高仿名表\n"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = base64.b64encode(KEY.public_key().public_bytes_raw()).decode()
WORDS = [f"冒牌货号{letter}" for letter in "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉"]


@dataclass
class ListServer:
    """Answers by path from ``files``; the other attributes spoil its answers."""

    files: dict[str, bytes] = field(default_factory=dict)
    status: int = 200
    hang_s: float = 0
    content_type: str = "text/plain"
    version: int = 0
    got: list[tuple[str, str | None]] = field(default_factory=list)
    url: str = ""

    def give(self, words, *, head=HEAD, name="platform"):
        """Publish a signed manifest over one list."""
        self.version += 1
        text = (head + "\n".join(words) + "\n").encode()
        raw, signature = sign({f"{name}.txt": text}, KEY, version=self.version, now=START)
        self.files |= {"/manifest.json": raw, "/manifest.json.sig": signature, f"/{name}.txt": text}


@contextmanager
def list_server():
    plays = ListServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            etag = self.headers.get("if-none-match")
            plays.got.append((self.path, etag))
            body = plays.files.get(self.path)
            own = '"' + hashlib.sha256(body or b"").hexdigest()[:16] + '"'
            status = plays.status if plays.status != 200 else (404 if body is None else 304 if etag == own else 200)
            self.send_response(status)
            self.send_header("content-type", plays.content_type)
            self.send_header("etag", own)
            if status in {301, 302}:
                self.send_header("location", "http://127.0.0.1:1/elsewhere")
            body = body if status == 200 else b""
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            for start in range(0, len(body), 16) if plays.hang_s else [0]:
                time.sleep(plays.hang_s)
                try:
                    self.wfile.write(body[start : start + 16] if plays.hang_s else body)
                except OSError:
                    return

        def log_message(self, *_):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    plays.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield plays
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def write_folder(folder, **lists):
    """A wordlists folder with the small categories and lists given as whole texts."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "categories.yaml").write_text(CATEGORIES, "utf-8")
    for name, text in ({"own": OWN} | lists).items():
        (folder / f"{name}.txt").write_text(text, "utf-8")
    return folder


def make_refreshed(database, folder, *sources, lists=None, **settings):
    """A service over small lists that are in force, with further sources."""
    wordlists = write_folder(folder / "wordlists", **lists or {})
    named = None
    if sources:
        named = folder / "sources.yaml"
        named.write_text(yaml.safe_dump({"sources": list(sources)}, allow_unicode=True), "utf-8")
    service = make_service(database, folder, wordlists_dir=wordlists, wordlist_sources=named, **settings)
    put_in_force(service)
    return service


def put_in_force(service):
    """One made-up rule, because many cost time to build, and the service's own lists."""
    parts, settings = service.parts, service.parts.settings

    def work(session):
        files_of = {"rules": made_packs(1), "wordlists": snapshots.read_folder("wordlists", settings.wordlists_dir)}
        for kind, files in files_of.items():
            stored = snapshots.store(session, kind, files, summary={}, by="test", now=parts.now())
            snapshots.activate(session, kind, stored, by="test", now=parts.now())
            snapshots.note_folder(session, kind, folder_id=stored, error=None, now=parts.now())

    parts.db.write(work)
    follow_once(parts)


def signed_source(server, **more):
    return {
        "name": "platform",
        "type": "https",
        "manifest": f"{server.url}/manifest.json",
        "public_keys": [PUBLIC],
    } | more


def in_force(service):
    """The names of lists in force with their words."""
    from app.text.wordlist import load_wordlists

    with service.parts.db.read() as session:
        files = snapshots.load(session, snapshots.pointer(session, "wordlists").snapshot_id)
    return {each.name: [word.text for word in each.words] for each in load_wordlists(files).lists}
