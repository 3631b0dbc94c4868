"""How the rows of a file become deals."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from crmdesk.clock import new_id_bytes, now_ms, today
from crmdesk.errors import UserError
from crmdesk.exchange.shapes.shape import Shape
from crmdesk.exchange.table import shown
from crmdesk.exchange.values.cells import one_line, reader_of
from crmdesk.exchange.values.number_cells import number_of
from crmdesk.exchange.values.survey import Hints
from crmdesk.exchange.words.choices import bare, outcome_of
from crmdesk.fields import from_scaled, show_number, to_scaled
from crmdesk.i18n import mark, tr
from crmdesk.store.reader import IN_IDS, id_list

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from crmdesk.exchange.shapes.work import Draft, Values, Work
    from crmdesk.exchange.table import Cell, Line
    from crmdesk.exchange.values.linked_stages import Stages
    from crmdesk.exchange.values.links import Book


DELETED = frozenset("deleted geloscht supprime eliminado eliminato 已删除".split())


class DealShape(Shape):
    """Deals: stages with their outcome, and dates that mean one thing for open and another for closed deals."""

    entity = "deal"

    def __init__(self, work: Work, entity: str = "", of: str = "") -> None:
        super().__init__(work, entity, of)
        self.company_index, self.product_index = work.layout.index_of("company"), work.layout.index_of("product")
        index = work.layout.index_of("close_on")
        self.close_on = None
        if index is not None:
            item = self.cls.fields["expected_close_on"]
            self.close_on = index, reader_of("deal", item, work.hints.get(index, Hints()), work.settings.reading), work.layout.columns[index].header
        self.links = [link for link in self.links if link.name not in {"stage_id", "pipeline_id"}]
        self.is_ours = work.layout.has("id") or work.layout.has("source")
        self.says_since, self.lists_products = work.layout.has("stage_since"), work.layout.product == "Pipedrive"
        self.lines: dict[tuple[bytes, bytes], tuple[bytes, int | None]] = {}
        self.stored: frozenset[bytes] = frozenset()
        self.now, self.today = now_ms(), today(work.settings.tz).isoformat()

    def special(self) -> frozenset[str]:
        """Return the columns that are read together."""
        return frozenset({"stage", "pipeline", "outcome", "product_quantity"})

    def starting(self) -> Values:
        """Return the columns that every deal gets."""
        names = ("name", "pipeline_id", "stage_id", "expected_close_on", "closed_on", "opened_on", "stage_since", "currency")
        return {**dict.fromkeys(names), **super().starting()}

    def prepare(self, block: Sequence[Line]) -> None:
        """Look up links, pipelines too."""
        super().prepare(block)
        for index in self.virtual.get("pipeline", ()):
            self.work.book("pipeline").prepare({one_line(cells[index]) for _, cells in block if cells.__class__ is list})

    def link(self, draft: Draft, name: str, book: Book, text: str, is_key: bool) -> bytes | None:
        """Leave out a quote that is not there yet: quotes come after the deals they belong to."""
        if name == "quote_id" and book.find(text, is_key) is None:
            self.work.note(QUOTE_TO_COME)
            return None
        if name == "product_id" and self.lists_products and "," in text and book.find(text, is_key) is None:
            self.work.note(SEVERAL_PRODUCTS)
            return None
        return super().link(draft, name, book, text, is_key)

    def finish(self, draft: Draft) -> None:
        """Find stage, dates, quantity and name."""
        values, cells = draft.values, draft.cells
        self._find_stage(draft)
        is_open = draft.rest["outcome"] == "open"
        if (closes := self._closes(cells)) is not None:
            values["expected_close_on" if is_open else "closed_on"] = draft.rest["closes"] = closes
        if not is_open:
            self.begin_with(draft, closed_on=values["expected_close_on"] or self.today)
        self.begin_with(draft, stage_since=self._since(values))
        if values.get("product_id") and (index := self.text_index(cells, "product_quantity")) is not None:
            draft.rest["quantity"] = self._quantity(cells, index)
        if not values["name"]:
            pieces = (shown(cells[index]).strip() for index in (self.company_index, self.product_index) if index is not None)
            self.begin_with(draft, name=" · ".join(piece for piece in pieces if piece) or values.get("external_id"))

    def _find_stage(self, draft: Draft) -> None:
        """Find stage and pipeline, and whether deals in that stage are open, won or lost."""
        values, cells = draft.values, draft.cells
        pipeline_text = self.text(cells, "pipeline")
        stages = self.work.stages(self.work.book("pipeline").read(pipeline_text) if pipeline_text else None)
        stage_text = self.text(cells, "stage")
        said = self.text(cells, "outcome")
        if bare(said) in DELETED:
            raise UserError(tr("The deal was deleted in the program that it comes from."), field=self.work.layout.columns[self.virtual["outcome"][0]].header)
        stage = None
        try:
            stage = _stage(stages, said, stage_text)
        except UserError as error:
            if pipeline_text:
                raise
            draft.rest["no stage"] = error  # the pipeline of a known deal may have it
        if said or stage_text:
            values["stage_id"] = stage
        if pipeline_text or said or stage_text:
            values["pipeline_id"] = stages.pipeline.bytes
        self.begin_with(draft, stage_id=stage, pipeline_id=stages.pipeline.bytes, currency=self.work.settings.currency)
        draft.rest["outcome"] = "open" if stage is None else stages.outcomes.get(stage, "open")
        draft.rest["says stage"] = bool(said or stage_text)

    def _closes(self, cells: list[Cell]) -> Any:
        """Return the day on which a deal was closed or will be, None where the row says none."""
        if self.close_on is None or cells[self.close_on[0]] == "":
            return None
        index, read, header = self.close_on
        try:
            return read(cells[index])
        except UserError as error:
            raise UserError(error.message, field=header, hint=error.hint) from None

    def _quantity(self, cells: list[Cell], index: int) -> int:
        """Return how many of its product a deal is about, in millionths."""
        try:
            return to_scaled(number_of(shown(cells[index]), self.work.hints.get(index, Hints()).decimal_sign))
        except UserError as error:
            raise UserError(error.message, field=self.work.layout.columns[index].header, hint=error.hint) from None

    def lacking(self, draft: Draft) -> UserError | None:
        """Return what a row lacks to become a new deal, a stage that is there among it."""
        return draft.rest.get("no stage") or super().lacking(draft)

    def settle_known(self, draft: Draft, present: Mapping[str, Any], merged: Values, *, overwrites: bool) -> None:
        """Take the day on which a known deal closes, and begin its time in a stage that it moves to; one that is not lost has no reason for that."""
        self._settle_stage(draft, present, merged, overwrites=overwrites)
        moves = merged["stage_id"] != present.get("stage_id")
        would_close = draft.rest["outcome"] != "open"
        is_closed = would_close if merged["stage_id"] == draft.values["stage_id"] else present.get("closed_on") is not None
        column, day = "closed_on" if is_closed else "expected_close_on", draft.rest.get("closes")
        is_meant = would_close == is_closed or not draft.rest["says stage"]
        if day and is_meant and (overwrites or moves or not present.get(column)):
            merged[column] = day
        if moves:
            # The card stands below those that were placed by hand, as a new one does.
            merged["stage_since"] = (
                draft.values["stage_since"] if self.says_since else self._since({"closed_on": merged.get("closed_on") if is_closed else None})
            )
            merged["position"] = None
            if draft.rest["outcome"] != "lost":
                merged["lost_reason"] = None
        elif not is_closed or (draft.rest["says stage"] and draft.rest["outcome"] != "lost"):
            merged["lost_reason"] = present.get("lost_reason")  # it is for the stage that the row names, and which is not taken

    def _settle_stage(self, draft: Draft, present: Mapping[str, Any], merged: Values, *, overwrites: bool) -> None:
        """Let stage and pipeline of a known deal go together: a row that names no pipeline means a stage of the one that the deal is in."""
        values, pipeline = draft.values, present["pipeline_id"]
        if self.text(draft.cells, "pipeline"):
            if merged["pipeline_id"] != pipeline:
                merged["stage_id"] = values["stage_id"]
            return
        merged["pipeline_id"] = pipeline or values["pipeline_id"]
        is_read = pipeline == values["pipeline_id"] and values["stage_id"]
        if draft.rest["says stage"] and not is_read and (overwrites or not present["stage_id"]):
            stages = self.work.stages(pipeline)
            merged["stage_id"] = values["stage_id"] = stage = _stage(stages, self.text(draft.cells, "outcome"), self.text(draft.cells, "stage"))
            draft.rest["outcome"] = stages.outcomes.get(stage, "open")

    def _since(self, values: Values) -> int:
        day = values["closed_on"] or values.get("opened_on")
        if not day:
            return self.now
        from datetime import datetime, time

        return round(datetime.combine(date.fromisoformat(day), time(), self.work.settings.tz).timestamp() * 1000)

    def after(self, draft: Draft) -> None:
        """Put the product on the deal; the products of deals that we exported have a file of their own."""
        super().after(draft)
        if not self.is_ours and (product := draft.values.get("product_id")):
            self._put_on(draft, draft.id, product, 0)

    def _put_on(self, draft: Draft, deal: bytes, product: bytes, position: int) -> None:
        rows = self.work.gathered.rows("deal_product", ("id", "deal_id", "product_id", "quantity", "position"))
        rows += (new_id_bytes(), deal, product, draft.rest.get("quantity", 1_000_000), position)

    def meet(self, records: Collection[bytes]) -> None:
        """Look up the products that stand on known deals."""
        if self.is_ours or not self.drafts_have("product_id"):
            return
        sql = f"SELECT deal_id, product_id, id, quantity FROM deal_product WHERE deal_id {IN_IDS} AND deleted_at IS NULL"
        with self.work.book("product").store.read() as reader:
            self.lines = {(deal, product): (line, quantity) for deal, product, line, quantity in reader.rows(sql, (id_list(records),))}
        self.stored = frozenset(records)

    def give_known(self, draft: Draft, present: Mapping[str, Any], *, overwrites: bool) -> Sequence[tuple[str, Any, Any]]:
        """Put the product of a row on its known deal, beside those that stand there; of one that does, so many as the row says."""
        deal, before, product, quantity = present["id"], present["product_id"], draft.values.get("product_id"), draft.rest.get("quantity")
        if self.is_ours or not product:
            return ()
        line, its = self.lines.get((deal, product), (None, None))
        if line is None:
            is_missing = product != before or (quantity is not None and deal in self.stored)
            if not is_missing or self.work.seen.get(_on_deal(deal, product)):
                return ()
            for each in (product,) if deal in self.stored else (product, before):
                self.work.seen.remember(_on_deal(deal, each), deal)
            self._put_on(draft, deal, product, 1 + sum(owner == deal for owner, _ in self.lines))
            return [("products", None, shown(draft.cells[self.product_index]) if self.product_index is not None else None)]
        if quantity is None or quantity == its or not (overwrites or its is None):
            return ()
        self.lines[deal, product] = line, quantity
        self.work.gathered.update("deal_product", ("quantity",), (quantity, line))
        return [("products", its and show_number(from_scaled(its)), show_number(from_scaled(quantity)))]


def _on_deal(deal: bytes, product: bytes | None) -> int:
    return hash(("deal_product", deal, product))


def _stage(stages: Stages, said: str, text: str) -> bytes:
    """Return the stage of a pipeline that a row means.

    Args:
        said: the outcome that it names beside the stage.

    Raises:
        UserError: there is none, and it may not be made.
    """
    if (outcome := outcome_of(said)) != "open":
        # Pipedrive leaves a deal that was won in the stage where it stood.
        stage = stages.find(text) if text else None
        return stage if stage and stages.outcomes[stage] == outcome else stages.closing(outcome)
    stage = stages.read(text) if text else stages.first_open()
    if stage is None:
        raise UserError(tr("This pipeline has no open stage."))
    return stage


SEVERAL_PRODUCTS = (
    mark("{count} deal names several products in one cell; they were left out, since it does not say how many of each."),
    mark("{count} deals name several products in one cell; they were left out, since it does not say how many of each."),
)
QUOTE_TO_COME = (
    mark("{count} deal names a quote that is not there yet; the quote was left out."),
    mark("{count} deals name a quote that is not there yet; the quotes were left out."),
)
