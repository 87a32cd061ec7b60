"""One row of a recognised table as statements, or as problems that set it aside whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from reasoner.ledger import entities, literals, values
from reasoner.ledger.context import Context, Setting, clean_id, fingerprint
from reasoner.ledger.fitting import misplaced
from reasoner.ledger.layouts import SLOT, Entity, Item, Table
from reasoner.ledger.names import ORGANS
from reasoner.ledger.origin import TITLE, Corrections, Origin, letter, shown
from reasoner.ledger.report import Problem, Severity
from reasoner.ledger.row import Row
from reasoner.ledger.sheets import Cell
from reasoner.ledger.tables import header
from reasoner.ledger.words import message, ontology
from reasoner.records.record import Claim, Source

_NAMING = frozenset({"text", "texts", "ref", "id", "date"})
"""Values that may give a name, or the days on which one holds."""
_ALIKE = frozenset({"place", "placesAmong", "bodies", "sector", "choice", "inspection", "date", "deadline"})
"""Values of which the same text says the same in every row of one district and days."""


class TableReader:
    """Reads the rows of one table. First ``define`` all rows of all tables, then ``state`` each."""

    def __init__(
        self, table: Table, context: Context, corrections: Corrections | None = None, who: str = ""
    ) -> None:
        self.table, self.layout, self.context = table, table.layout, context
        self.origin, self._who = Origin(table, corrections or {}), who
        self.setting = Setting(table.title)
        self.column_of = {item: table.column(item.headers) for item in self.layout.items}
        self.items = [
            (item, column) for item in self.layout.items if (column := self.column_of[item]) is not None
        ]
        self.used = [column for _, column in self.items]
        self.naming = [
            (item, column)
            for item, column in self.items
            if (item.value == "choice" and not item.property)
            or (item.value in _NAMING and item.property in values.NAMING)
        ]
        """The columns that names are taken from."""
        self.positions = {name: position for position, name in enumerate(table.headers) if name}
        self.unread: list[Row] = []
        self.skip = context.words.listed("skip_rows")
        self.empty = context.words.listed("empty")
        self._outcomes: dict[
            tuple[int, str, tuple[int, ...], str | None], tuple[values.Outcome, str | None]
        ] = {}
        self._chosen: dict[tuple[str, str], list[tuple[str, str | None]]] = {}

    # -- first pass: which entities there are -------------------------------------------------

    def define(self) -> list[Row]:
        """The rows that are entries, with their ids and key; names they give are made known."""
        rows, self.unread = [], []
        for number, cells in self.table.rows:
            cells, texts, before = self.origin.cells(number, cells)
            row = Row(number, cells, texts, before=before)
            if self._is_entry(row):
                self._identify(row)
                rows.append(row)
        return rows

    def _is_entry(self, row: Row) -> bool:
        if not any(row.texts[c] for c in self.used):
            if said := next((text for text in row.texts if text and not text.isdecimal()), None):
                self.problem(row, "noted", "row-unread", None, said[:200])
                self.unread.append(row)  # a serial number alone was printed before anything was written
            return False
        if self.skips(next(said for said in row.texts if said)):
            return False
        return row.texts[: len(self.table.shown)] != self.table.shown  # headers repeated on each page

    def skips(self, first: str) -> bool:
        """Whether a row that begins with this text is a sum or a remark."""
        return len(first) < 60 and re.split("[：:（(]", "".join(first.split()))[0] in self.skip

    def _identify(self, row: Row) -> None:
        main = self.layout.main
        if self.layout.left_out and self.cell(row, self.layout.left_out):
            row.left_out = True
        for name, entity in self.layout.entities.items():
            if entity.resolves:
                continue
            if entity.when and not any(self.cell(row, column) for column in entity.when):
                continue
            id = self._id_of(row, entity)
            if id is not None:
                row.ids[name] = id
                if not row.left_out or self.layout.left_out_keeps:
                    self.context.ids.setdefault(id, entity.classes or (self.layout.name,))
        keys = [self.cell(row, column) for column in self.layout.key]
        row.key = next((k for k in keys if k), "") or row.ids.get(main, "") or fingerprint(*row.texts)
        column = next((self.positions.get(header(c)) for c in self.layout.key if self.cell(row, c)), None)
        row.continues = column is not None and (row.number, column) in self.table.repeated

    def _id_of(self, row: Row, entity: Entity) -> str | None:
        missing = False

        def fill(match: re.Match[str]) -> str:
            nonlocal missing
            value = row.ids.get(match[1]) or self.cell(row, match[1])
            missing = missing or not value
            return value

        filled = SLOT.sub(fill, entity.id)
        if not missing:
            id = clean_id(filled)
            return None if id in self.context.stand_ins else id
        if entity.mint is None:
            return None
        # Without a number of its own a row is known by its place in this document, or by its words.
        ordinal = next((v for c in self.layout.key if (v := self.cell(row, c))), "")
        words = [] if ordinal else row.texts
        file, sheet, _ = self.origin.place(row.number, row.texts)
        mark = fingerprint(file, sheet or "", self.layout.name, *words)
        return clean_id(f"{entity.mint}-{mark}-{ordinal}".rstrip("-"))

    def names_given(self, row: Row) -> Iterator[tuple[str, str, str]]:
        """The statements of a row that names are resolved by: class, names, validity, links."""
        if row.left_out and not self.layout.left_out_keeps:
            return
        for handle, id in row.ids.items():
            for name in self._classes(row, self.layout.entities[handle]):
                yield name, id, ""
        for item, column in self.naming:
            said, owner = row.texts[column], row.ids.get(item.of)
            if not said or owner is None:
                continue
            if item.value == "choice":
                for _, chosen in self._choices(item.words, said):
                    if chosen:
                        yield chosen, owner, ""
            else:
                for part in values.parts(said, values.SEMICOLONS) if item.value == "texts" else [said]:
                    reading = literals.read(part) if item.value == "date" else None
                    if reading is None or reading.date is not None:
                        yield item.property, owner, str(reading.date) if reading else item.form.format(part)
        for predicate, subject, object in self.layout.links:
            if predicate in values.NAMING and subject in row.ids and object in row.ids:
                yield predicate, row.ids[subject], row.ids[object]

    def _choices(self, group: str, said: str) -> list[tuple[str, str | None]]:
        """The fixed words of a cell with what each means; the same cell is read once."""
        if (group, said) not in self._chosen:
            self._chosen[group, said] = values.choices(self.context.words, group, said)
        return self._chosen[group, said]

    def inspection_days(self, row: Row, properties: tuple[str, ...]) -> Iterator[tuple[str, int]]:
        """The days a row gives for its inspection, which date the names of other rows."""
        for item, column in self.items:
            if item.property in properties and item.of in row.ids and row.texts[column]:
                yield from ((row.ids[item.of], day) for day in values.days_of(row.cells[column]))

    def _classes(self, row: Row, entity: Entity) -> list[str]:
        """The classes of an entity; "{column}" takes them from a cell."""
        found = []
        for name in entity.classes:
            if "{" in name and (match := SLOT.fullmatch(name)):
                found += [part for part in values.parts(self.cell(row, match[1])) if part.isidentifier()]
            else:
                found.append(name)
        return found

    def _setting(self, row: Row) -> Setting:
        return self.origin.setting(row.texts, self.setting, self.context)

    def cell(self, row: Row, column: str) -> str:
        """The text of a column by header, '' where there is no such column or no value."""
        position = self.positions.get(header(column))
        said = row.texts[position] if position is not None else ""
        return "" if said in self.empty else said

    def _first(self, row: Row, columns: list[str]) -> str:
        return next((said for column in columns if (said := self.cell(row, column))), "")

    def source(self, row: Row) -> Source:
        """Where the row's statements come from; who corrected it, and what stood there, where that is so."""
        url = self.cell(row, self.layout.url) if self.layout.url else ""
        file, sheet, number = self.origin.place(row.number, row.texts)
        source = Source(file, sheet, number, url=url or None, key=self.place(row))
        if not row.before:
            return source
        now = dict(zip(shown(self.table, len(row.texts)), row.texts, strict=True))
        note = "；".join(f"{name}：{said or '–'} → {now[name] or '–'}" for name, said in row.before.items())
        return replace(source, by=self._who or None, note=note)

    def kept(self, row: Row) -> dict[str, str]:
        """The cells of a row that is set aside by column, with what is needed to read it again."""
        cells = dict(zip(shown(self.table, len(row.texts)), row.texts, strict=True))
        return cells | {TITLE: self.origin.title(row.texts)}

    def place(self, row: Row) -> str:
        """What a corrected row is recognised by: the kind of table and the row's key."""
        return self.place_of(row.key)

    def place_of(self, key: str) -> str:
        """What the row of a key is recognised by."""
        return f"{self.layout.layout}/{self.layout.name}/{key}"

    # -- second pass: what a row states -------------------------------------------------------

    def state(self, row: Row) -> None:
        """Fill the row's claims and problems."""
        if row.left_out:
            self.problem(
                row, "left_out", "left-out", None, row.key, reason=self.cell(row, self.layout.left_out)
            )
            if not self.layout.left_out_keeps or self.layout.main not in row.ids:
                return
        self._situate(row)
        if not self._resolve(row):
            return
        if self.layout.main not in row.ids:
            column = (SLOT.findall(self.layout.entities[self.layout.main].id) or [""])[0]
            said = self.cell(row, column)
            if clean_id(said) in self.context.stand_ins:
                self.problem(row, "set_aside", "id-stand-in", column, said, word=said)
                return
            self.problem(row, "set_aside", "id-strange" if said else "id-missing", column, said)
            return
        self._check_id(row)
        for handle, id in row.ids.items():
            for name in self._classes(row, self.layout.entities[handle]):
                row.claims.append(Claim(name, id))
        for item, column in self.items:
            if item.of in row.ids:
                self._read(row, item, column)
        if any(claim.predicate in ORGANS for claim in row.claims) and (terms := ontology()) is not None:
            for claim, code, fill in misplaced(terms, row.claims):
                if claim.predicate in ORGANS:
                    self.problem(row, "set_aside", code, claim.columns, str(claim.object), (), **fill)
        for item in self.layout.items:
            if item.required and item.of in row.ids and self.column_of[item] is None:
                self.problem(row, "set_aside", "column-missing", item.column, "")
        for predicate, subject, object in self.layout.links:
            target = row.inspection if object == "inspection" else row.ids.get(object)
            if subject in row.ids and target is not None:
                row.claims.append(Claim(predicate, row.ids[subject], target, "entity"))

    def _resolve(self, row: Row) -> bool:
        """Find the places that entities stand for by name; False when one is not found."""
        for handle, entity in self.layout.entities.items():
            if entity.resolves:
                said = self._first(row, list(entity.resolves))
                found = self.context.names.find(said, entities.PLACE, row.days, row.district)
                if found.status != "found":
                    code = f"{found.status}-place"
                    self.problem(row, "set_aside", code, entity.resolves[0], said, found.candidates)
                    return False
                row.ids[handle] = found.ids[0]
        return True

    def _check_id(self, row: Row) -> None:
        id = row.ids[self.layout.main]
        if self.layout.entities[self.layout.main].resolves:
            return
        own = self.layout.entities[self.layout.main].classes or (self.layout.name,)
        taken = not set(self.context.ids.get(id, own)) & set(own)
        known = self.context.names.families(id)
        if known or id in self.context.described:
            classes = {
                name for name, subject, object in self.names_given(row) if not object and subject == id
            }
            families = {f for name in classes for f in self.context.words.families.get(name, ())}
            taken |= bool(known) and not families & known
            taken |= self.context.contradicted(id, classes)
        if taken:
            self.problem(row, "set_aside", "id-taken", None, id)

    def _situate(self, row: Row) -> None:
        """Find the row's inspection, district and the days on which its names were meant."""
        number = row.ids.get(self.layout.main, "")
        if "number" in self.layout.inspection:
            row.inspection = entities.inspection_by_number(number, self.context)
        if row.inspection is None and "title" in self.layout.inspection:
            row.inspection = self._setting(row).inspection
        row.district = entities.district_by_number(number, self.context) or self._setting(row).district
        for item, column in self.items:
            if item.value == "inspection" and row.texts[column]:
                found = entities.inspection(row.texts[column], self.context)
                row.inspection = found or row.inspection
        days: set[int] = set()
        for name in self.layout.dates:
            position = self.positions.get(header(name))
            if position is not None and row.cells[position : position + 1]:
                days.update(values.days_of(row.cells[position]))
        if not days and "number" in self.layout.inspection:
            days.update(values.days_of(m[0]) if (m := re.search(r"20\d{6}", number)) else ())
        if not days and (day := self._setting(row).day) is not None:
            days.add(day)
        days.update(self.context.inspection_days.get(row.inspection or "", ()))
        row.days = tuple(sorted(days))

    def _read(self, row: Row, item: Item, column: int) -> None:
        said = row.texts[column]
        if said.startswith("=") or (
            item.value != "text" and said.startswith("#") and said.endswith(("!", "?", "A"))
        ):
            self.problem(row, "set_aside", "formula", self.table.shown[column], said)
            return
        if not said or said in self.empty:
            if item.required:
                self.problem(row, "set_aside", "empty", self.table.shown[column], said)
            elif item.expected:
                self.lacks(row, column, said)
            return
        shown = self.table.shown[column] or item.column
        if item.value == "text":
            said = item.label + said if item.form == "{}" else item.label + item.form.format(said)
            row.claims.append(Claim(item.property, row.ids[item.of], said, "text", shown))
            return
        cell = row.cells[column] if column < len(row.cells) else said
        outcome = self._outcome(row, item, said, cell)
        subject = row.ids.get(item.of, "")
        for predicate, object, kind in outcome.stated:
            ends = (str(object), subject) if item.reverse and kind == "entity" else (subject, object)
            row.claims.append(Claim(predicate, str(ends[0]), ends[1], kind, shown))
        for found in outcome.problems:
            grave: Severity = "noted" if item.note_only and found.severity == "set_aside" else found.severity
            self.problem(row, grave, found.code, shown, found.value, found.candidates, **found.fill)
            if grave != found.severity and item.property:
                row.claims.append(Claim("note", subject, f"{item.column}：{said}", "text", shown))

    def lacks(self, row: Row, column: int, said: str) -> None:
        """Note that a row does not say what is expected of it."""
        self.problem(row, "noted", "district-empty", self.table.shown[column], said)

    def _outcome(self, row: Row, item: Item, said: str, cell: Cell) -> values.Outcome:
        """What a cell states; the same cell of rows of the same district and days is read once."""
        if item.value not in _ALIKE or not isinstance(cell, str) or self.origin.marked:
            return self._read_cell(row, item, said, cell)
        key = (id(item), said, row.days, row.district)
        known = self._outcomes.get(key)
        if known is None:
            outcome = self._read_cell(row, item, said, cell)
            known = self._outcomes[key] = outcome, row.district
        outcome, row.district = known  # a place may say which district its row is about
        return outcome

    def _read_cell(self, row: Row, item: Item, said: str, cell: Cell) -> values.Outcome:
        reading = values.Reading(
            self.context, self._setting(row), row, item, said, cell, lambda names: self._first(row, names)
        )
        return entities.READERS[item.value](reading)

    def problem(
        self,
        row: Row,
        severity: Severity,
        code: str,
        column: str | None,
        value: str,
        candidates: tuple[tuple[str, str], ...] = (),
        **fill: str,
    ) -> None:
        """Note something about a cell of the row, or set the row aside."""
        place = self.origin.place(row.number, row.texts)
        at = self.positions.get(header(column)) if column and self.layout.shape == "rows" else None
        cell = "" if at is None else f"{letter(at)}{place[2]}"
        row.problems.append(
            Problem(severity, code, *place, column, value[:200], *message(code, **fill), candidates, cell)
        )
