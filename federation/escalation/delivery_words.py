"""
How the last message of an escalation is doing, as sentences: one for people here, one outside.

Beside the state, never instead of it: the state says who has decided what, this whether the other
hub knows it already (DESIGN.md 6).
"""

from federation.escalation.escalation import DeliveryStatus, Escalation


def says_to_us(delivery: DeliveryStatus, host: str) -> str:
    """Return the sentence for staff and experts of this hub, with what they can do if it failed."""
    since = f"{delivery.since:%Y-%m-%d %H:%M} UTC"
    why = f" ({delivery.reason.strip().rstrip('.')})" if delivery.reason.strip() else ""
    match delivery.word:
        case "sent":
            return f"Our last message is on its way to {host} since {since}."
        case "received":
            return f"The server of {host} has our last message since {since}; not opened there yet."
        case "read":
            return f"{host} has opened our last message; confirmed {since}."
        case "retrying":
            return (
                f"{host} does not answer{why}; tried again and again since {since}. Nothing is"
                " lost: it goes out when their server is back."
            )
    return (
        f"{host} does not have our last message{why}. Look at it with hub offer show, call their"
        " people, then do it again."
    )


def says_to_requester(delivery: DeliveryStatus | None, state: str) -> str:
    """Return the sentence for a requester; empty where it adds nothing to the state."""
    if delivery is None:
        return ""
    if delivery.word == "retrying":
        return "Their server does not answer at the moment; we keep trying."
    if delivery.word == "failed":
        return "Our last message did not reach them; the people of this hub look at it."
    if state != "esc-offered":
        return ""
    if delivery.word == "read":
        return "They have opened what we sent."
    return "It is on its way." if delivery.word == "sent" else "It has arrived."


def says_of(escalation: Escalation) -> str | None:
    """Return `says_to_us` of an escalation, or None before anything was sent."""
    if escalation.delivery is None:
        return None
    return says_to_us(escalation.delivery, escalation.peer)
