"""Python's values in the JSON that the program reads and writes, and back."""

from __future__ import annotations

import datetime
import decimal
import json
import math
from collections.abc import Mapping
from typing import Any


def to_json(value: Any) -> str:
    """Return the text of a value; moments, decimals and numbers that JSON lacks are text in it."""
    return json.dumps(_plain(value), ensure_ascii=False, allow_nan=False)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        # A float of another library too.
        return float(value) if math.isfinite(value) else str(float(value))
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    # Single values of numpy and its like.
    item = getattr(value, "item", None)
    if callable(item):
        one = item()
        if type(one) is not type(value):
            return _plain(one)
    raise TypeError(f"no value of a row: {value!r}")


def from_json(value: Any, type_: str) -> Any:
    """Return a value of this type; a moment that Python has none for stays text."""
    if isinstance(value, str):
        if type_.startswith("float"):
            return float(value)
        if type_.startswith("decimal"):
            return decimal.Decimal(value)
        if type_ == "date" or type_.startswith("timestamp"):
            return _moment(value, type_)
    return value


def _moment(text: str, type_: str) -> Any:
    try:
        if type_ == "date":
            return datetime.date.fromisoformat(text)
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        return text
    return moment.replace(tzinfo=datetime.timezone.utc) if "utc" in type_ else moment
