"""Names for JSON values as the json module gives them."""

from typing import Any, TypeAlias

JsonObject: TypeAlias = dict[str, Any]
"""A JSON object: str keys; values are None, bool, int, float, str, list or JsonObject."""
