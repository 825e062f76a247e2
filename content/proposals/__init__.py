"""Corrections of resources that somebody proposes and the hub that made the record decides on."""
