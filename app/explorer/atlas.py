"""The map of the districts: outlines with links, in plain HTML, so that Tab, printing and new tabs work.

Streamlit keeps no <svg> in a page's HTML. The areas are therefore links cut to shape by a ``clip-path``; the
borders lie above them as a picture.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise
from math import cos, radians
from typing import Final

from app.explorer.markup import Markup, el, go
from reasoner.records.places import Boundaries, Point, Ring, Shape, maps

_WIDE: Final = 1000  # units of a picture's width; outlines are rounded to them
_SMALL: Final = 0.085  # a district narrower and lower than this part of the map gets a place in the inset
_LABEL: Final = 40  # a label of three characters and a number, in pixels
_LINES: Final = 27
_PUSHES: Final = 4
_SHADES: Final = 4
_EDGE: Final = 0.06  # nearer to the edge than this part of the map, a label would be cut off
_BORDER: Final = "#8D8A83"  # both are to be seen on light and on dark paper
_CHOSEN: Final = "#3B82B5"


@dataclass(frozen=True)
class Window:
    """The part of the earth that is drawn, in degrees."""

    west: float
    south: float
    east: float
    north: float

    @property
    def ratio(self) -> float:
        """Width by height as drawn: a degree of longitude is shorter than one of latitude."""
        wide = (self.east - self.west) * cos(radians((self.south + self.north) / 2))
        return wide / (self.north - self.south)

    def at(self, point: Point) -> Point:
        """Where a point is drawn, as parts of the width and the height."""
        x = (point[0] - self.west) / (self.east - self.west)
        return x, (self.north - point[1]) / (self.north - self.south)

    def shows(self, shape: Shape) -> bool:
        """Whether some of a shape can be seen."""
        around = window([shape])
        return (
            around.west < self.east
            and around.east > self.west
            and around.south < self.north
            and around.north > self.south
        )


@dataclass(frozen=True)
class Area:
    """What is drawn of one district: how full its colour is (0–4), its link, its number, its words."""

    href: str
    title: str
    label: str
    number: str
    level: int


@dataclass(frozen=True)
class _Outline:
    clip: str
    path: str
    middle: Point


def window(shapes: Iterable[Shape], margin: float = 0.0) -> Window:
    """Return the window that shows the shapes, with a margin as a part of its larger side."""
    points = [point for shape in shapes for ring in shape.rings for point in ring]
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    more = margin * max(east - west, north - south)
    return Window(west - more, south - more, east + more, north + more)


@lru_cache(maxsize=8)
def whole(name: str) -> Window:
    """Return the window of a whole map."""
    return window(_map(name).shapes.values(), 0.01)


@lru_cache(maxsize=8)
def small(name: str) -> frozenset[str]:
    """Return the districts too small to be seen on the whole map; the inset shows them."""
    full = whole(name)

    def size(shape: Shape) -> float:
        own = window([shape])
        across = (own.east - own.west) / (full.east - full.west)
        return max(across, (own.north - own.south) / (full.north - full.south))

    return frozenset(place for place, shape in _map(name).shapes.items() if size(shape) < _SMALL)


def _map(name: str) -> Boundaries:
    return next(each for each in maps() if each.name == name)


@lru_cache(maxsize=64)
def _outlines(name: str, seen: Window) -> Mapping[str, _Outline]:
    shapes = _map(name).shapes
    return {place: _outline(shape, seen) for place, shape in shapes.items() if seen.shows(shape)}


def _outline(shape: Shape, seen: Window) -> _Outline:
    high = _WIDE / seen.ratio
    # The same rounding on both sides of a border: what is left out leaves no gap.
    rings = [_rounded(ring, seen, high) for ring in shape.rings]
    rings = [ring for ring in rings if len(ring) > 2]
    largest = max(rings, key=lambda ring: abs(_middle(ring)[2]), default=[])
    x, y, _ = _middle(largest)
    clip = ",".join(f"{x * 100 / _WIDE:.4g}% {y * 100 / high:.4g}%" for x, y in largest)
    path = "".join(_drawn(ring) for ring in rings)
    return _Outline(clip, path, (x / _WIDE, y / high))


def _rounded(ring: Ring, seen: Window, high: float) -> list[tuple[int, int]]:
    points: list[tuple[int, int]] = []
    for point in ring:
        x, y = seen.at(point)
        here = (round(x * _WIDE), round(y * high))
        if not points or here != points[-1]:
            points.append(here)
    return points


def _drawn(ring: list[tuple[int, int]]) -> str:
    steps = [f"M{ring[0][0]} {ring[0][1]}l"]
    for (x, y), (to_x, to_y) in pairwise(ring):
        steps.append(f"{to_x - x} {to_y - y} ")
    return "".join(steps).rstrip() + "z"


def _middle(ring: list[tuple[int, int]]) -> tuple[float, float, float]:
    """Return the middle of an area and its size (signed)."""
    size = across = down = 0.0
    for (x, y), (next_x, next_y) in zip(ring, ring[1:] + ring[:1], strict=True):
        part = x * next_y - next_x * y
        size, across, down = size + part, across + (x + next_x) * part, down + (y + next_y) * part
    return (across / (3 * size), down / (3 * size), size / 2) if size else (0.0, 0.0, 0.0)


def draw(
    name: str,
    seen: Window,
    areas: Mapping[str, Area],
    *,
    tone: str,
    label: str,
    width: int,
    chosen: str | None = None,
    unlabelled: Collection[str] = (),
) -> Markup:
    """Return a map (by its name) in a window: every district a link, its name and number written on it.

    ``tone`` is the colour of the fullest level; ``label`` names the map for those who cannot see it;
    ``width`` is about how wide it is drawn, in pixels, so that labels do not cover each other.
    """
    outlines = {place: each for place, each in _outlines(name, seen).items() if place in areas}
    links = [
        go(
            areas[place].href,
            class_=f"zl-area zl-level-{areas[place].level}",
            style=f"clip-path:polygon({outline.clip})",
            title=areas[place].title,
            aria_label=areas[place].title,
            aria_current="true" if place == chosen else None,
            data_place=place,
        )
        for place, outline in outlines.items()
    ]
    middles = {
        place: outline.middle
        for place, outline in outlines.items()
        if place not in unlabelled and all(_EDGE < part < 1 - _EDGE for part in outline.middle)
    }
    labels = [
        el(
            "span",
            el("i", areas[place].label),
            el("b", areas[place].number),
            style=f"left:{x * 100:.4g}%;top:{y * 100:.4g}%",
            class_="zl-area-label",
        )
        for place, (x, y) in _apart(middles, _LABEL / width, _LINES * seen.ratio / width).items()
    ]
    return el(
        "div",
        el("div", links, role="group", aria_label=label, class_=f"zl-areas zl-{tone}"),
        _borders(name, seen, chosen if chosen in outlines else None),
        el("div", labels, aria_hidden="true", class_="zl-area-labels"),
        class_="zl-map",
        style=f"aspect-ratio:{seen.ratio:.4f}",
    )


def _apart(middles: Mapping[str, Point], wide: float, high: float) -> dict[str, Point]:
    """Push labels of a size (as parts of the map) that cover each other apart, the shorter way."""
    placed = dict(middles)
    for _ in range(_PUSHES):
        for one, other in combinations(placed, 2):
            (x, y), (to_x, to_y) = placed[one], placed[other]
            over_x, over_y = wide - abs(to_x - x), high - abs(to_y - y)
            if over_x <= 0 or over_y <= 0:
                continue
            aside, down = (over_x / 2, 0.0) if over_x < over_y else (0.0, over_y / 2)
            aside, down = aside if to_x >= x else -aside, down if to_y >= y else -down
            placed[one], placed[other] = (x - aside, y - down), (to_x + aside, to_y + down)
    return placed


@lru_cache(maxsize=128)
def _borders(name: str, seen: Window, chosen: str | None) -> Markup:
    outlines = _outlines(name, seen)
    high = round(_WIDE / seen.ratio)
    lines = el("path", d="".join(each.path for each in outlines.values()), stroke=_BORDER, stroke_width="1.6")
    around = el("path", d=outlines[chosen].path, stroke=_CHOSEN, stroke_width="6") if chosen else None
    drawn = el("g", lines, around, fill="none", stroke_linejoin="round")
    picture = el("svg", drawn, xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {_WIDE} {high}")
    encoded = base64.b64encode(picture.encode()).decode()
    return el("img", src=f"data:image/svg+xml;base64,{encoded}", alt="", class_="zl-borders")


def levels(numbers: Iterable[int]) -> list[int]:
    """Return where the shades begin: about as many different numbers in each, zero left out."""
    some = sorted({number for number in numbers if number > 0})
    starts = sorted({some[len(some) * part // _SHADES] for part in range(_SHADES)}) if some else []
    return [1, *starts[1:]] if starts else []


def level(number: int, starts: list[int]) -> int:
    """Return the shade of a number: 0 for nothing, else 1–4, of few shades rather the darker ones."""
    reached = sum(number >= start for start in starts)
    return reached and reached + min(1, _SHADES - len(starts))
