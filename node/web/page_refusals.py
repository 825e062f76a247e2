"""
What refusals say beside a form, in the language of the page.

Most say on a page what they say everywhere. Some name options of the command, which no page has;
some are about several hubs, and become one sentence for each.
"""

from typing import Final

from federation.escalation.case_correcting import NotAllCanBeToldNow
from federation.escalation.grounds import ConsentMissing
from federation.escalation.scanning import TracesFound
from federation.escalation.several import NotAllCanBeAsked
from federation.policy import Door, StaysHere
from node.problems import problem_of
from node.web.speaking import N_
from node.web.speaking import gettext as _
from node.web.words import listed

ON_PAGES: Final = {
    "traces-in-copy": N_(
        "It may tell of a person: look at what is marked. Take it out, or say of each place why it"
        " may stay."
    ),
    "not-looked-at": N_("Look at what would leave once more before you send it."),
    "copy-changed": N_(
        "Something changed meanwhile, so that other words would leave than you looked at. Look at"
        " them again."
    ),
    "edited-for-outsiders": N_(
        "This hub got it in words for outsiders. Write how it reads now for them, or say that their"
        " words are right as they are."
    ),
    "copy-not-known": N_(
        "What this hub got is not known here any more, so the program cannot put it right. Tell its"
        " people in a message."
    ),
    "nothing-to-correct": N_("What this hub has reads already as it should."),
    "ground-unfit": N_(
        "Say why it rests on that. Where there is personal data in the case, it needs a ground for"
        " that too."
    ),
    "identity-consent-missing": N_(
        "The requester has not agreed to that. Ask them, then note on the page of the case what"
        " they agree to."
    ),
    "escalation-move-refused": N_("It has moved on meanwhile, so that this is not possible now."),
    "case-move-not-allowed": N_(
        "The case has moved on meanwhile, so that this is not possible now."
    ),
    "already-offered": N_("This hub is asked about this case already."),
    "peer-not-active": N_("This hub is not among those that you approved, so nothing goes there."),
    "no-sealing-key": N_("This hub has published no key to seal to, so nothing was sent."),
    "manifest-changed": N_(
        "This hub shows other keys than the ones that you approved. Nothing was changed here. Ask"
        " its people on the phone what happened. If the new keys are theirs, end the peering, find"
        " the hub again, and compare the new fingerprint."
    ),
    "fingerprint-differs": N_(
        "That is not the fingerprint of this hub. Ask its people again, on the phone; if it still"
        " differs, somebody else may be answering in its place. Nothing was approved."
    ),
    "discovery-failed": N_(
        "No hub was found there. Look whether the address is right, or try again later. What"
        " exactly failed is said by the command hub peer add."
    ),
    "manifest-wrong": N_(
        "The keys that this hub shows do not fit together, so it cannot become a peer. Tell its"
        " people."
    ),
    "nobody-to-turn-to": N_("Choose who can help."),
}
"""By the code of the error, where its own text would not help on a page."""
TRACES: Final = N_("It may tell who asked: %(places)s. Take it out, or confirm that it may stay.")
NOT_ABROAD: Final = N_(
    "The case has personal data in it, and nothing is noted that lets it go to the country of this"
    " hub. Your operator notes that with the agreement between the hubs; or edit the case until it"
    " has none."
)
STAYS: Final = N_("Its label, or the personal data in it, does not let it leave this hub.")
ASK_FIRST: Final = N_(
    "Ask them, and note on the page of the case what they agree to; or say below, under “More”, on"
    " what else it rests."
)


OF_SEVERAL: Final = (NotAllCanBeAsked, NotAllCanBeToldNow)
"""Refusals that are about some of several hubs."""


def words_of_refusal(error: Exception) -> list[str]:
    """Return the sentences of a refusal; hubs of which the same is said stand before it."""
    if isinstance(error, OF_SEVERAL):
        hosts: dict[str, list[str]] = {}
        for host, why in error.causes:
            for text in [_(why)] if isinstance(why, str) else words_of_refusal(why):
                hosts.setdefault(text, []).append(host)
        return [f"{listed(of)}: {text}" for text, of in hosts.items()]
    if isinstance(error, StaysHere) and error.door is Door.ESCALATION:
        return [_(NOT_ABROAD if error.abroad else STAYS)]
    if isinstance(error, TracesFound):
        return [_(TRACES, places=listed(dict.fromkeys(each.text for each in error.found)))]
    if isinstance(error, ConsentMissing):
        return [f"{_(error.why)} {_(ASK_FIRST)}"]
    code = getattr(error, "code", "")
    return [_(ON_PAGES.get(code, problem_of(error).detail))]
