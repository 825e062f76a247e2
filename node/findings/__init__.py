"""What a hub finds when it looks at itself: for `hub doctor` and for the duty room."""
