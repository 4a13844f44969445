"""What is said around a conversation: to who comes along, before it, after it, and when somebody was not there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from consults import calendars
from consults.letters import Letters, whens
from consults.models import Consult, Participant
from consults.phrases import phrase
from consults.telling import Words
from consults.zones import is_zone, show_both, show_times
from shops.links import CONSULT, issue_link


@dataclass(frozen=True)
class AroundLetters(Letters):
    """Letters about one conversation. `advisor` is who it is with."""

    def along_invited(self, consult: Consult, guest: Participant, mailbox: str) -> Words:
        """To who comes along, by email, with the calendar entry: the time and the room, and nothing of the piece."""
        link = self.addresses.consult(self._token_of(guest))
        values = {**self._to_guest(consult, guest), "place": self.place(consult, link, self.locale), "link": link}
        return Words([values], [self._entry_of_guest(consult, guest, mailbox, calendars.REQUEST, link)])

    def along_cancelled(self, consult: Consult, guest: Participant, mailbox: str) -> Words:
        """To who came along, by email: the entry goes."""
        values = {**self._to_guest(consult, guest), "link": self.shop.telephone or mailbox}
        return Words([values], [self._entry_of_guest(consult, guest, mailbox, calendars.CANCEL, "")])

    def reminded(self, consult: Consult) -> Words:
        """To the client by email, the day before."""
        link = self._consult_link()
        return Words(
            [{**self._to_client(), **self._of_consult(consult, link), "link": link, "when": self.when(consult)}]
        )

    def reminded_by_text(self, consult: Consult) -> Words:
        """To the client by text, an hour before."""
        values = {"house": self.shop.shown_name, "advisor": self.advisor.first_name, "link": self._consult_link()}
        return Words([{**values, "when": when} for when in whens(consult, consult.client_zone, self.locale)])

    def advisor_reminded(self, consult: Consult) -> Words:
        """To the advisor by text, an hour before."""
        values = {"client": self.client or "A client", "kind": consult.kind.value, "link": self.desk_link()}
        return Words([{**values, "when": when} for when in whens(consult, consult.advisor_zone)])

    def proposed(self, starts: Sequence[datetime]) -> Words:
        """To the client by email: times to take with one tap."""
        values = {**self._to_client(), "count": len(starts), "times": self._times(starts), "link": self._consult_link()}
        return Words([values])

    def proposed_by_text(self) -> Words:
        """To the client by text."""
        values = {"house": self.shop.shown_name, "link": self._consult_link()}
        return Words([{**values, "advisor": name} for name in (self.advisor.name, self.advisor.first_name)])

    def not_met(self, consult: Consult, starts: Sequence[datetime]) -> Words:
        """To the client by email, with two new times; whose it was to be there is said when it was ours."""
        values = {**self._to_client(), "when": self.when(consult), "times": self._times(starts)}
        return Words([{**values, "ours": consult.missing == "advisor", "link": self._consult_link()}])

    def advisor_not_met(self, consult: Consult) -> Words:
        """To the advisor, or to their manager, by email."""
        values = {**self._to_advisor(consult), "ours": consult.missing == "advisor"}
        return Words([{**values, "link": self.desk_link()}])

    def alone(self, consult: Consult, expected: str) -> Words:
        """To whoever can see to it, by text: the client waits in the room."""
        values = {"client": self.client or "A client", "link": self.desk_link()}
        return Words([{**values, "advisor": expected}])

    def outcome_due(self, consult: Consult | None) -> Words:
        """To the advisor by email, until it is written down; without a conversation where there was none."""
        names = {"first_name": self.advisor.first_name, "client": self.client or "A client", "piece": self.piece}
        about = {**names, "house": self.shop.shown_name, "when": consult.label_advisor if consult else ""}
        return Words([{**about, "link": self.desk_link()}])

    def _times(self, starts: Sequence[datetime]) -> list[str]:
        return [show_times(at, self.case.client_zone, self.locale) for at in starts]

    def _to_guest(self, consult: Consult, guest: Participant) -> dict[str, str]:
        zone = guest.zone if is_zone(guest.zone) else consult.client_zone
        return {
            "greeting": guest.name,
            "client": self.called or phrase("somebody", self.locale),
            "advisor": self.advisor.name,
            "kind": consult.kind.value,
            "when": show_both(consult.starts_at, zone, consult.advisor_zone, self.locale),
            "house": self.shop.shown_name,
        }

    def _entry_of_guest(
        self, consult: Consult, guest: Participant, mailbox: str, method: str, link: str
    ) -> tuple[str, str, bytes]:
        content = calendars.invitation(
            consult,
            host=self.addresses.host,
            method=method,
            organiser=(self.shop.shown_name, mailbox),
            attendee=(guest.name, guest.email or ""),
            summary=f"{self.advisor.name}, {self.shop.shown_name}",
            location=self.place(consult, link, self.locale) if link else "",
            url=link,
            now=self.now,
        )
        return "invite.ics", f"text/calendar; method={method}", content

    def _token_of(self, guest: Participant) -> str:
        assert self.case.id is not None
        about = {"shop_id": self.case.shop_id, "subject_id": self.case.id, "person_id": guest.id, "now": self.now}
        return issue_link(self.session, purpose=CONSULT, **about)  # type: ignore[arg-type]
