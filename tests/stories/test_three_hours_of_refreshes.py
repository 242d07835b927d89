"""Three hours in the life of a platform whose lists come from a server that has good, bad and poisoned hours."""

from __future__ import annotations

from app.flows.follow_snapshots import follow_once
from app.jobs.worker import Worker
from tests.lists import WORDS, in_force, list_server, make_refreshed, signed_source

EVERY_MINUTES = 20
"""So few that these hours are cheap to live through; a list is stale only after an hour."""

LOOKS_EVERY_MINUTES = 4
"""Less than the five after which a refresh that failed is tried again."""


class Hours:
    """A service whose worker and follower look every few minutes, as they would all day."""

    def __init__(self, service):
        self.service, self.client = service, service.client()
        self.worker, self.number = Worker(service.parts), 0

    def pass_minutes(self, minutes):
        for gone in range(0, minutes, LOOKS_EVERY_MINUTES):
            self.service.clock.advance(minutes=min(LOOKS_EVERY_MINUTES, minutes - gone))
            follow_once(self.service.parts)
            while self.worker.work_due():
                pass

    def screen(self, text="女装正品，全场包邮的新款"):
        self.number += 1
        said = self.service.screen(self.client, text, content_id=f"v-{self.number}").get_json()
        return said["status"], said["decision"], said["snapshot"]["wordlists"], f"v-{self.number}"

    def states(self):
        items = self.client.get("/v1/wordlists/refreshes?limit=200").get_json()["items"]
        return [item["state"] for item in reversed(items)]


def test_three_hours(database, tmp_path):
    with list_server() as server:
        server.give(WORDS[:10])
        service = make_refreshed(
            database, tmp_path, signed_source(server), wordlist_timeout_s=1, wordlist_refresh_minutes=EVERY_MINUTES
        )
        day = Hours(service)

        day.pass_minutes(2)  # the first refresh comes by itself
        assert in_force(service)["platform"] == WORDS[:10]
        first = day.screen()
        assert first[:2] == ("final", "pass")

        server.give(WORDS[:12])
        day.pass_minutes(EVERY_MINUTES + 1)
        assert in_force(service)["platform"] == WORDS[:12]
        second = day.screen()
        assert second[2] != first[2]

        server.give([*WORDS[:12], "的", "女装", "正品"])  # a poisoned hour
        day.pass_minutes(EVERY_MINUTES + 1)
        assert day.states()[-1] == "held"
        assert in_force(service)["platform"] == WORDS[:12]
        assert day.screen()[:2] == ("final", "pass")

        server.give(WORDS[:12])
        server.status = 500  # a missed hour
        day.pass_minutes(62)
        waits = day.screen()
        assert waits[:2] == ("pending", "review")
        assert day.screen(f"卖{WORDS[11]}")[:2] == ("final", "block")
        assert "failed" in day.states()

        server.status = 200
        day.pass_minutes(7)  # tried again every five minutes
        assert day.states()[-1] == "unchanged"
        settled = day.client.get(f"/v1/contents/{waits[3]}").get_json()
        assert (settled["status"], settled["decision"]) == ("final", "pass")
        assert day.screen()[:2] == ("final", "pass")
        assert len(day.client.get("/v1/cases").get_json()["items"]) == 1  # the one that was blocked

        back = day.client.post(f"/v1/snapshots/{first[2]}/activate", json={"reason": "词有误"})
        assert back.status_code == 200
        day.pass_minutes(EVERY_MINUTES + 1)
        assert in_force(service)["platform"] == WORDS[:10]  # a refresh does not undo it
        stored = day.client.get("/v1/contents/v-2").get_json()
        assert (
            day.client.get(f"/v1/screenings/{stored['screening_id']}").get_json()["snapshot"]["wordlists"] == second[2]
        )
