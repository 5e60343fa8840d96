"""Thirty pairs of columns, reference and current, the same on every machine."""

import random

# (name, kind of values, reference rows, current rows, nulls, how current differs)
PAIRS = [
    ("normal_same", "normal", 800, 700, 0.0, 0.0),
    ("normal_shifted", "normal", 800, 700, 0.0, 0.4),
    ("normal_barely", "normal", 1000, 1000, 0.0, 0.1),
    ("normal_nulls", "normal", 900, 950, 0.2, 0.3),
    ("normal_tiny", "normal", 12, 9, 0.0, 1.0),
    ("normal_long", "normal", 3000, 2500, 0.0, 0.05),
    ("normal_long_shifted", "normal", 3000, 2500, 0.1, 0.25),
    ("normal_border", "normal", 1001, 40, 0.0, 0.5),
    ("tail_short", "tail", 500, 400, 0.0, 0.5),
    ("tail_long", "tail", 2000, 3000, 0.05, 0.3),
    ("cents_short", "cents", 300, 900, 0.0, 0.2),
    ("cents_long", "cents", 2800, 1500, 0.0, 0.1),
    ("halves_few", "halves", 700, 700, 0.0, 0.5),
    ("halves_few_long", "halves", 1700, 1900, 0.1, 0.6),
    ("two_numbers", "two", 400, 500, 0.0, 0.1),
    ("two_numbers_long", "two", 1400, 1500, 0.0, 0.3),
    ("whole_wide", "whole", 600, 600, 0.0, 0.3),
    ("whole_wide_long", "whole", 2400, 2600, 0.0, 0.1),
    ("whole_far", "whole", 1500, 1200, 0.0, 2.0),
    ("digits_short", "digits", 500, 450, 0.0, 0.0),
    ("digits_moved", "digits", 500, 450, 0.0, 0.5),
    ("digits_long", "digits", 2500, 2900, 0.0, 0.4),
    ("flag_short", "flag", 300, 250, 0.0, 0.05),
    ("flag_moved", "flag", 300, 250, 0.15, 0.3),
    ("flag_long", "flag", 2200, 2100, 0.0, 0.25),
    ("word_short", "word", 400, 420, 0.0, 0.0),
    ("word_moved", "word", 400, 420, 0.1, 0.6),
    ("word_long", "word", 3000, 2900, 0.05, 0.2),
    ("word_new", "newword", 600, 500, 0.0, 0.5),
    ("constant", "constant", 500, 600, 0.0, 0.0),
]
ROWS = 3000


def _value(draw, kind, shift):
    """One value; `shift` moves its distribution."""
    normal = sum(draw.random() for _ in range(12)) - 6
    if kind == "normal":
        return normal + shift
    if kind == "tail":
        return (1 + shift) / (draw.random() + 0.01)
    if kind == "cents":
        return round((normal + shift) * 20) / 100
    if kind == "halves":
        return min(int(draw.random() * 5 + shift), 4) / 2
    if kind == "two":
        return 1.5 if draw.random() < 0.3 + shift else -2.0
    if kind == "whole":
        return int((normal + shift) * 40)
    if kind == "digits":
        return min(int(draw.random() * 8 + shift * draw.random() * 3), 9)
    if kind == "flag":
        return draw.random() < 0.4 + shift
    if kind == "word":
        return "word " + str(min(int(draw.random() ** (1 + shift) * 30), 29))
    if kind == "newword":
        return "seldom" if draw.random() < shift * 0.1 else "often" if draw.random() < 0.5 else "or"
    return 4.0


def columns():
    """Return {name: (reference values, current values)}; null is None."""
    made = {}
    for number, (name, kind, reference, current, nulls, shift) in enumerate(PAIRS):
        draw = random.Random(1000 + number)
        sides = []
        for rows, by in ((reference, 0.0), (current, shift)):
            sides.append([None if draw.random() < nulls else _value(draw, kind, by)
                          for _ in range(rows)])
        made[name] = tuple(sides)
    return made
