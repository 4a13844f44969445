"""EasyPost: labels with cover, through the provider's own library. docs.easypost.com/docs/shipments"""

from datetime import datetime
from typing import Any

import requests
from easypost.easypost_client import EasyPostClient
from easypost.errors.api.api_error import ApiError
from easypost.errors.api.not_found_error import NotFoundError
from easypost.errors.general.easypost_error import EasyPostError
from requests.adapters import HTTPAdapter

from kit.causes import Cause
from kit.errors import OutsideError
from kit.money import Money
from kit.outside import fetch, public_http
from logistics.carriers.easypost_answers import PROVIDER, call_easypost, outside_error, read_answer
from logistics.ports import CoverMissing
from logistics.reads import Address, Bought, Collection, Shipment

TIMEOUT_SECONDS = 10
MOST_LABEL_BYTES = 5 * 1024 * 1024
GRAMS_AN_OUNCE = 28.349523125
# Insurance is in US dollars, whatever the postage is in: docs.easypost.com/docs/insurance
COVER_CURRENCY = "USD"
ALREADY_BOUGHT = "SHIPMENT.POSTAGE.EXISTS"
GIVEN_BACK = ("submitted", "refunded")
SCHEDULED = "scheduled"
AT_THE_DOOR = "Ring at the door. A signature is needed."


class EasyPost:
    """Fits ports.Carrier. `api_base` names a stand-in on this machine; "" is the real one. Safe to share by threads."""

    name = PROVIDER

    def __init__(self, api_key: str, *, api_base: str = "", timeout_seconds: int = TIMEOUT_SECONDS):
        base = {"api_base": _versioned(api_base)} if api_base else {}
        self._client = EasyPostClient(api_key, timeout=timeout_seconds, **base)
        # The library tries a connection three times more, each with its own time-out; the queue does that better.
        self._client._requests_session.mount("https://", HTTPAdapter(max_retries=0))
        self._client._requests_session.mount(self._client.api_base, HTTPAdapter(max_retries=0))
        self._timeout = timeout_seconds
        # A label lies at an address that EasyPost names, on a host of its own choice.
        self._http = public_http(local=api_base)

    def find(self, reference: str) -> Shipment | None:
        """The shipment of that reference; EasyPost takes it in place of an id."""
        try:
            found = self._client.shipment.retrieve(reference)
        except NotFoundError:
            return None
        except EasyPostError as error:
            raise outside_error(error) from error
        return read_answer(lambda: _shipment(found))

    def create(
        self, *, reference: str, sender: Address, receiver: Address, weight_grams: int, is_return: bool
    ) -> Shipment:
        """A shipment with rates. Of a return EasyPost wants the first journey's ends, and swaps them itself."""
        # docs.easypost.com/docs/shipments/returns
        client_end, house_end = _address(sender), _address(receiver)
        made = call_easypost(
            lambda: self._client.shipment.create(
                reference=reference,
                from_address=house_end if is_return else client_end,
                to_address=client_end if is_return else house_end,
                parcel={"weight": round(weight_grams / GRAMS_AN_OUNCE, 1)},
                is_return=is_return,
                options={"label_format": "PDF", "delivery_confirmation": "SIGNATURE"},
            )
        )
        return read_answer(lambda: _shipment(made))

    def buy(self, shipment_id: str, cover: Money) -> Bought:
        """Buy the fastest rate with that cover. A shipment that was bought before is read instead."""
        if cover.cents and cover.currency != COVER_CURRENCY:
            raise CoverMissing(f"EasyPost confirms cover in US dollars only, and this one needs {cover.show()}.")
        shipment = call_easypost(lambda: self._client.shipment.retrieve(shipment_id))
        if read_answer(lambda: shipment.postage_label) is None:
            shipment = self._buy(shipment, cover)
        bought = read_answer(lambda: _bought(shipment))
        if bought is None:
            raise OutsideError(PROVIDER, "bought, but the answer holds no label", ambiguous=True)
        return bought

    def label_pdf(self, url: str) -> bytes:
        """The label's bytes. Raises OutsideError when it is not a PDF."""
        try:
            status, pdf = fetch(self._http, url, timeout=self._timeout, most_bytes=MOST_LABEL_BYTES)
        except requests.RequestException as error:
            raise OutsideError(PROVIDER, f"the label could not be fetched: {type(error).__name__}") from error
        if status != 200 or not pdf.startswith(b"%PDF"):
            raise OutsideError(PROVIDER, f"the label is not a PDF; its address answered {status}")
        return pdf

    def refund(self, shipment_id: str) -> None:
        """Ask for the postage back, once."""
        shipment = call_easypost(lambda: self._client.shipment.retrieve(shipment_id))
        if read_answer(lambda: shipment.refund_status) not in GIVEN_BACK:
            call_easypost(lambda: self._client.shipment.refund(shipment_id))

    def check_address(self, address: Address) -> str:
        """What EasyPost does not find of it, in words; "" where it finds it, or says nothing of it."""
        parts: dict[str, Any] = _address(address)
        checked = call_easypost(lambda: self._client.address.create(verify=True, **parts))
        delivery = read_answer(lambda: checked.verifications.delivery)
        if delivery is None or delivery.success:
            return ""
        return ", ".join(sorted({str(error.field or "address") for error in delivery.errors})) or "address"

    def plan_collection(
        self, *, reference: str, shipment_id: str, sender: Address, starts_at: datetime, ends_at: datetime
    ) -> Collection | None:
        """A pickup with rates; none of them is bought yet. docs.easypost.com/docs/pickups"""
        made = call_easypost(
            lambda: self._client.pickup.create(
                reference=reference,
                shipment={"id": shipment_id},
                address=_address(sender),
                min_datetime=starts_at.isoformat(),
                max_datetime=ends_at.isoformat(),
                is_account_address=False,
                instructions=AT_THE_DOOR,
            )
        )
        return _collection(made) if read_answer(lambda: list(made.pickup_rates)) else None

    def book_collection(self, collection_id: str) -> Collection | None:
        """Buy the cheapest rate of a pickup. One that is scheduled already is read instead."""
        found = call_easypost(lambda: self._client.pickup.retrieve(collection_id))
        if read_answer(lambda: found.status) != SCHEDULED:
            rates = read_answer(lambda: list(found.pickup_rates))
            if not rates:
                return None
            rate = min(rates, key=lambda rate: float(rate.rate))
            wanted = {"carrier": rate.carrier, "service": rate.service}
            found = call_easypost(lambda: self._client.pickup.buy(collection_id, **wanted))
        return _collection(found)

    def cancel_collection(self, collection_id: str) -> None:
        """Call off a scheduled pickup, once."""
        found = call_easypost(lambda: self._client.pickup.retrieve(collection_id))
        if read_answer(lambda: found.status) == SCHEDULED:
            call_easypost(lambda: self._client.pickup.cancel(collection_id))

    def _buy(self, shipment: Any, cover: Money) -> Any:
        rate = _fastest(shipment)
        try:
            return self._client.shipment.buy(shipment.id, rate={"id": rate.id}, **_insured(cover))
        except ApiError as error:
            if error.code == ALREADY_BOUGHT:
                return call_easypost(lambda: self._client.shipment.retrieve(shipment.id))
            if "INSURANCE" in (error.code or "").upper():
                raise CoverMissing(f"EasyPost does not give cover of {cover.show()}.") from error
            raise outside_error(error) from error
        except EasyPostError as error:
            raise outside_error(error) from error


def _shipment(found: Any) -> Shipment:
    return Shipment(shipment_id=found.id, reference=found.reference or "", bought=_bought(found))


def _collection(found: Any) -> Collection:
    return read_answer(
        lambda: Collection(
            collection_id=found.id,
            code=(found.confirmation or "") if found.status == SCHEDULED else "",
            is_cancelled=found.status == "canceled",
        )
    )


def _bought(found: Any) -> Bought | None:
    label = found.postage_label
    if label is None or not found.tracking_code:
        return None
    return Bought(
        tracking_code=found.tracking_code,
        tracking_url=(found.tracker.public_url if found.tracker else "") or "",
        label_pdf_url=label.label_pdf_url or label.label_url,
        cover=Money.parse(str(found.insurance or "0"), COVER_CURRENCY),
        carrier=found.selected_rate.carrier if found.selected_rate else PROVIDER,
    )


def _insured(cover: Money) -> dict[str, str]:
    """Nothing is insured, and so declared, where the house's own policy covers: the one excludes the other."""
    return {"insurance": cover.amount} if cover.cents else {}


def _fastest(shipment: Any) -> Any:
    """The rate with the fewest days, the cheaper of two alike: time on the road is where pieces get lost."""
    rates = read_answer(lambda: list(shipment.rates))
    if not rates:
        words = "no carrier takes this parcel between these addresses"
        raise OutsideError(PROVIDER, words, permanent=True, cause=Cause.ADDRESS)
    return read_answer(lambda: min(rates, key=lambda rate: (rate.delivery_days or 99, float(rate.rate))))


def _address(address: Address) -> dict[str, str]:
    fields = {
        "name": address.name,
        "company": address.company,
        "street1": address.street1,
        "street2": address.street2,
        "city": address.city,
        "state": address.region,
        "zip": address.postal_code,
        "country": address.country,
        "phone": address.phone,
        "email": address.email,
    }
    return {name: value for name, value in fields.items() if value}


def _versioned(api_base: str) -> str:
    """EASYPOST_API_BASE with or without its version."""
    base = api_base.rstrip("/")
    return base if base.endswith("/v2") else f"{base}/v2"
