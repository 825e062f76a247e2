"""The method notes: beside every figure, in plain words, what is counted and what is not."""

from collections.abc import Mapping

_PUBLIC = "Only what hubs published for everybody is counted; nothing of any case."
COVERAGE: Mapping[str, str] = {
    "counted": (
        f"{_PUBLIC} This hub's own records and those that it holds of other hubs are counted; "
        "sources that are no hubs are not."
    ),
    "resources": "Records in the catalogue now. A document that two hubs published counts twice. "
    "Hubs' own statistics are not counted: they tell of needs.",
    "experts": (
        "Experts who agreed to be listed for everybody. One who works in two languages or for two "
        "regions is in both cells, and once in the total."
    ),
    "topic": "A topic counts what is on its narrower topics too, so topics do not add up.",
    "language": "The language of the document, and of experts those they write in.",
    "region": (
        "By the country that the record names (UN M49). Most laws and guides help elsewhere too."
    ),
}
BY_HUB: Mapping[str, str] = {
    "counted": (
        f"{_PUBLIC} Hubs are those that this node knows; coalitions and sources are no hubs. The "
        "order is by name and says nothing about them."
    ),
    "resources": "Records of this hub in the catalogue now. A city may have what its hub never "
    "published.",
    "experts": "Experts of this hub who agreed to be listed for everybody.",
    "topic": COVERAGE["topic"],
}
GAPS: Mapping[str, str] = {
    "counted": f"{_PUBLIC} Only hubs that chose to publish statistics of the quarter are counted.",
    "hubs": "Hubs that told of five requests or more on the topic. Fewer are never told.",
    "hubs_unmet": (
        "Hubs at which five requests or more on the topic found no answer, or only a part of one."
    ),
    "requests_at_least": (
        "Hubs tell bands: under 5, 5 to 9, 10 or more. This adds up the lowest number of each "
        "band, so there were at least so many."
    ),
    "rising": "More than in the quarter before, by the same measure, which is rough.",
    "resources": "Records on the topic in the catalogue now, in any language.",
    "missing_languages": (
        "Languages of hubs that marked the topic as unmet, in which no record on it is known."
    ),
}
FRESHNESS: Mapping[str, str] = {
    "counted": "Hubs that this node knows. The order is by name and says nothing about them.",
    "entries": "How many entries of the hub's public log are here; the log is signed and chained.",
    "newest_at": "When the newest of them was made, by the hub's own clock.",
    "published_at": "When the hub last published, changed or took back a record.",
    "verified": (
        "whole: every entry from the first on is here and was checked. incomplete: some are "
        "missing here. disputed: the hub signed two that contradict each other. nothing: no log."
    ),
    "last_contact_at": (
        "When this node last heard from the hub. The only figure that differs from node to node."
    ),
}
FRAMEWORK: Mapping[str, str] = {
    "counted": (
        "Only items that hubs chose to show to everybody. Who shows nothing may be far all the "
        "same; no hub is named or ranked."
    ),
    "adopted": "Hubs that show the item as a part of their framework.",
    "assessed": "Hubs that show a score for it: their own word about themselves, from 0 to 4.",
    "levels": "How many hubs are on each level, in bands; only where five hubs or more are scored.",
    "spread": "How many hubs show how much of the framework.",
    "own_items": "Items that hubs added to their own frameworks.",
}
FLOW: Mapping[str, str] = {
    "counted": f"{_PUBLIC} Only hubs that chose to publish statistics of the quarter are counted.",
    "hubs": (
        "How many hubs are in which band. A hub that told nothing about escalations had under "
        "five each way."
    ),
    "at_least": "The lowest numbers of all bands added up: there were at least so many.",
    "steps": (
        "By the quarter in which a case was offered, as it stood when the hub published. A case "
        "sent to two hubs is offered twice; both ends count it, so sent and received do not add up."
    ),
}
TRENDS: Mapping[str, str] = {
    "counted": (
        f"{_PUBLIC} Counted are entries of the hubs' public logs, by the month in which they were "
        "made (UTC): resources, experts and items of frameworks together."
    ),
    "published": "New records, also those that were taken back later.",
    "changed": "Changes of records that were out.",
    "taken_back": "Records that were taken back.",
    "hubs": "Hubs that did any of this in the month.",
    "requests_at_least": GAPS["requests_at_least"],
}
