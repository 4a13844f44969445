"""What a chaos run must not have done, judged from the stand-ins' own records and from our tables.

Each check gives sentences, one a wrong row or call; the run counts them.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, select

from benchmarks.chaos_openings import Opening
from benchmarks.chaos_play import Ending, Webhook
from consults.models import Case
from jobs.models import JobTrouble
from kit.clock import parse_instant
from kit.db import Database
from logistics.models import Parcel, Rma, Scan, Settlement
from logistics.states import ParcelState, SettlementState
from notifications.models import Message
from notifications.states import MessageState
from routing.models import Decision, OpenedReturn, OrderEvidence
from routing.states import OpeningState
from shopify_app.tables import metadata
from shops.models import Shop
from simulators.demo.records import Records
from simulators.world.crowd import Crowd, Sold
from webhooks.models import Delivery, DeliveryState

GID = re.compile(r"gid://shopify/\w+/\d+")
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
PHONE = re.compile(r"\+\d{8,15}")
NAME = re.compile(r"\b[A-Z][a-z]{5}\b")


@dataclass
class Found:
    """Sentences by what they say."""

    lost: list[str] = field(default_factory=list)
    double: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    unsettled: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.double or self.strangers)


@dataclass(frozen=True)
class Back:
    """A return and what there has to be of it: approvals of ours, and cases, each with one text to an advisor."""

    shop_id: int
    sold: Sold
    gid: str
    approvals: int
    cases: int


@dataclass
class Evidence:
    """Everything there is to judge by, read once after the run."""

    crowds: Sequence[Crowd]
    shop_ids: dict[str, int]
    endings: Sequence[Ending]
    openings: Sequence[Opening]
    acknowledged: Sequence[Webhook]
    mutations: list[dict[str, Any]]
    sent_by_store: list[dict[str, Any]]
    returns: dict[str, dict[str, Any]]
    texts: list[dict[str, Any]]
    mails: list[dict[str, Any]]
    shipments: list[dict[str, Any]]
    purchases: list[dict[str, Any]]

    @classmethod
    def gather(
        cls,
        records: Records,
        session: Session,
        crowds: Sequence[Crowd],
        endings: Sequence[Ending],
        openings: Sequence[Opening],
        acknowledged: Sequence[Webhook],
    ) -> "Evidence":
        domains = [crowd.domain for crowd in crowds]
        carrier = records.get("carrier/shipments")
        return cls(
            crowds=crowds,
            shop_ids={s.domain: s.id for s in session.exec(select(Shop)) if s.id is not None},
            endings=endings,
            openings=openings,
            acknowledged=acknowledged,
            mutations=[e for e in records.get("shopify/log", kind="mutation") if e["applied"]],
            sent_by_store=[d for domain in domains for d in records.get("shopify/deliveries", shop=domain)],
            returns={r["id"]: r | {"shop": d} for d in domains for r in records.get("shopify/returns", shop=d)},
            texts=records.get("twilio/messages")["messages"],
            mails=records.get("mail/messages")["messages"],
            shipments=carrier["shipments"],
            purchases=[entry for entry in carrier["record"] if entry["what"] == "buy"],
        )

    def sold_back(self) -> list[Back]:
        """Every return: those asked for at Shopify, and those that were opened here and made."""
        asked = [(crowd, sold) for crowd in self.crowds for sold in crowd.sold if sold.return_ is not None]
        return [*(self._asked_for(crowd, sold) for crowd, sold in asked), *self._opened()]

    def made_of(self, order_gid: str) -> list[str]:
        """Returns Shopify has of that order."""
        return [gid for gid, return_ in self.returns.items() if return_.get("orderId") == order_gid]

    def _asked_for(self, crowd: Crowd, sold: Sold) -> Back:
        assert sold.return_ is not None
        dear, requested = int(sold.is_dear), int(sold.return_["status"] == "REQUESTED")
        return Back(self.shop_ids[crowd.domain], sold, sold.return_["id"], requested, dear)

    def _opened(self) -> Iterable[Back]:
        for one in self.openings:
            for gid in self.made_of(one.sold.order["id"]):
                # An advisor who opened one has the case whatever it is worth.
                case = 1 if one.by_advisor else int(one.sold.is_dear)
                yield Back(self.shop_ids[one.crowd.domain], one.sold, gid, int(not one.by_advisor), case)


def judge(records: Records, database: Database, crowds: Any, endings: Any, openings: Any, acknowledged: Any) -> Found:
    """Every check, over everything."""
    found = Found()
    with database.begin() as session:
        seen = Evidence.gather(records, session, crowds, endings, openings, acknowledged)
        waits_for_person(session, found)
        deliveries(session, seen, found)
        evidence(session, seen, found)
        cases_and_parcels(session, seen, found)
        opened(session, seen, found)
        calls(seen, found)
        sent_twice(seen, found)
        messages(session, seen, found)
        money(session, seen, found)
        strangers_in_rows(session, database, seen, found)
        strangers_in_calls(session, seen, found)
    return found


def waits_for_person(session: Session, found: Found) -> None:
    """What is shown to a person instead of being done twice; and jobs that were given up, which must not be."""
    for batch in session.exec(select(Settlement).where(Settlement.state == SettlementState.UNSETTLED)):
        found.unsettled.append(f"settlement {batch.id}: {batch.reason}")
    for message in session.exec(select(Message).where(Message.state == MessageState.UNSETTLED)):
        found.unsettled.append(f"message {message.id} ({message.name} by {message.channel}): {message.error}")
    for trouble in session.exec(select(JobTrouble)):
        found.lost.append(f"job {trouble.name} is {trouble.state} after {trouble.attempts}: {trouble.reason[:300]}")


def deliveries(session: Session, seen: Evidence, found: Found) -> None:
    """Every acknowledged webhook has its one row, and the row was handled."""
    rows = {(d.shop_domain, d.topic, d.external_id): d for d in session.exec(select(Delivery)) if d.source == "shopify"}
    theirs = [(d["shop"], d["topic"], d["webhook_id"]) for d in seen.sent_by_store if d["state"] == "delivered"]
    for key in {webhook.key for webhook in seen.acknowledged} | set(theirs):
        row = rows.get(key)
        if row is None:
            found.lost.append(f"{key} was acknowledged and has no row")
        elif row.state not in (DeliveryState.HANDLED, DeliveryState.IGNORED):
            found.lost.append(f"{key} is {row.state.value}: {row.error[:300]}")
    found.lost += [
        f"{d['topic']} {d['webhook_id']} was never taken" for d in seen.sent_by_store if d["state"] == "failed"
    ]
    kept: Counter[str] = Counter(key[2] for key in rows)
    found.double += [f"webhook {external_id} is {n} rows" for external_id, n in kept.items() if n > 1]


def evidence(session: Session, seen: Evidence, found: Found) -> None:
    """Of every order the last word on it is kept."""
    kept = {(e.shop_id, e.order_gid): e for e in session.exec(select(OrderEvidence))}
    last: dict[tuple[int, str], Any] = {}
    for webhook in seen.acknowledged:
        if webhook.topic.startswith("orders/"):
            key = (seen.shop_ids[webhook.shop], webhook.about)
            at = parse_instant(re.search(rb'"updated_at": "([^"]+)"', webhook.body).group(1).decode())  # type: ignore[union-attr]
            last[key] = max(at, last.get(key, at))
    for key, at in last.items():
        if key not in kept:
            found.lost.append(f"nothing is kept of order {key}")
        elif kept[key].seen_updated_at < at:
            found.lost.append(f"of order {key} an older word is kept: {kept[key].seen_updated_at}, not {at}")


def cases_and_parcels(session: Session, seen: Evidence, found: Found) -> None:
    """One decision, one RMA and one labelled parcel a return; a case when it is dear, and only then."""
    decisions = Counter((d.shop_id, d.return_gid) for d in session.exec(select(Decision)))
    cases = Counter((c.shop_id, c.return_gid) for c in session.exec(select(Case)))
    rmas = {(r.shop_id, r.return_gid): r for r in session.exec(select(Rma))}
    boxes: dict[int, list[Parcel]] = defaultdict(list)
    for box in session.exec(select(Parcel)):
        boxes[box.rma_id].append(box)
    for back in seen.sold_back():
        gid, key = back.gid, (back.shop_id, back.gid)
        counted("decision", gid, decisions[key], 1, found)
        counted("case", gid, cases[key], back.cases, found)
        rma = rmas.get(key)
        if rma is None or rma.id is None:
            found.lost.append(f"{gid} has no RMA")
            continue
        for box in boxes[rma.id]:
            if box.state is not ParcelState.ATTACHED:
                found.lost.append(f"{gid}: its parcel is {box.state.value}")
        if not boxes[rma.id]:
            found.lost.append(f"{gid} has no parcel, and is {rma.goods_state.value}")
    known = {(back.shop_id, back.gid) for back in seen.sold_back()}
    for key in {*decisions, *cases, *rmas} - known:
        found.strangers.append(f"rows of a return nobody asked for: {key}")


def opened(session: Session, seen: Evidence, found: Found) -> None:
    """Of what was opened here Shopify made one return, and we know which; or a person is asked, and none was made."""
    rows = {(row.shop_id, row.order_gid): row for row in session.exec(select(OpenedReturn))}
    for one in seen.openings:
        gid, there = one.sold.order["id"], seen.made_of(one.sold.order["id"])
        row = rows.get((seen.shop_ids[one.crowd.domain], gid))
        if not one.asked or row is None:
            found.lost.append(f"no return of order {gid} was ever asked for")
        elif row.state is OpeningState.UNSETTLED:
            found.unsettled.append(f"opening {row.id} of order {gid}: {row.problem}")
            counted("return", gid, len(there), 0, found)
        else:
            counted("return", gid, len(there), 1, found)
            if row.return_gid not in there:
                found.lost.append(f"opening {row.id} of order {gid} is {row.state.value}: {row.return_gid}")


# Sent once more they change nothing: a note that says the same, a tag that is there, an address to upload to, a read.
MAY_BE_REPEATED = frozenset(
    {"SoldBySet", "ClientTagAdd", "ClientTagRemove", "StagedUploadReturnLabel", "BulkRunQuery", "BulkOperationCancel"}
)


def sent_twice(seen: Evidence, found: Found) -> None:
    """No other mutation took effect twice with the same words; money, labels, approvals and Flow's triggers least."""
    sent = Counter((m["shop"], m["operationName"], repr(m["variables"])) for m in seen.mutations)
    for (shop, operation, variables), count in sent.items():
        if count > 1 and operation not in MAY_BE_REPEATED:
            found.double.append(f"{operation} took effect {count} times at {shop}: {variables[:200]}")


def calls(seen: Evidence, found: Found) -> None:
    """Approvals, labels and reverse deliveries: once each, by what the stand-ins wrote down."""
    approvals = Counter(m["variables"]["input"]["id"] for m in named(seen, "ReturnApproveRequest"))
    hung = Counter(
        m["variables"]["reverseFulfillmentOrderId"] for m in named(seen, "ReverseDeliveryCreateWithShipping")
    )
    bought = Counter(s["to_address"].get("email") for s in seen.shipments if s["postage_label"])
    purchases = Counter(entry["shipment_id"] for entry in seen.purchases)
    found.double += [f"shipment {shipment} was bought {n} times" for shipment, n in purchases.items() if n > 1]
    for back in seen.sold_back():
        gid, there = back.gid, seen.returns[back.gid]
        counted("approval", gid, approvals[gid], back.approvals, found)
        counted("label", gid, bought[back.sold.client["email"]], len(there["reverseFulfillmentOrders"]) or 1, found)
        for rfo in there["reverseFulfillmentOrders"]:
            counted("reverse delivery", rfo["id"], hung[rfo["id"]], 1, found)
            counted("reverse delivery shown", rfo["id"], len(rfo["deliveries"]), 1, found)
    mine = {back.sold.client["email"] for back in seen.sold_back()}
    found.strangers += [f"a label for {who}, who sends nothing back" for who in set(bought) - mine]


def messages(session: Session, seen: Evidence, found: Found) -> None:
    """One text to an advisor for each case, no mail twice, and every word of Twilio's that was taken is remembered."""
    by_name: Counter[str] = Counter(name for t in seen.texts for name in set(NAME.findall(t["body"])))
    for back in seen.sold_back():
        counted("text", back.gid, by_name[back.sold.client["lastName"]], back.cases, found)
    mails = Counter(next(value for name, value in m["headers"] if name == "Message-ID") for m in seen.mails)
    found.double += [f"mail {mail} was handed over {n} times" for mail, n in mails.items() if n > 1]
    kept = {m.provider_id: m for m in session.exec(select(Message)) if m.channel == "sms"}
    for text in seen.texts:
        row = kept.get(text["sid"])
        said = any(c["state"] == "taken" and "MessageStatus=delivered" in c["body"] for c in text["callbacks"])
        if row is None:
            found.lost.append(f"no message remembers text {text['sid']}")
        elif said and row.state is not MessageState.DELIVERED:
            found.lost.append(f"text {text['sid']} was said to be delivered, and message {row.id} is {row.state.value}")
    unsent = (MessageState.QUEUED, MessageState.SENDING, MessageState.FAILED, MessageState.HELD)
    for message in session.exec(select(Message)):
        if message.state in unsent:
            found.lost.append(f"message {message.id} ({message.name} by {message.channel}) is {message.state.value}")


def money(session: Session, seen: Evidence, found: Found) -> None:
    """Money went once, for those it was clicked for, as much as Shopify suggested, and for nobody else."""
    processed = Counter(m["variables"]["input"]["returnId"] for m in named(seen, "ReturnProcess"))
    found.double += [f"RefundCreate for {m['variables']}" for m in named(seen, "RefundCreate")]
    paid = {ending.return_gid: ending for ending in seen.endings if ending.clicked}
    found.lost += [f"{e.return_gid} never got to the click" for e in seen.endings if not e.clicked]
    scans = Counter(s.parcel_id for s in session.exec(select(Scan)))
    for gid, ending in paid.items():
        rma = session.exec(select(Rma).where(Rma.return_gid == gid)).one()
        boxes = session.exec(select(Parcel).where(Parcel.rma_id == rma.id)).all()
        for box in boxes:
            if box.id is not None:
                counted("scan pair", gid, scans[box.id], 2, found)
        batches = session.exec(select(Settlement).where(Settlement.rma_id == rma.id)).all()
        if any(batch.state is SettlementState.UNSETTLED for batch in batches):
            if processed[gid] > 1:
                found.double.append(f"{gid} was processed {processed[gid]} times")
            continue
        counted("returnProcess", gid, processed[gid], 1, found)
        settled = [batch for batch in batches if batch.state is SettlementState.SETTLED]
        amount = f"{sum(batch.amount_cents for batch in settled) / 100:.2f}"
        there = seen.returns[gid]["refunded"]
        counted("settled batch", gid, len(settled), 1, found)
        if there != amount or float(there) != ending.sold.total:
            found.double.append(f"{gid}: refunded {there}, settled {amount}, worth {ending.sold.total}")
    for gid in set(processed) - set(paid):
        found.double.append(f"{gid} was processed, and nobody asked for it")


def counted(what: str, about: str, number: int, expected: int, found: Found) -> None:
    """Too few are lost, too many are double."""
    if number < expected:
        found.lost.append(f"{about}: {number} of {expected} {what}")
    if number > expected:
        found.double.append(f"{about}: {number} {what}, not {expected}")


def named(seen: Evidence, operation: str) -> list[dict[str, Any]]:
    return [m for m in seen.mutations if m["operationName"] == operation]


# --- whose is it ---


class Owners:
    """To which shops a gid, an address, a telephone number or a name belongs."""

    def __init__(self, seen: Evidence):
        self.of: dict[str, set[str]] = defaultdict(set)
        for crowd in seen.crowds:
            for document in crowd.documents():
                self._learn(crowd.domain, repr(document), shared="ReturnReasonDefinition")
            for person in crowd.shop.all("StaffMember"):
                for key in ("email", "phone", "firstName", "lastName"):
                    self.of[person[key]].add(crowd.domain)
            for client in crowd.shop.all("Customer"):
                for key in ("email", "phone", "lastName"):
                    self.of[client[key]].add(crowd.domain)
        for return_ in seen.returns.values():
            self._learn(return_["shop"], repr(return_), shared="ReturnReasonDefinition")
        self.everybody = {crowd.domain for crowd in seen.crowds}

    def strangers(self, domain: str, text: str) -> list[str]:
        """What of `text` belongs to others and not to `domain`."""
        words = {word for pattern in (GID, EMAIL, PHONE, NAME) for word in pattern.findall(text)}
        return sorted(word for word in words if self.of.get(word) and domain not in self.of[word])

    def _learn(self, domain: str, text: str, *, shared: str) -> None:
        for gid in GID.findall(text):
            if shared not in gid:
                self.of[gid].add(domain)


def strangers_in_rows(session: Session, database: Database, seen: Evidence, found: Found) -> None:
    """Every row that names a shop, unsealed, and every job's arguments."""
    owners, domains = Owners(seen), {id: domain for domain, id in seen.shop_ids.items()}
    for table in metadata.sorted_tables:
        if "shop_id" not in table.c:
            continue
        for row in session.connection().execute(sa.select(table)).mappings():
            domain = domains.get(row["shop_id"])
            if domain is not None:
                report(found, f"{table.name} {row.get('id')} of {domain}", owners.strangers(domain, repr(dict(row))))
    for delivery in session.exec(select(Delivery).where(Delivery.source == "shopify")):
        text = delivery.body.decode("utf-8", "replace")
        report(found, f"delivery {delivery.id}", owners.strangers(delivery.shop_domain, text))
    for id, text in engine_inputs(database):
        named_shop = re.search(r'"shop_id": ?(\d+)', text)
        domain = domains.get(int(named_shop.group(1))) if named_shop else None
        if domain is not None:
            report(found, f"job {id}", owners.strangers(domain, text))


def strangers_in_calls(session: Session, seen: Evidence, found: Found) -> None:
    """Every mutation, label, text and mail."""
    owners, domains = Owners(seen), {id: domain for domain, id in seen.shop_ids.items()}
    for entry in seen.mutations:
        if entry["shop"] in owners.everybody:
            report(found, f"mutation {entry['n']}", owners.strangers(entry["shop"], repr(entry["variables"])))
    shop_of = {p.reference: domains[p.shop_id] for p in session.exec(select(Parcel))}
    for shipment in seen.shipments:
        domain = shop_of.get(shipment["reference"])
        if domain is None:
            found.strangers.append(f"shipment {shipment['id']} is nobody's: {shipment['reference']}")
        else:
            report(found, f"shipment {shipment['id']}", owners.strangers(domain, repr(shipment)))
    letters: Iterable[tuple[str, str, str]] = [
        *((t["sid"], t["to"], t["body"]) for t in seen.texts),
        *((m["id"], to, m["subject"] + m["text"]) for m in seen.mails for to in m["to"]),
    ]
    for id, to, text in letters:
        whose = owners.of.get(to, set())
        if len(whose) != 1:
            found.strangers.append(f"message {id} to nobody known")
        for domain in whose:
            report(found, f"message {id}", owners.strangers(domain, text))


def report(found: Found, where: str, strangers: list[str]) -> None:
    if strangers:
        found.strangers.append(f"{where} holds {', '.join(strangers[:5])}")


# --- the engine's own table ---


def engine_table(database: Database) -> str:
    """Where the engine keeps its jobs."""
    return "workflow_status" if database.engine.dialect.name == "sqlite" else "dbos.workflow_status"


def engine_inputs(database: Database) -> list[tuple[str, str]]:
    """(id, arguments as JSON) of every job there ever was."""
    query = sa.text(f"SELECT workflow_uuid, inputs FROM {engine_table(database)}")  # noqa: S608 (two fixed names)
    with database.engine.connect() as connection:
        return [(str(id), str(inputs)) for id, inputs in connection.execute(query)]


def engine_waiting(database: Database) -> Counter[str]:
    """Jobs that are not done, by name; without what the clock starts: every minute, or for some hour of the night."""
    query = sa.text(
        f"SELECT name, count(*) FROM {engine_table(database)}"  # noqa: S608 (two fixed names)
        " WHERE status IN ('ENQUEUED', 'PENDING', 'DELAYED') AND workflow_uuid NOT LIKE 'periodic:%'"
        " AND workflow_uuid NOT LIKE 'history-day:%' AND workflow_uuid NOT LIKE 'figures-day:%'"
        " AND workflow_uuid NOT LIKE 'measures-day:%' GROUP BY name"
    )
    with database.engine.connect() as connection:
        return Counter({str(name): int(count) for name, count in connection.execute(query)})
