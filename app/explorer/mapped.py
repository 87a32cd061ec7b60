"""The districts on the map and in a list: the same numbers twice, and nothing that has issues left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.explorer import address, atlas, panels, silent, store, tabular
from app.explorer.leadership import FIGURES, NOWHERE, Standing
from app.explorer.markup import Markup, el, go, join
from app.explorer.words import day, t
from reasoner.records.places import Boundaries, map_on, maps

SHOWN: Final = (*FIGURES, "issues")  # the figures that the map can show; the first is shown unasked
_WIDTH: Final = 690  # of the map, its inset and the map of one district, in pixels on a desk
_INSET: Final = 235
_SIDE: Final = 440
_AROUND: Final = 0.45  # how far around a district its own map reaches, as a part of its size


@dataclass(frozen=True)
class _View:
    """What is shown: a figure on a map, with the place that the page is about.

    ``figure`` and ``map`` in the address choose them; a map is named by the number of its districts.
    """

    desk: store.Desk
    kept: Standing
    place: str | None

    @property
    def proper(self) -> Boundaries:
        """The map that holds on the as-of date."""
        return map_on(self.kept.places, self.kept.day)

    @property
    def drawn(self) -> Boundaries:
        """The map that the address asks for, else the proper one."""
        asked = address.param("map")
        return next((each for each in maps() if str(len(each.shapes)) == asked), self.proper)

    @property
    def figure(self) -> str:
        """The figure that the address asks for, else the open issues."""
        asked = address.param("figure")
        return asked if asked in SHOWN else SHOWN[0]

    @property
    def tone(self) -> str:
        """The colour of the figure."""
        return panels.tone(self.figure)

    def shown_as(self, place: str | None) -> str | None:
        """The district of the map under which a place is shown."""
        if place is None or place == NOWHERE:
            return None
        return self.drawn.shown_as(place, self.kept.places, self.kept.day)

    def number(self, place: str) -> int:
        """The figure of a place."""
        return self.kept.count(place, self.figure)

    def name(self, place: str) -> str:
        """The name of a place."""
        return name(self.desk, place)


def name(desk: store.Desk, place: str) -> str:
    """Return the name of a place, or that none is recorded."""
    return t("place.none") if place == NOWHERE else store.worded(desk.name(place), address.lang())


def panel(desk: store.Desk, kept: Standing, place: str | None) -> Markup:
    """Return the map with its figure, boundaries and legend, and beside it the list."""
    view = _View(desk, kept, place)
    numbers = {each: view.number(each) for each in view.drawn.shapes}
    left = (
        _figures(view),
        _drawing(view, numbers),
        _legend(view, numbers),
        _boundaries(view),
    )
    return el(
        "div",
        el("div", left, class_="zl-map-side"),
        el("div", _list(view, numbers), class_="zl-map-list"),
        el("div", _elsewhere(view), class_="zl-map-else"),
        class_="zl-map-panel",
    )


def _here(place: str | None) -> str:
    """Return the address of the overview of a place, with the map as it is."""
    return address.link("overview", place=place, figure=address.param("figure"), map=address.param("map"))


def _figures(view: _View) -> Markup:
    links = [
        go(
            address.here(figure=None if each == SHOWN[0] else each),
            t(f"figure.{each}"),
            aria_current="true" if each == view.figure else None,
        )
        for each in SHOWN
    ]
    return el("nav", links, class_="zl-tabs zl-map-figures", aria_label=t("map.figure"))


def _drawing(view: _View, numbers: dict[str, int]) -> Markup:
    """Return the whole map and, in its empty corner, the inner districts larger."""
    shapes, title = view.drawn.shapes, view.drawn.name
    chosen = view.shown_as(view.place)
    starts = atlas.levels(numbers.values())
    areas = {}
    for place, number in numbers.items():
        words = {"name": view.name(place), "figure": t(f"figure.{view.figure}"), "n": f"{number:,}"}
        here = place == chosen
        href = address.link("district", id=place) if here else _here(place)
        says = t("map.open" if here else "map.filter", **words)
        areas[place] = atlas.Area(href, says, words["name"], words["n"], atlas.level(number, starts))
    inner = atlas.small(title)
    whole = atlas.draw(
        title,
        atlas.whole(title),
        areas,
        tone=view.tone,
        label=t("map.label"),
        width=_WIDTH,
        chosen=chosen,
        unlabelled=inner,
    )
    inset = None
    if inner:
        near = atlas.window((shapes[each] for each in inner), 0.05)
        drawn = atlas.draw(
            title, near, areas, tone=view.tone, label=t("map.inset"), width=_INSET, chosen=chosen
        )
        inset = el("figure", drawn, el("figcaption", t("map.inset")), class_="zl-inset")
    return el("div", whole, inset, class_="zl-map-frame")


def _legend(view: _View, numbers: dict[str, int]) -> Markup:
    """Return what each shade stands for."""
    starts = atlas.levels(numbers.values())
    ends = [start - 1 for start in starts[1:]] + [max(numbers.values(), default=0)]
    ranges = [
        f"{start:,}" if start == end else f"{start:,}–{end:,}"
        for start, end in zip(starts, ends[: len(starts)], strict=True)
    ]
    keys = [
        el("span", el("i", class_=f"zl-level-{atlas.level(start, starts)}"), words)
        for start, words in zip([0, *starts], ["0", *ranges], strict=True)
    ]
    return el("div", keys, class_=f"zl-map-legend zl-{view.tone}", aria_label=t("map.legend"), role="group")


def _boundaries(view: _View) -> Markup:
    """Say which year's boundaries are drawn, in what they are approximate, and offer the others."""
    others = []
    for each in maps():
        if each is not view.drawn:
            number = len(each.shapes)
            asked = None if each is view.proper else str(number)
            others.append(go(address.here(map=asked), t("map.other", n=number)))
    return el(
        "p",
        t("map.boundaries"),
        _years(view.kept, view.drawn),
        t("map.improper", day=day(view.kept.day)) if view.drawn is not view.proper else None,
        others,
        class_="zl-quiet zl-small",
    )


def _years(kept: Standing, drawn: Boundaries) -> Markup:
    """Return from when or until when the boundaries hold, and in what they are only approximate."""
    since, until = drawn.since(kept.places), drawn.until(kept.places)
    name, last = ("map.until", until) if until else ("map.since", since)
    number = len(drawn.shapes)
    words = t(name, day=day(last), n=number) if last else t("map.always", n=number)
    caveat = t("map.approximate", caveat=t("then").join(drawn.caveats)) if drawn.caveats else None
    return join(words, t("stop"), el("b", caveat) if caveat else None)


# -- the same as a list ---------------------------------------------------------------------------


def _list(view: _View, numbers: dict[str, int]) -> Markup:
    total = {each: view.kept.count(each, "issues") for each in numbers}
    ordered = sorted(numbers, key=lambda each: (-numbers[each], -total[each], each))
    some = [_line(view, each) for each in ordered if total[each]]
    none = [go(_here(each), view.name(each)) for each in ordered if not total[each]]
    table = _table(view, some)
    zero = el("p", t("map.zero", n=len(none)), t("colon"), _listed(none), class_="zl-small zl-quiet")
    return join(table if some else None, zero if none else None)


def _table(view: _View, lines: list[tabular.Line]) -> Markup:
    heads = [tabular.Head(t("column.place"))]
    heads += [tabular.numbers(t(f"figure.{each}")) for each in _counted(view)]
    return tabular.table(heads, lines, class_="zl-places")


def _counted(view: _View) -> list[str]:
    """Return the figures that the list shows: that of the map, and all issues."""
    return [view.figure, "issues"] if view.figure != "issues" else ["issues"]


def _listed(links: list[Markup]) -> Markup:
    return join(*(join(each, t("and")) for each in links[:-1]), *links[-1:])


def _line(view: _View, each: str, remark: str | None = None) -> tabular.Line:
    """Return one place: its name filters the page, its numbers open the issues."""
    kept = view.kept
    before = [other for other in kept.members(each)[1:] if kept.count(other, "issues")]
    parts = t("and").join(f"{view.name(other)} {view.number(other):,}" for other in before)
    remark = t("map.former", parts=parts) if before else remark
    quiet = {row.id: kept.silent[row.id] for row in kept.issues(each) if row.id in kept.silent}
    reasons = {name: words for of in quiet.values() for name, words in of.items()}
    told = t("map.silent", n=len(quiet), why=silent.why(reasons)) if quiet else None
    below = [el("div", words, class_="zl-small zl-quiet") for words in (remark, told) if words]
    called = go(_here(each), view.name(each), aria_current="true" if each == view.place else None)
    return tabular.line((called, below), *(_number(view, each, figure) for figure in _counted(view)))


def _number(view: _View, place: str, figure: str) -> Markup | str:
    number = view.kept.count(place, figure)
    return go(panels.issues_link(view.kept, place, figure), f"{number:,}") if number else "0"


def _elsewhere(view: _View) -> Markup | None:
    """Return the places that the map has no outline for: zones, other places, and no place at all."""
    found = [each for each in view.kept.with_issues() if view.shown_as(each) is None]
    if not found:
        return None
    found.sort(key=lambda each: (each == NOWHERE, -view.number(each), each))
    lines = [_line(view, each, _why(view, each)) for each in found]
    return join(el("h3", t("map.elsewhere")), _table(view, lines))


def _why(view: _View, place: str) -> str | None:
    """Return why a place has no outline."""
    if place == NOWHERE:
        return None
    known = view.kept.places.territories.get(place)
    if known is None or not known.is_zone:
        return t("map.no_outline")
    around = t("and").join(map(view.name, known.overlaps))
    return t("map.zone.in", places=around) if around else t("map.zone")


# -- the map of one district ----------------------------------------------------------------------


def around(desk: store.Desk, kept: Standing, place: str) -> Markup | None:
    """Return a small map of a district and its neighbours, and their names; None when it has no outline."""
    proper = map_on(kept.places, kept.day)
    # One that is gone by the as-of date is drawn on the map of its own time.
    drawn = next((each for each in (proper, *maps()) if place in each.shapes), None)
    if drawn is None:
        return None
    numbers = {each: kept.count(each, "open") for each in drawn.shapes}
    starts = atlas.levels(numbers.values())
    areas = {}
    for each, number in numbers.items():
        called, shown = name(desk, each), f"{number:,}"
        says = t("map.open", name=called, figure=t("figure.open"), n=shown)
        href = address.link("district", id=each)
        areas[each] = atlas.Area(href, says, called, shown, atlas.level(number, starts))
    near = atlas.window([drawn.shapes[place]], _AROUND)
    touching = sorted(drawn.neighbours(place), key=lambda each: (-numbers[each], each))
    links = [join(go(areas[each].href, areas[each].label), f" {areas[each].number}") for each in touching]
    return el(
        "div",
        atlas.draw(drawn.name, near, areas, tone="blue", label=t("district.map"), width=_SIDE, chosen=place),
        el("p", t("district.neighbours"), t("colon"), _listed(links), class_="zl-small"),
        el("p", t("map.boundaries"), _years(kept, drawn), class_="zl-small zl-quiet"),
        class_="zl-around",
    )
