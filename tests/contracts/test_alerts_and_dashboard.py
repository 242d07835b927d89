"""Alert rules and dashboard ask for metrics and labels that exist, in queries that Prometheus can read."""

from __future__ import annotations

import json
import re
from pathlib import Path

import promql_parser
import pytest
import yaml
from prometheus_client.metrics import MetricWrapperBase

from app import metrics

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
GROUPS = yaml.safe_load((DEPLOY / "prometheus/alerts.yaml").read_text("utf-8"))["groups"]
ALERTS = [rule for group in GROUPS for rule in group["rules"]]
DASHBOARD = json.loads((DEPLOY / "grafana/weiheng.json").read_text("utf-8"))
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
QUERIES = [(rule["alert"], rule["expr"]) for rule in ALERTS]
QUERIES += [(panel["title"], target["expr"]) for panel in PANELS for target in panel["targets"]]


def known():
    """Each series Prometheus would store of us, with the labels it has."""
    found = {"up": {"job", "instance"}}
    for metric in vars(metrics).values():
        if not isinstance(metric, MetricWrapperBase):
            continue
        [family] = metric.describe()
        labels = set(metric._labelnames)
        if family.type == "counter":
            found[f"{family.name}_total"] = labels
        elif family.type == "histogram":
            found |= {f"{family.name}_count": labels, f"{family.name}_sum": labels}
            found[f"{family.name}_bucket"] = labels | {"le"}
        else:
            found[family.name] = labels
    return found


def parsed(expr):
    return promql_parser.parse(expr.replace("$__rate_interval", "5m"))


def selectors(node):
    """Every selector below a node of a parsed query."""
    if isinstance(node, promql_parser.VectorSelector):
        return [node]
    if isinstance(node, promql_parser.MatrixSelector):
        return [node.vector_selector]
    parts = [getattr(node, name, None) for name in ("lhs", "rhs", "expr", "param")] + list(
        getattr(node, "args", ()) or ()
    )
    return [found for part in parts if part is not None for found in selectors(part)]


def groupings(expr):
    """The labels named by every ``by (…)`` and every ``{{…}}`` of a query."""
    return {name.strip() for names in re.findall(r"\bby \(([^)]*)\)", expr) for name in names.split(",")}


@pytest.mark.parametrize(("where", "expr"), QUERIES, ids=[f"{n}-{where}" for n, (where, _) in enumerate(QUERIES)])
def test_a_query_can_be_read_and_asks_for_what_exists(where, expr):
    series = known()
    found = selectors(parsed(expr))

    assert found, where
    for selector in found:
        assert selector.name in series, f"{where}: {selector.name}"
        asked = {matcher.name for matcher in selector.matchers.matchers}
        assert asked <= series[selector.name], f"{where}: {asked}"
    labels = set().union(*(series[selector.name] for selector in found))
    assert groupings(expr) <= labels, where


def test_the_checks_would_notice_a_wrong_metric_label_or_query():
    assert "weiheng_screening_total" not in known()
    assert groupings("sum by (le, lane) (x)") == {"le", "lane"}
    assert [each.name for each in selectors(parsed("a / on (x) rate(b[5m]) > 0.5 * max(c)"))] == ["a", "b", "c"]
    with pytest.raises(ValueError, match=r"parenthes|syntax|unexpected|unclosed"):
        parsed("sum(rate(x[5m])")


def test_every_alert_says_how_bad_it_is_in_chinese_and_what_to_do():
    assert len({rule["alert"] for rule in ALERTS}) == len(ALERTS)
    for rule in ALERTS:
        assert rule["labels"]["severity"] in {"critical", "warning", "info"}
        assert re.search("[\u4e00-\u9fff]", rule["annotations"]["summary"])
        assert len(rule["annotations"]["description"]) > 20
        assert re.fullmatch(r"\d+[smh]", rule["for"])
        named = set(re.findall(r"\$labels\.(\w+)", rule["annotations"]["description"]))
        assert named <= groupings(rule["expr"]) | set().union(
            *(known()[each.name] for each in selectors(parsed(rule["expr"])))
        )


def test_panels_have_names_places_and_do_not_overlap():
    taken = set()
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert place["x"] + place["w"] <= 24
        assert panel["title"]
        assert not cells & taken
        taken |= cells


def test_legends_name_labels_their_query_keeps():
    for panel in PANELS:
        for target in panel["targets"]:
            named = set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"]))
            [*found] = selectors(parsed(target["expr"]))
            kept = groupings(target["expr"]) or set().union(*(known()[each.name] for each in found))
            assert named <= kept, (panel["title"], target["expr"])
