"""`hub demo`: four hubs on this machine, and the story of what they do for each other."""
