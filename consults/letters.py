"""What the messages about a case and a conversation say: values for the templates, links, calendar files."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from sqlmodel import Session

from consults import calendars
from consults.introductions import introduce
from consults.kinds import Kind
from consults.models import Advisor, Boutique, Case, Consult
from consults.names import greeting
from consults.phrases import phrase
from consults.ports import ReturnPages
from consults.reservations import advisor_of, case_of
from consults.telling import Words
from consults.zones import show_both, show_day, show_shortly, show_times
from kit.addresses import Addresses
from kit.languages import spoken_locale, written_in
from notifications.addressing import called, salutation
from shops.links import CONSULT, DESK, issue_link
from shops.models import Shop
from shops.shops import get_shop


@dataclass(frozen=True)
class Letters:
    """Everything a message about one case may need. Links are issued by the methods, one a message."""

    session: Session
    addresses: Addresses
    shop: Shop
    case: Case
    advisor: Advisor
    now: datetime

    @classmethod
    def about(cls, session: Session, case: Case, *, addresses: Addresses, now: datetime) -> Self:
        """Letters about `case`."""
        shop, advisor = get_shop(session, case.shop_id), advisor_of(session, case.advisor_id)
        return cls(session, addresses, shop, case, advisor, now)

    # --- the case

    def new_case(self) -> Words:
        """To the advisor, when routed to them."""
        values = {"client": self.client or "A client", "link": self.desk_link(), "house": self.shop.shown_name}
        ending = " you sold" if self.case.sold_by_advisor else ""
        leads = (" would like to talk about", ", about")
        named = [
            {**values, "lead": lead, "piece": piece} for lead in leads for piece in (self.piece + ending, self.piece)
        ]
        brief = {**values, "lead": leads[0], "piece": "a piece"}
        return Words([*named, brief, {**brief, "client": "A client"}])

    def invited(self, return_pages: ReturnPages) -> Words:
        """To the client by email: talk, or let the return go on."""
        link = return_pages.fresh_link(self.session, shop_id=self.case.shop_id, return_gid=self.case.return_gid)
        values = {**self._to_client(), "link": self._consult_link(), "return_link": link or ""}
        about = {"sold": self.case.sold_by_advisor, "introduction": self.advisor.introduction.strip()}
        return Words([{**values, **about, "stands_in": self._stands_in()}])

    def invited_by_text(self) -> Words:
        """To the client by text."""
        values = {"house": self.shop.shown_name, "link": self._consult_link()}
        names = (self.advisor.name, self.advisor.first_name)
        return Words(
            [*({**values, "advisor": name} for name in names), {**values, "advisor": phrase("us", self.locale)}]
        )

    def rang(self) -> Words:
        """To the client by email, who rang while nobody could pick up."""
        return Words([{**self._to_client(), "link": self._consult_link()}])

    def rang_by_text(self) -> Words:
        """To the client by text, for the same reason."""
        values = {"house": self.shop.shown_name, "link": self._consult_link()}
        names = (self.advisor.name, self.advisor.first_name, phrase("your_advisor", self.locale))
        return Words([{**values, "advisor": name} for name in names])

    # --- a conversation

    def confirmed(self, consult: Consult, mailbox: str) -> Words:
        """To the client by email, with the calendar entry."""
        link = self._consult_link()
        values = {**self._to_client(), **self._of_consult(consult, link), "link": link, "when": self.when(consult)}
        return Words([values], [self._entry_of_client(consult, mailbox, calendars.REQUEST, link)])

    def confirmed_by_text(self, consult: Consult) -> Words:
        """To the client by text."""
        values = {"house": self.shop.shown_name, "advisor": self.advisor.first_name, "link": self._consult_link()}
        return Words([{**values, "when": when} for when in whens(consult, consult.client_zone, self.locale)])

    def advisor_confirmed(self, consult: Consult, mailbox: str) -> Words:
        """To the advisor by email, with the calendar entry."""
        values = {**self._to_advisor(consult), "link": self.desk_link()}
        return Words([values], [self._entry_of_advisor(consult, mailbox, calendars.REQUEST)])

    def advisor_confirmed_by_text(self, consult: Consult) -> Words:
        """To the advisor by text."""
        values = {"client": self.client or "A client", "kind": consult.kind.value, "link": self.desk_link()}
        return Words([{**values, "when": when} for when in whens(consult, consult.advisor_zone)])

    def cancelled(self, consult: Consult, mailbox: str) -> Words:
        """To the client by email: the entry goes, another time is a link away."""
        link = self._consult_link()
        values = {**self._to_client(), "when": self.when(consult), "link": link}
        return Words([values], [self._entry_of_client(consult, mailbox, calendars.CANCEL, link)])

    def cancelled_by_text(self, consult: Consult) -> Words:
        """To the client by text: another time is a link away."""
        values = {"house": self.shop.shown_name, "link": self._consult_link()}
        return Words([{**values, "when": when} for when in whens(consult, consult.client_zone, self.locale)])

    def advisor_cancelled(self, consult: Consult, mailbox: str) -> Words:
        """To the advisor by email: the entry goes."""
        values = {**self._to_advisor(consult), "link": self.desk_link()}
        return Words([values], [self._entry_of_advisor(consult, mailbox, calendars.CANCEL)])

    def passed(self, consult: Consult, mailbox: str, to: Advisor) -> Words:
        """To the advisor who had it, by email: the entry goes, because it takes place with `to`."""
        values = {**self._to_advisor(consult), "advisor": to.name, "link": f"{self.addresses.app_url}/desk"}
        return Words([values], [self._entry_of_advisor(consult, mailbox, calendars.CANCEL)])

    def advisor_cancelled_by_text(self, consult: Consult) -> Words:
        """To the advisor by text."""
        values = {"client": self.client or "A client", "link": self.desk_link()}
        return Words([{**values, "when": when} for when in whens(consult, consult.advisor_zone)])

    # --- parts

    @property
    def client(self) -> str:
        """ "Mrs Whitlock", for those who work here; "" when unknown."""
        return greeting(self.case.client_title, self.case.client_name, self.case.client_locale)

    @property
    def called(self) -> str:
        """The same in the client's own language: "Frau Whitlock"."""
        return called(self.case.client_title, self.case.client_name, self.case.client_locale)

    @property
    def piece(self) -> str:
        """ "the Meridian ring", or "a piece"."""
        title = self.case.piece_title.strip()
        return f"the {title}" if title and title != "piece" else "a piece"

    def copied_owner(self, owner: Advisor) -> Words:
        """To who sold the piece, by email: somebody answers for them."""
        day = self._owner_back(owner.zone)
        values = {"first_name": owner.first_name, "client": self.client or "A client", "advisor": self.advisor.name}
        about = {"piece": self.piece, "day": day, "house": self.shop.shown_name}
        return Words([{**values, **about, "link": f"{self.addresses.app_url}/desk/cases/{self.case.id}"}])

    def _stands_in(self) -> str:
        """Who, why and until when, for the client; "" where who sold the piece answers."""
        if not self.case.is_stood_in or self.case.why_not is None:
            return ""
        owner = advisor_of(self.session, self.case.owner_id or self.case.advisor_id)
        names = {"owner": owner.first_name, "advisor": self.advisor.first_name}
        day = self._owner_back(self.case.client_zone, self.locale)
        gone = owner.left_on is not None
        return introduce(self.case.why_not, **names, day=day, gone=gone, locale=self.locale)

    def _owner_back(self, zone: str, locale: str = "en") -> str:
        back = self.case.owner_back_at
        return show_day(back, zone, locale) if back and back > self.now else ""

    @property
    def locale(self) -> str:
        """What the client is written to in."""
        return spoken_locale(self.case.client_locale)

    @property
    def their_piece(self) -> str:
        """The piece, in the client's language."""
        title = self.case.piece_title.strip()
        known = title and title != "piece"
        return phrase("the_piece", self.locale, title=title) if known else phrase("your_piece", self.locale)

    def when(self, consult: Consult) -> str:
        """The time for the client, in their language; in English as it was shown when it was booked."""
        if written_in(self.locale) == "en":
            return consult.label_client
        return show_both(consult.starts_at, consult.client_zone, consult.advisor_zone, self.locale)

    def _to_client(self) -> dict[str, Any]:
        return {
            "greeting": salutation(self.case.client_title, self.case.client_name, self.case.client_locale),
            "house": self.shop.shown_name,
            "advisor": self.advisor.name,
            "first_name": self.advisor.first_name,
            "piece": self.their_piece,
            "telephone": self.shop.telephone,
            "telephone_hours": self.shop.telephone_hours,
        }

    def _to_advisor(self, consult: Consult) -> dict[str, Any]:
        return {
            "first_name": self.advisor.first_name,
            "client": self.client or "A client",
            "piece": self.piece,
            "when": consult.label_advisor,
            "kind": consult.kind.value,
            "house": self.shop.shown_name,
        }

    def _of_consult(self, consult: Consult, link: str) -> dict[str, Any]:
        return {"kind": consult.kind.value, "place": self.place(consult, link, self.locale)}

    def place(self, consult: Consult, link: str, locale: str = "en") -> str:
        """Where it is: the room's link, the telephone, or the boutique with its address."""
        if consult.kind is Kind.VIDEO:
            return link
        if consult.kind is Kind.TELEPHONE:
            return phrase("by_telephone", locale)
        boutique = self.session.get(Boutique, self.advisor.boutique_id) if self.advisor.boutique_id else None
        return (
            ", ".join(part for part in (boutique.name, boutique.address) if part)
            if boutique
            else phrase("at_boutique", locale)
        )

    def _entry_of_client(self, consult: Consult, mailbox: str, method: str, link: str) -> tuple[str, str, bytes]:
        piece = self.their_piece
        content = calendars.invitation(
            consult,
            host=self.addresses.host,
            method=method,
            organiser=(self.shop.shown_name, mailbox),
            attendee=(self.case.client_name or self.shop.shown_name, self.case.client_email or ""),
            summary=f"{self.advisor.name}, {self.shop.shown_name}",
            description=phrase("entry", self.locale, piece=f"{piece[0].upper()}{piece[1:]}", link=link),
            location=self.place(consult, link, self.locale),
            url=link,
            now=self.now,
        )
        return "invite.ics", f"text/calendar; method={method}", content

    def _entry_of_advisor(self, consult: Consult, mailbox: str, method: str) -> tuple[str, str, bytes]:
        desk = f"{self.addresses.app_url}/desk"
        content = calendars.invitation(
            consult,
            host=self.addresses.host,
            method=method,
            organiser=(self.shop.shown_name, mailbox),
            attendee=(self.advisor.name, self.advisor.email or ""),
            summary=f"{self.client or 'A client'}, {consult.kind.value}",
            description=f"About {self.piece}. Your desk: {desk}",  # no token: calendars are shared with colleagues
            location=self.place(consult, desk),
            now=self.now,
        )
        return "invite.ics", f"text/calendar; method={method}", content

    def desk_link(self) -> str:
        """A new link for the advisor, which opens the case once."""
        token = self._token(DESK, person_id=self.advisor.id)
        return self.addresses.desk_link(token)

    def _consult_link(self) -> str:
        return self.addresses.consult(self._token(CONSULT))

    def _token(self, purpose: str, person_id: int | None = None) -> str:
        assert self.case.id is not None
        return issue_link(
            self.session,
            shop_id=self.case.shop_id,
            purpose=purpose,
            # Whoever has the case no longer comes to their own desk: the case's page is not theirs to see.
            subject_id=0 if purpose == DESK and self.advisor.id != self.case.advisor_id else self.case.id,
            person_id=person_id,
            now=self.now,
        )


def letters_of(session: Session, consult: Consult, *, addresses: Addresses, now: datetime) -> Letters:
    """Letters about `consult`, by and to the advisor it was reserved with: the case may be another's by now."""
    letters = Letters.about(session, case_of(session, consult), addresses=addresses, now=now)
    return replace(letters, advisor=advisor_of(session, consult.advisor_id))


def whens(consult: Consult, zone: str, locale: str = "en") -> tuple[str, str]:
    """The time in full, and shorter for a text that would be too long."""
    return show_times(consult.starts_at, zone, locale), show_shortly(consult.starts_at, zone, locale)
