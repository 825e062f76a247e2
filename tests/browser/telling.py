"""What three hubs tell the coalition of two quarters, so that its figures say something."""

from datetime import UTC, datetime

from content.coverage.gaps import quarter_before
from content.resources.statistics import period_before
from node.demo.cast import Cast
from node.demo.outside import ask, get_json, wait_for

QUARTER = period_before(datetime.now(UTC).date())
FLOW = {
    "sent": "10-or-more",
    "sent_answered": "5-9",
    "sent_declined": "5-9",
    "received": "under-5",
    "received_answered": "under-5",
    "received_declined": "under-5",
}


def tell_figures(cast: Cast) -> None:
    """Three hubs told of two quarters: ever more questions on data of schools, and no answers."""
    for hub in (cast.amsterdam, cast.barcelona, cast.new_york):
        for period, band in ((quarter_before(QUARTER), "5-9"), (QUARTER, "10-or-more")):
            record = {
                "title": {"en": f"Requests to {hub.place.name}, {period}"},
                "summary": {"en": "Statistics."},
                "language": "en",
                "kind": "dataset",
                "topics": ["education-data"],
                "source": "statistics",
                "source_id": period,
                "statistics": {
                    "period": period,
                    "requests": band,
                    "topics": [{"topic": "education-data", "requests": band, "unmet": True}],
                    "escalations": FLOW,
                },
            }
            ask(
                "POST",
                f"{hub.origin}/api/v1/resources?publish=true",
                body=record,
                token=hub.token,
            )
    gaps = f"{cast.coalition.origin}/api/v1/stats/gaps"
    wait_for(
        "the coalition counted what three hubs told",
        lambda: [each for each in get_json(gaps)["gaps"] if each["hubs"] == 3],
        seconds=120,
    )
