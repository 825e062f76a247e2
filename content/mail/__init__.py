"""Mail of a hub: who is told that something happened, and the requests that come by mail."""
