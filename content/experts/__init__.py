"""The experts of a hub, and the listings of experts that other hubs shared."""
