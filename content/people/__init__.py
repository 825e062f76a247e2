"""The people of a hub: named users, their rights, and the tokens that act for them."""
