"""How many honest titles are blocked or sent to a person? Asked over HTTP, with nothing but the text.

    .venv/bin/python bench/false_positives.py                 # the samples of this project, against their bars
    .venv/bin/python bench/false_positives.py --file t.csv    # any other titles: one a line, or a CSV's last column
    .venv/bin/python bench/false_positives.py --json          # the same as one JSON document

Starts the real service with the shipped rules and lists, sends every title once alone and once in a batch, and prints
the share flagged by kind and category and, for each flagged title, the word, the list and what the rules said. The
figure is only as good as the titles are honest: read what is flagged before believing it. Ends with 1 when a bar of the
samples is missed or the batch answers differently.
"""

from __future__ import annotations

import sys

sys.path.pop(0)  # this folder: a neighbour's name would hide the standard library's http

import argparse
import csv
import http.client
import importlib.util
import json
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

PROJECT = Path(__file__).resolve().parent.parent
SAMPLES = {"shop": "product_title", "video": "video_title"}
BARS = {"shop": 0.01, "video": 0.005}
FLAGGED = ("review", "block")
BATCH = 500


class Title(NamedTuple):
    category: str
    text: str


def bench_http():
    """The neighbour that starts the service; its name is the standard library's, and it drops the head of the path."""
    sys.path.insert(0, "")
    spec = importlib.util.spec_from_file_location("bench_http", PROJECT / "bench" / "http.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read_titles(path):
    """Titles of a file, each once: `category, tab, title` lines, a CSV's last column, or one a line."""
    lines = [line for line in path.read_text(encoding="utf-8-sig").splitlines() if not line.startswith("# ")]
    rows = csv.reader(lines) if path.suffix == ".csv" else (line.split("\t") for line in lines)
    titles = [Title(row[0].strip() if len(row) > 1 else path.stem, row[-1].strip()) for row in rows if row]
    return list({title.text: title for title in titles if title.text}.values())


def ask(connection, key, path, body):
    data = json.dumps(body, ensure_ascii=False).encode()
    connection.request("POST", path, data, {"authorization": f"Bearer {key}", "content-type": "application/json"})
    answer = connection.getresponse()
    said = json.loads(answer.read())
    if answer.status != 200:
        raise SystemExit(f"{answer.status}: {said}")
    return said


def answers(port, key, titles, name, content_kind):
    """What each title is answered alone, and the texts that a batch answers differently."""
    items = [{"kind": content_kind, "shop_id": "sample", "text": title.text} for title in titles]
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        alone = [
            ask(connection, key, "/v1/screenings", item | {"content_id": f"{name}-{number}"})
            for number, item in enumerate(items)
        ]
        together = []
        for start in range(0, len(items), BATCH):
            part = [
                item | {"content_id": f"{name}-b-{start + number}"}
                for number, item in enumerate(items[start : start + BATCH])
            ]
            together += ask(connection, key, "/v1/screenings/batch", {"items": part})["results"]
    differs = [
        title.text
        for title, one, other in zip(titles, alone, together, strict=True)
        if one["decision"] != other["decision"]
    ]
    return alone, differs


def report(name, titles, said, differs, bar):
    flagged = [
        {
            "category": title.category,
            "text": title.text,
            "decision": each["decision"],
            "hits": [{"word": hit["word"], "list": hit["wordlist"], "verdict": hit["verdict"]} for hit in each["hits"]],
            "personal_data": [datum["kind"] for datum in each["personal_data"]],
            "rules": [firing["rule"] for firing in each["firings"]],
        }
        for title, each in zip(titles, said, strict=True)
        if each["decision"] in FLAGGED
    ]
    categories = {}
    for category in dict.fromkeys(title.category for title in titles):
        count = sum(title.category == category for title in titles)
        categories[category] = {"titles": count, "flagged": sum(each["category"] == category for each in flagged)}
    return {
        "sample": name,
        "titles": len(titles),
        "flagged": flagged,
        "share": len(flagged) / max(1, len(titles)),
        "bar": bar,
        "categories": categories,
        "batch_differs": differs,
    }


def show(result):
    bar = f", bar {result['bar']:.2%}" if result["bar"] else ""
    print(f"\n{result['sample']}: {len(result['flagged'])} of {result['titles']} flagged = {result['share']:.2%}{bar}")
    for category, counts in result["categories"].items():
        if counts["flagged"] or len(result["categories"]) <= 40:
            print(f"  {counts['flagged']:>4} of {counts['titles']:>5}  {category}")
    for each in result["flagged"]:
        why = ", ".join(f"{hit['word']} ({hit['list']})" for hit in each["hits"])
        why = "; ".join(filter(None, [why, ", ".join(each["personal_data"]), ", ".join(each["rules"])]))
        print(f"  {each['decision']:<6} {each['text'][:80]}   <- {why}")
    for text in result["batch_differs"]:
        print(f"  the batch answers differently: {text[:80]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--file", type=Path, action="append", help="titles to measure instead of the samples")
    parser.add_argument("--kind", default="video_title", help="content kind for --file (default: video_title)")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    options = parser.parse_args()
    if options.file:
        jobs = [(path.stem, path, options.kind, None) for path in options.file]
    else:
        jobs = [
            (name, PROJECT / "app" / "text" / "data" / f"honest_{name}_titles.tsv", kind, BARS[name])
            for name, kind in SAMPLES.items()
        ]
    results = []
    with bench_http().service(None, 1, 4) as (port, key, *_):
        for number, (name, path, content_kind, bar) in enumerate(jobs):
            titles = read_titles(path)
            said, differs = answers(port, key, titles, f"{name}-{number}", content_kind)
            results.append(report(name, titles, said, differs, bar))
    if options.json:
        print(json.dumps(results, ensure_ascii=False, indent=1))
    else:
        for result in results:
            show(result)
    missed = any(result["batch_differs"] or (result["bar"] and result["share"] > result["bar"]) for result in results)
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
