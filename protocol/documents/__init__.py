"""The documents that hubs publish and send each other: builders, and strict readers for our own."""
