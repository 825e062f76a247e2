"""Talking to peers: inbox, publishing, delivery, log, peering, escalation, the one exit rule."""
