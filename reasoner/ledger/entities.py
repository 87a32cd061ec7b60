"""How cells that name something are read: inspections, places, bodies, documents, sectors and ids."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from reasoner.ledger import names, values
from reasoner.ledger.context import Context, clean_id, fingerprint, inspection_in
from reasoner.ledger.values import Outcome, Reading, parts
from reasoner.records.record import Claim

DISTRICT = frozenset({"district"})
PLACE = frozenset({"district", "township"})
INSPECTION = frozenset({"inspection"})
DOCUMENT = "document"
_NUMBERING = re.compile(r"(?m)^\s*[(（]?\d{1,2}[)）.、．]\s*(?=[^\d\s])")
_AMOUNT = re.compile(r"[共各]?[一二两三四五六七八九十\d]+[份册卷件套本宗]$")
_BRACKETED = re.compile(r"[(（][^()（）]*[)）]")
_SOFT = re.compile(r"以及|[/ 　及和与]")
_NUMBERED_BY_DISTRICT = re.compile(r"([\u4e00-\u9fff]{2,8}?)(?:电|信|网|举)\d{8}\d{3,}")


# -- places and bodies ------------------------------------------------------------------------


def inspection_by_number(number: str, context: Context) -> str | None:
    """The inspection a petition number belongs to by its first letters."""
    prefixes = context.words.choices("numberPrefix")
    return next((id for prefix, id in prefixes.items() if number.startswith(prefix)), None)


def district_by_number(number: str, context: Context) -> str | None:
    """The district in a municipal petition number such as 永川电20251105001-1."""
    match = _NUMBERED_BY_DISTRICT.match(number)
    return district_named(match[1], context) if match else None


def district_named(said: str, context: Context) -> str | None:
    """The district that a name means."""
    found = context.names.find(said, DISTRICT)
    return found.ids[0] if found.ids else None


def inspection(said: str, context: Context) -> str | None:
    """The inspection a cell names, by its whole name or by the one name that stands in it."""
    found = context.names.find(said, INSPECTION)
    return found.ids[0] if found.ids else inspection_in(names.tidy(said), context)


def _inspection(r: Reading) -> Outcome:
    out = Outcome()
    found = inspection(r.said, r.context)
    if found is None:
        out.refuse("inspection", r.said)
    else:
        out.state(r.item.property, found, "entity")
    return out


def _place(r: Reading) -> Outcome:
    """Districts or townships; words known to be no district are noted and the row is kept."""
    out = Outcome()
    words, row = r.context.words, r.row
    if r.said in words.listed("whole_city"):
        out.note("whole-city", r.said)
        return out
    if r.said in words.listed("no_district"):
        out.note("no-district", r.said)
        return out
    found: list[str] = []
    for part, resolution in _resolved(r, PLACE):
        if resolution.status == "found":
            found += resolution.ids
            for id in resolution.ids:
                out.state(r.item.property, id, "entity")
            if resolution.expired:
                out.note("expired", part)
        else:
            out.refuse_name("place", part, resolution)
    districts = [id for id in found if "district" in r.context.names.families(id)]
    if len(districts) == 1:
        row.district = districts[0]
    return out


def _places_among(r: Reading) -> Outcome:
    """The districts in a cell that also names departments; the rest is kept by another column."""
    out = Outcome()
    for part in _named(r.said, r.context):
        found = r.context.names.find(part, PLACE, r.row.days, r.row.district)
        for id in found.ids:
            out.state(r.item.property, id, "entity")
        if found.status == "ambiguous":
            out.refuse_name("place", part, found)
    if not out.stated and not out.problems:
        out.refuse_name("place", r.said, r.context.names.find(r.said, PLACE))
    return out


def _bodies(r: Reading) -> Outcome:
    """Organs, enterprises (and districts where the layout says so), one or a list of them."""
    out = Outcome()
    families = frozenset(r.item.families or ("body",))
    for part, resolution in _resolved(r, families):
        if resolution.status == "found":
            for id in resolution.ids:
                out.state(r.item.property, id, "entity")
            if resolution.expired:
                out.note("expired", part)
        elif r.item.words and (word := r.context.words.choices(r.item.words).get(part)):
            out.state(r.item.property, word, "entity")
        elif part in r.context.words.listed("anonymous"):
            out.note("anonymous", part)
        else:
            out.refuse_name("body", part, resolution)
    return out


def _resolved(r: Reading, families: frozenset[str]) -> Iterator[tuple[str, names.Resolution]]:
    """The parts of a list of names with what each means; joined by 及 or / only where all parts are names."""
    near = r.row.district
    for part in _named(r.said, r.context):
        resolution = r.context.names.find(part, families, r.row.days, near)
        if resolution.status == "unknown" and (several := _joined(r, part, families, near)):
            yield from several
            continue
        if resolution.ids:
            near = r.context.names.home(resolution.ids[0]) or near
        yield part, resolution


def _joined(
    r: Reading, part: str, families: frozenset[str], near: str | None
) -> list[tuple[str, names.Resolution]]:
    """Names joined by 及, 和 or /: the cut that makes a name of every piece, since names hold 和 too."""
    for joint in _SOFT.finditer(part):
        left, right = part[: joint.start()], part[joint.end() :]
        first = r.context.names.find(left, families, r.row.days, near) if left and right else None
        if first is None or first.status != "found":
            continue
        second = r.context.names.find(right, families, r.row.days, near)
        rest = [(right, second)] if second.status == "found" else _joined(r, right, families, near)
        if rest:
            return [(left, first), *rest]
    return []


def _named(said: str, context: Context) -> Iterator[str]:
    """The names in a cell: labels in front and 等部门 behind are dropped."""
    endings = context.words.ordered("open_ends")
    for part in parts(said):
        head, colon, rest = part.replace(":", "：").partition("：")
        if colon and names.tidy(head) in context.words.listed("labels"):
            part = rest
        if part.endswith(endings):
            longest = next((each for each in endings if part.endswith(each) and len(part) > len(each)), "")
            part = part.removesuffix(longest)
        if part.strip():
            yield part.strip()


# -- references -------------------------------------------------------------------------------


def ids_within(said: str, context: Context) -> set[str]:
    """What in a cell may be the id of an entry."""
    plain = _NUMBERING.sub("", said)
    found = {said, *parts(said), *parts(said, values.SEMICOLONS)}
    for each in (_NUMBERING.sub("", name) for name in _named(plain, context)):
        found |= {each, *_SOFT.split(each)}
    return {id for each in found if (id := clean_id(each))}


def _ref(r: Reading) -> Outcome:
    """Ids of entries in this import or on record, or (with families) names that mean one."""
    out = Outcome()
    individuals = r.context.words.choices(r.item.words) if r.item.words else {}
    for part in parts(r.said):
        id = individuals.get(part) or clean_id(part)
        if id is not None and (part in individuals or r.context.knows(id)):
            out.state(r.item.property, r.item.form.format(id), "entity")
            continue
        found = r.context.names.find(part, frozenset(r.item.families), r.row.days, r.row.district)
        sectors = r.context.sector_words.get(names.tidy(part), ((), ""))[0]
        if "sector" in r.item.families and found.status == "unknown" and sectors:
            found = names.Resolution("found", sectors)
        if r.item.families and found.status == "found":
            for each in found.ids:
                out.state(r.item.property, each, "entity")
        elif r.item.families:
            out.refuse_name("entry", part, found)
        else:
            out.refuse("reference", part)
    return out


def _document(r: Reading) -> Outcome:
    """Documents by id or title; an unknown title becomes one of that name, of the class in ``words``."""
    out = Outcome()
    known = _known_document(r, r.said).status != "unknown"
    for title in [r.said] if known else parts(r.said, values.SEMICOLONS):
        _state_document(r, out, title, r.item.words, title)
    return out


def _materials(r: Reading) -> Outcome:
    """Documents handed over, by id or title; the words in a title say its class (``words``).

    What is named by such a word alone belongs to its row, since every matter has its own.
    """
    out = Outcome()
    for title in dict.fromkeys(_listed(r)):
        kind, alone = _material(r, title)
        shown = f"{title}（{r.row.ids[r.item.of]}）" if alone else title
        if not _state_document(r, out, title, kind or DOCUMENT, shown) and kind is None:
            out.note("material-unknown", title)
    return out


def _known_document(r: Reading, said: str) -> names.Resolution:
    """What an id or a title means so far."""
    id = clean_id(said)
    if id is not None and r.context.knows(id):
        return names.Resolution("found", (id,))
    return r.context.names.find(said, frozenset({DOCUMENT}))


def _state_document(r: Reading, out: Outcome, title: str, kind: str, shown: str) -> bool:
    """State a document that is known by its title, or a new one of this kind; True when it was known."""
    minted = f"x-{fingerprint(names.tidy(shown))}"
    found = _known_document(r, title)
    if found.status == "ambiguous":
        out.refuse_name("entry", title, found)
    elif found.status == "found" and found.ids[0] != minted:
        out.state(r.item.property, found.ids[0], "entity")
    else:
        out.state(r.item.property, minted, "entity")
        r.row.claims += [Claim(kind, minted), Claim("name", minted, shown, "text")]
        return False
    return True


def _listed(r: Reading) -> Iterator[str]:
    """The titles in a cell; 和 and 及 part them only where every piece is a material by its words."""
    if _known_document(r, r.said).status == "found":
        yield r.said
        return
    for part in (_NUMBERING.sub("", each) for each in _named(_NUMBERING.sub("", r.said), r.context)):
        pieces = [piece for piece in _SOFT.split(part) if piece]
        several = _known_document(r, part).status != "found" and all(_material(r, p)[0] for p in pieces)
        yield from pieces if several else [part]


def _material(r: Reading, title: str) -> tuple[str | None, bool]:
    """The class that a title's words tell, and whether they are all there is."""
    kinds = r.context.words.choices(r.item.words)
    bare = _AMOUNT.sub("", names.tidy(_BRACKETED.sub("", title)))
    if bare in kinds:
        return kinds[bare], True
    ending = next((e for e in r.context.words.ordered("material_endings") if bare.endswith(e)), None)
    return (None if ending is None else kinds[ending]), False


def _sector(r: Reading) -> Outcome:
    """Ledger words for a sector, translated by data/registry/sector_words.csv; others are noted."""
    out = Outcome()
    known = r.context.sector_words
    word = names.tidy(r.said)
    pieces = [word] if word in known else [p for p in re.split(r"[/、；;，,]", word) if p]
    family = frozenset({"sector"})
    if not all(p in known or r.context.names.find(p, family).ids for p in pieces):
        pieces = [word]
    for piece in pieces:
        sectors, reason = known.get(piece, ((), ""))
        for sector in sectors:
            out.state(r.item.property, sector, "entity")
        if not sectors:
            found = r.context.names.find(piece, family)
            if found.ids:
                out.state(r.item.property, found.ids[0], "entity")
            else:
                out.note("sector" if reason else "sector-unknown", piece, reason=reason)
    return out


READERS: dict[str, Callable[[Reading], Outcome]] = {
    **values.READERS,
    "inspection": _inspection,
    "place": _place,
    "placesAmong": _places_among,
    "bodies": _bodies,
    "ref": _ref,
    "document": _document,
    "materials": _materials,
    "sector": _sector,
}
