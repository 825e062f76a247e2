"""
Escalations: a minimised copy of a case, offered to another hub, sealed, until it is answered.

states.py the table · store.py what is kept · channel.py numbered, sealed messages per pair of hubs
· offering.py what the origin does · answering.py what the receiver does · receiving.py what
arrives · expiry.py what the clock does · matching.py whom to ask (docs/adr/0017).
"""
