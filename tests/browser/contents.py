"""
Something of everything for a hub of the demo: what its pages are about, by their addresses.

`Contents` knows, for each part of an address in braces, one that is there. A page with a new kind
of such a part needs a line here, and fails without.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from content.framework.customizing import reword
from content.framework.files import FrameworkFile, shipped, write_file
from content.framework.store import UPSTREAM, Base
from node.demo.cast import Cast
from node.demo.network import RunningHub
from node.demo.outside import ask, get_json, post, wait_for
from tests.browser.person import Person
from tests.browser.ways import unlike_any
from tests.mail_server import PostOffice

FILE: Any = {"name": "tender.txt", "mimeType": "text/plain", "buffer": b"Section 4: logs.\n"}
NOBODY = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
"""An id that belongs to nothing, and a link that nobody was sent."""
ITEM = "tool-dpia"
"""An item of the policy framework."""
MAIL = """From: Ana <{sender}>
To: help@newyork.example
Subject: Cameras at the pool
Message-ID: <1.{sender}>
Content-Type: text/plain; charset=utf-8

May they stay there, and who must be told?
"""
RECORD = {
    "summary": {"en": "Invented, to be looked at."},
    "language": "en",
    "kind": "guide",
    "topics": ["privacy"],
    "country": "US",
}


class Contents:
    """What there is at one hub. letters: the mail server that its mails go to."""

    def __init__(
        self,
        cast: Cast,
        hub: RunningHub,
        operator: Person,
        visitor: Person,
        letters: PostOffice,
    ) -> None:
        self._letters = letters
        self._hub, self._other = hub, cast.amsterdam
        self._operator, self._visitor = operator, visitor
        self.there: dict[str, str] = {}
        self.instead: dict[str, str] = {}
        self.several: dict[str, list[str]] = {}
        self._of_the_catalogue()
        self._of_cases()
        self._of_offers()
        self._of_frameworks()
        self._of_the_duty_room()
        self._behind_links()

    def paths(self, pattern: str) -> list[str]:
        """Return addresses of the pattern at which there is something; mostly one."""
        if pattern in self.several:
            return self.several[pattern]

        def real(found: re.Match[str]) -> str:
            return self.instead.get(pattern) or self.there[pattern[: found.end()]]

        return [re.sub(r"\{\w+\}", real, pattern)]

    def _of_the_catalogue(self) -> None:
        here, other = self._hub.authority, self._other.authority
        self.there |= {
            "/hubs/{host}": other,
            "/resources/{ulid}": self._first(f"resources?limit=1&hub={here}", "ulid"),
            "/experts/{ulid}": self._first(f"experts?limit=1&hub={here}", "ulid"),
            "/hubs/{host}/resources/{ulid}": self._first(f"resources?limit=1&hub={other}", "ulid"),
            "/hubs/{host}/experts/{ulid}": self._first(f"experts?limit=1&hub={other}", "ulid"),
        }
        self.there["/desk/experts/{ulid}"] = self.there["/experts/{ulid}"]
        draft = self._add("resources", {**RECORD, "title": unlike_any("A guide with a file")})
        self.there["/desk/catalogue/{ulid}"] = draft["ulid"]
        self._operator.visits(f"/desk/catalogue/{draft['ulid']}/files")
        self._operator.attaches("attachment", FILE)
        self._operator.presses("Attach them")
        files = self._get(f"resources/{draft['ulid']}")["files"]
        self.there["/desk/catalogue/{ulid}/files/{sha256}"] = files[0]["sha256"]
        held = f"hubs/{other}/resources/{self.there['/hubs/{host}/resources/{ulid}']}"
        body = {"changes": {"year": 2020}, "reason": "It says so on its first page."}
        self.there["/desk/proposals/{id}"] = self._add(f"{held}/proposals", body)["id"]
        self._harvest()
        self._duplicates()

    def _harvest(self) -> None:
        source = {
            "url": f"{self._other.origin}/catalogue.jsonl",
            "kind": "jsonl",
            "name": unlike_any("A portal"),
            "review": True,
        }
        found = [each for each in self._get("harvest")["items"] if each["url"] == source["url"]]
        number = (found or [self._add("harvest", source)])[0]["id"]
        self.there["/desk/harvest/{id}"] = number
        wait_for("the portal was asked", lambda: self._get(f"harvest/{number}/runs")["items"])

    def _duplicates(self) -> None:
        """Two pairs: one to look at, and one that is merged, which can be undone."""
        pairs = []
        for number in (1, 2):
            at = f"https://guides.example/{unlike_any('twice')[-7:-1]}"
            pairs.append(
                [
                    self._add(
                        "resources?publish=true",
                        {**RECORD, "title": unlike_any(title), "url": url, "year": 2019 + number},
                    )["id"]
                    for title, url in (("A guide", at), ("The same guide", f"{at}/"))
                ]
            )
        (one, other), (kept, merged) = pairs
        self._add("duplicates/merge", {"kept": kept, "other": merged})
        path = "/desk/catalogue/duplicates"
        self.several[f"{path}/pair"] = [f"{path}/pair?{urlencode({'one': one, 'other': other})}"]
        self.several[f"{path}/part"] = [f"{path}/part?{urlencode({'merged': merged})}"]

    def _of_cases(self) -> None:
        case = self._add("cases", a_case(unlike_any("Cameras in the square")))["id"]
        self._operator.visits(f"/desk/cases/{case}/files")
        self._operator.attaches("attachment", FILE)
        self._operator.presses("Add them to the case")
        draft = self._add(f"cases/{case}/drafts", {"text": "A first draft."})["id"]
        later = (datetime.now(UTC) + timedelta(days=90)).date().isoformat()
        self._add(f"cases/{case}/hold", {"reason": "The court asks for it.", "until": later})
        self._add(f"cases/{case}/note", {"text": "Seen."})
        self.there |= {
            "/desk/cases/{id}": case,
            "/desk/cases/{id}/drafts/{draft}": draft,
            "/desk/cases/{id}/files/{attachment}": self._first(f"cases/{case}/attachments"),
            "/duty/holds/{id}": case,
        }

    def _of_offers(self) -> None:
        """One that we made, and one that was made to us, which is answered."""
        title = unlike_any("Sensors at the port")
        offer_case(self._other, self._hub, title)

        def came() -> str | None:
            found = self._get("escalations?direction=in")["items"]
            return next((str(each["id"]) for each in found if each["title"] == title), None)

        taken = wait_for("the offer of another hub", came, seconds=60)
        self._add(f"escalations/{taken}/accept", {})
        self.there["/desk/offers/{id}"] = self._first("escalations?direction=out")
        self.instead["/desk/offers/{id}/answer"] = taken
        self.several["/desk/offers/{id}"] = [
            f"/desk/offers/{each}" for each in (self.there["/desk/offers/{id}"], taken)
        ]

    def _of_frameworks(self) -> None:
        for hub in (self._hub, self._other):
            own = ask("GET", f"{hub.origin}/api/v1/framework/own", token=hub.token)
            if own.status != 200:
                post(f"{hub.origin}/api/v1/framework/adopt", {}, hub.token)
                own = ask("GET", f"{hub.origin}/api/v1/framework/own", token=hub.token)
            assert own.status == 200
            ask(
                "PUT",
                f"{hub.origin}/api/v1/framework/items/{ITEM}/publication",
                body={},
                token=hub.token,
            )
        self.there["/desk/framework/{item}"] = ITEM
        self._merge_waits()
        snapshot = self._add("framework/snapshots", {"note": "Before the merge."})
        self.there["/desk/framework/snapshots/{number}"] = str(snapshot["number"])
        self.there |= {
            "/framework/{ulid}": self._published("framework"),
            "/hubs/{host}/framework/{ulid}": self._published(
                f"hubs/{self._other.authority}/framework"
            ),
        }

    def _merge_waits(self) -> None:
        """Our words on an item are others than those of the version of upstream that comes."""
        self._operator.visits(f"/desk/framework/{ITEM}")
        self._operator.writes("why", unlike_any("So that nobody is surprised."))
        self._operator.main.locator("form.form button").first.click()
        framework = reword(shipped().framework, ITEM, texts={"why": "As the law asks."})
        file = write_file(FrameworkFile(UPSTREAM, framework, Base("2027-03", framework)))
        address = f"{self._hub.origin}/api/v1/framework/merge"
        ask("POST", address, body={"file": file}, token=self._hub.token)
        self._operator.visits("/desk/framework/merge")
        waiting = self._operator.main.locator("a[href^='/desk/framework/merge/decide']").first
        self.several["/desk/framework/merge/decide"] = [waiting.get_attribute("href") or ""]

    def _published(self, path: str) -> str:
        """Return the id of an item of a framework, once this hub shows it."""

        def shown() -> str | None:
            answer = ask("GET", f"{self._hub.origin}/api/v1/{path}")
            found = answer.json["items"] if answer.status == 200 else []
            return str(found[0]["id"]).rpartition("/")[2] if found else None

        return wait_for(f"there is something at {path}", shown, seconds=60)

    def _of_the_duty_room(self) -> None:
        made = self._add("resources?publish=true", {**RECORD, "title": unlike_any("Taken back")})
        self.gone = f"/resources/{made['ulid']}"
        ask("DELETE", f"{self._hub.origin}/api/v1{self.gone}", token=self._hub.token)
        erased = wait_for("the erasure is noted", lambda: self._get("erasures")["items"])
        self.there["/duty/peers/{host}"] = self._other.authority
        # What would be given up, or thrown away: these pages ask, whatever the number.
        self.there |= {"/duty/deliveries/{number}": "1", "/duty/quarantine/{number}": "1"}
        self.there["/duty/erasures/{ulid}"] = str(erased[0]["id"]).rpartition("/")[2]
        self._operator.visits("/duty/start")
        self.several["/duty/start/{step}"] = self._operator.main.evaluate(
            """main => [...new Set([...main.querySelectorAll("a[href^='/duty/start/']")]
              .map(each => each.getAttribute("href")))]"""
        )
        assert len(self.several["/duty/start/{step}"]) > 4
        self._operator.visits("/duty/redress")
        body = self._operator.main.locator("a[href^='/duty/redress/'][href$='/remove']").first
        self.there["/duty/redress/{id}"] = str(body.get_attribute("href")).split("/")[3]
        self._operator.visits("/duty/incidents/new")
        self._operator.writes("what", "A print-out was left in the tram.")
        now = datetime.now(UTC) - timedelta(days=1)
        self._operator.writes("noticed_at", now.strftime("%Y-%m-%dT%H:%M"))
        self._operator.presses("Note it")
        closing = self._operator.main.locator("a[href$='/close']").first.get_attribute("href")
        self.there["/duty/incidents/{id}"] = str(closing).split("/")[3]

    def _behind_links(self) -> None:
        """What somebody gets by a link: a receipt, a listing, an account."""
        expert = self.there["/experts/{ulid}"]
        listing = self._hub.command("expert", "link", expert)["link"]
        # Whoever is signed in is that expert too, and so has a listing of their own.
        self._hub.command("user", "set", self._hub.place.operator, "--listing", expert)
        self.there["/listing/{token}"] = listing.rpartition("/")[2]
        self._operator.visits("/duty/people")
        name = unlike_any("new").translate(str.maketrans("", "", " ()"))
        self.there["/duty/people/{name}"] = name
        self._operator.writes("name", name)
        self._operator.picks("role", "reader")
        self._operator.presses("Add them")
        link = self._operator.main.locator(".fingerprint code").inner_text()
        self.there["/welcome/{token}"] = link.rpartition("/")[2]
        self._visitor.visits("/ask/request")
        self._visitor.picks("role", "who-ngo")
        self._visitor.writes("title", unlike_any("Cameras in the park"))
        self._visitor.writes("question", "May they stay there?")
        self._visitor.picks("sensitivity", "data-none")
        self._visitor.presses("Check your answers")
        self._visitor.presses("Send it")
        self.there["/ask/sent/{handle}"] = self._visitor.path.rpartition("/")[2]
        self._by_mail()

    def _by_mail(self) -> None:
        """Somebody wrote a mail, and got the link with which they confirm it."""
        sender = f"{unlike_any('ana')[-7:-1]}@city.example"
        self._hub.command("mail", "receive", text=MAIL.format(sender=sender))

        def link() -> str | None:
            for mail in self._letters.taken:
                if sender in mail.recipients:
                    found = re.search(r"/mail/([\w-]+)", mail.text)
                    return found[1] if found else None
            return None

        self.there["/mail/{token}"] = wait_for("the link to confirm the mail", link, seconds=60)

    def _get(self, path: str) -> Any:
        return get_json(f"{self._hub.origin}/api/v1/{path}", token=self._hub.token)

    def _first(self, path: str, key: str = "id") -> str:
        return str(self._get(path)["items"][0][key])

    def _add(self, path: str, body: dict[str, Any]) -> Any:
        return post(f"{self._hub.origin}/api/v1/{path}", body, self._hub.token)


def offer_case(
    here: RunningHub, there: RunningHub, title: str, due: str | None = None, **more: Any
) -> None:
    """Open a case at a hub, and offer all of it to another."""
    number = post(f"{here.origin}/api/v1/cases", a_case(title, **more), here.token)["id"]
    path = f"{here.origin}/api/v1/cases/{number}/escalations"
    body = {"to": there.authority, **({"due": due} if due else {})}
    seen = post(f"{path}/preview", body, here.token)
    post(path, {**body, "expect": seen["sha256"]}, here.token)


def a_case(title: str, **more: Any) -> dict[str, Any]:
    """Return a case as the API takes it: one that may go to other hubs, and tells of nobody."""
    return {
        "title": title,
        "question": "May the cameras stay, and who must be told?",
        "topics": ["urban-surveillance"],
        "language": "en",
        "country": "US",
        "sensitivity": "data-none",
        "requester": {"role": "who-city-official"},
        "consents": {"escalate": "yes"},
        **more,
    }
