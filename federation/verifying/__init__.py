"""
`hub verify`: is this what a hub published? For files and for addresses, with or without a hub.

reading.py takes files apart, asking.py fetches addresses; what decides is in protocol/.
"""

from federation.verifying.asking import ring_from_url, verify_url
from federation.verifying.reading import Copy, ring_from_file, verify_file

__all__ = ["Copy", "ring_from_file", "ring_from_url", "verify_file", "verify_url"]
