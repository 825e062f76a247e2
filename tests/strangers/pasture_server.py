"""Starts the actor checker of fediverse-pasture. Runs in its own environment, on loopback only."""

import sys

import uvicorn
from fediverse_pasture.verify_actor import build_app

port = int(sys.argv[1])
app = build_app(False, f"127.0.0.1:{port}", False, 5.0)
uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")
