"""EasyPost: labels with cover, through the provider's own library. docs.easypost.com/docs/shipments"""

from collections.abc import Callable
from typing import Any, TypeVar

import requests
from easypost.easypost_client import EasyPostClient
from easypost.errors.api.api_error import ApiError
from easypost.errors.api.http_error import HttpError
from easypost.errors.api.json_error import JsonError
from easypost.errors.api.not_found_error import NotFoundError
from easypost.errors.api.rate_limit_error import RateLimitError
from easypost.errors.api.timeout_error import TimeoutError as EasyPostTimeout
from easypost.errors.general.easypost_error import EasyPostError
from requests.adapters import HTTPAdapter

from kit.causes import Cause
from kit.errors import OutsideError
from kit.money import Money
from kit.outside import fetch, public_http
from logistics.ports import CoverMissing
from logistics.reads import Address, Bought, Shipment

PROVIDER = "easypost"
TIMEOUT_SECONDS = 10
MOST_LABEL_BYTES = 5 * 1024 * 1024
GRAMS_AN_OUNCE = 28.349523125
# Insurance is in US dollars, whatever the postage is in: docs.easypost.com/docs/insurance
COVER_CURRENCY = "USD"
ALREADY_BOUGHT = "SHIPMENT.POSTAGE.EXISTS"
GIVEN_BACK = ("submitted", "refunded")

T = TypeVar("T")


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
            raise _outside(error) from error
        return _read(lambda: _shipment(found))

    def create(
        self, *, reference: str, sender: Address, receiver: Address, weight_grams: int, is_return: bool
    ) -> Shipment:
        """A shipment with rates. Of a return EasyPost wants the first journey's ends, and swaps them itself."""
        # docs.easypost.com/docs/shipments/returns
        client_end, house_end = _address(sender), _address(receiver)
        made = _call(
            lambda: self._client.shipment.create(
                reference=reference,
                from_address=house_end if is_return else client_end,
                to_address=client_end if is_return else house_end,
                parcel={"weight": round(weight_grams / GRAMS_AN_OUNCE, 1)},
                is_return=is_return,
                options={"label_format": "PDF", "delivery_confirmation": "SIGNATURE"},
            )
        )
        return _read(lambda: _shipment(made))

    def buy(self, shipment_id: str, cover: Money) -> Bought:
        """Buy the fastest rate with that cover. A shipment that was bought before is read instead."""
        if cover.cents and cover.currency != COVER_CURRENCY:
            raise CoverMissing(f"EasyPost confirms cover in US dollars only, and this one needs {cover.show()}.")
        shipment = _call(lambda: self._client.shipment.retrieve(shipment_id))
        if _read(lambda: shipment.postage_label) is None:
            shipment = self._buy(shipment, cover)
        bought = _read(lambda: _bought(shipment))
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
            raise OutsideError(PROVIDER, f"the label's address answered {status}, without a PDF")
        return pdf

    def refund(self, shipment_id: str) -> None:
        """Ask for the postage back, once."""
        shipment = _call(lambda: self._client.shipment.retrieve(shipment_id))
        if _read(lambda: shipment.refund_status) not in GIVEN_BACK:
            _call(lambda: self._client.shipment.refund(shipment_id))

    def _buy(self, shipment: Any, cover: Money) -> Any:
        rate = _fastest(shipment)
        try:
            return self._client.shipment.buy(shipment.id, rate={"id": rate.id}, **_insured(cover))
        except ApiError as error:
            if error.code == ALREADY_BOUGHT:
                return _call(lambda: self._client.shipment.retrieve(shipment.id))
            if "INSURANCE" in (error.code or "").upper():
                raise CoverMissing(f"EasyPost does not give cover of {cover.show()}.") from error
            raise _outside(error) from error
        except EasyPostError as error:
            raise _outside(error) from error


def _call(call: Callable[[], T]) -> T:
    try:
        return call()
    except EasyPostError as error:
        raise _outside(error) from error


def _read(read: Callable[[], T]) -> T:
    """What `read` finds in an answer. An answer without it is the provider's failure, not ours."""
    try:
        return read()
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise OutsideError(PROVIDER, f"an answer we cannot read: {error}") from error


def _outside(error: EasyPostError) -> OutsideError:
    """Ours for theirs. Their text is left out, as it may quote an address; the code says enough."""
    if isinstance(error, EasyPostTimeout | HttpError | JsonError):
        return OutsideError(PROVIDER, type(error).__name__, ambiguous=True)
    if isinstance(error, RateLimitError):
        return OutsideError(PROVIDER, "too many requests", retry_after=10)
    if not isinstance(error, ApiError):
        return OutsideError(PROVIDER, type(error).__name__)
    status = error.http_status or 0
    said = f"{status} {error.code or type(error).__name__}"
    permanent, cause = 400 <= status < 500, _cause(status, error.code or "")
    return OutsideError(PROVIDER, said, permanent=permanent, ambiguous=status >= 500 or not status, cause=cause)


def _cause(status: int, code: str) -> str:
    """What a person can mend of a refusal; "" where nothing is known to help."""
    if status in (401, 402, 403):  # no such key, not paid, not allowed
        return Cause.ACCOUNT
    return Cause.ADDRESS if "ADDRESS" in code.upper() else ""


def _shipment(found: Any) -> Shipment:
    return Shipment(shipment_id=found.id, reference=found.reference or "", bought=_bought(found))


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
    rates = _read(lambda: list(shipment.rates))
    if not rates:
        words = "no carrier takes this parcel between these addresses"
        raise OutsideError(PROVIDER, words, permanent=True, cause=Cause.ADDRESS)
    return _read(lambda: min(rates, key=lambda rate: (rate.delivery_days or 99, float(rate.rate))))


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
