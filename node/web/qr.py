"""A QR code as SVG in the page itself, so that the secret in it is in no address of a picture."""

import segno
from markupsafe import Markup


def qr_code(text: str, title: str) -> Markup:
    """Return the code of a text. title: what people read who do not see it."""
    code = segno.make(text, error="m", micro=False)
    svg = code.svg_inline(scale=5, border=4, dark="#000000", light="#ffffff", title=title)
    return Markup(svg)  # noqa: S704 - segno escapes the title, and draws the rest
