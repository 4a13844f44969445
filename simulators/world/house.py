"""The house itself: shop, boutiques, advisors, and the reasons clients may give."""

import unicodedata
from dataclasses import dataclass, field

DOMAIN = "verdane-demo.myshopify.com"
OTHER_DOMAIN = "other-house.myshopify.com"


@dataclass(frozen=True)
class Boutique:
    number: int
    city: str
    time_zone: str
    country: str
    country_code: str
    address: str
    zip: str
    phone: str

    @property
    def gid(self) -> str:
        return f"gid://shopify/Location/{self.number}"

    @property
    def name(self) -> str:
        return f"Verdane {self.city}"


PARIS = Boutique(71122330001, "Paris", "Europe/Paris", "France", "FR", "12 rue de la Paix", "75002", "+33199000112")
NEW_YORK = Boutique(
    71122330002, "New York", "America/New_York", "United States", "US", "740 Madison Avenue", "10065", "+12125550110"
)
TOKYO = Boutique(71122330003, "Tokyo", "Asia/Tokyo", "Japan", "JP", "5-6-1 Ginza, Chuo-ku", "104-0061", "+81355500110")
BOUTIQUES = (PARIS, NEW_YORK, TOKYO)


@dataclass(frozen=True)
class Person:
    number: int
    first_name: str
    last_name: str
    boutique: Boutique
    languages: tuple[str, ...]
    phone: str
    role: str = "advisor"
    specialities: tuple[str, ...] = field(default=())

    @property
    def gid(self) -> str:
        return f"gid://shopify/StaffMember/{self.number}"

    @property
    def email(self) -> str:
        return f"{plain(self.first_name)}.{plain(self.last_name)}@verdane.example"

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


INES = Person(90871230001, "Inès", "Laurent", PARIS, ("fr", "en"), "+33639980101", specialities=("jewellery",))
TEO = Person(
    90871230002, "Teo", "Marchetti", PARIS, ("it", "en", "fr"), "+33639980102", specialities=("leather", "watches")
)
CLAIRE = Person(
    90871230003, "Claire", "Aubry", PARIS, ("fr", "en"), "+33639980103", "manager", ("jewellery", "watches")
)
DANIEL = Person(90871230004, "Daniel", "Reyes", NEW_YORK, ("en", "es"), "+12125550141", specialities=("watches",))
NAOMI = Person(90871230005, "Naomi", "Adler", NEW_YORK, ("en", "de"), "+12125550142", specialities=("jewellery",))
SOFIA = Person(90871230006, "Sofia", "Lindqvist", NEW_YORK, ("en", "sv"), "+12125550143", "manager", ("leather",))
HARUKA = Person(90871230007, "Haruka", "Mori", TOKYO, ("ja", "en"), "+819012345607", "manager", ("jewellery",))
KENJI = Person(
    90871230008, "Kenji", "Sato", TOKYO, ("ja", "en", "zh"), "+819012345608", specialities=("watches", "leather")
)
ADVISORS = (INES, TEO, CLAIRE, DANIEL, NAOMI, SOFIA, HARUKA, KENJI)
# The merchant: opens the app in the admin, sells nothing.
OWNER = Person(90871230000, "Hélène", "Verdane", PARIS, ("fr", "en"), "+33639980100", "owner")

REASONS = (
    ("too-small", "Too small", "SIZE_TOO_SMALL"), ("too-large", "Too large", "SIZE_TOO_LARGE"),
    ("style", "Style", "STYLE"), ("color", "Color", "COLOR"), ("changed-my-mind", "Changed my mind", "UNWANTED"),
    ("not-as-described", "Not as described", "NOT_AS_DESCRIBED"),
    ("damaged-or-defective", "Damaged or defective", "DEFECTIVE"),
    ("wrong-item", "Wrong item received", "WRONG_ITEM"), ("quality", "Quality", "OTHER"), ("fit", "Fit", "OTHER"),
    ("arrived-too-late", "Arrived too late", "OTHER"), ("gift-not-suited", "Gift not suited", "UNWANTED"),
    ("found-better-price", "Found a better price", "OTHER"),
    ("other", "Other", "OTHER"), ("unknown", "Unknown", "UNKNOWN"),
)  # fmt: skip


def plain(name: str) -> str:
    """For an e-mail address: no accents, no spaces."""
    letters = unicodedata.normalize("NFKD", name.lower().replace("ø", "o").replace("ł", "l").replace("ß", "ss"))
    return "".join(c for c in letters if c.isascii() and c.isalnum())


def shop_documents(
    domain: str, number: int, name: str, host: str, owner: str, created: str, people, boutiques
) -> list[dict]:
    """Everything of a shop that isn't sold."""
    return [
        shop(domain, number, name, host, owner, created),
        {"id": f"gid://shopify/AppInstallation/{number}", "installed": False, "scopes": [], "installedAt": None},
        {
            "id": f"gid://shopify/App/{number + 1}",
            "title": "Assisted returns",
            "handle": "assisted-returns",
            "embedded": True,
        },
        *[location(boutique, created) for boutique in boutiques],
        *[staff_member(person) for person in people],
        *[reason(n, *parts) for n, parts in enumerate(REASONS)],
    ]


def shop(domain: str, number: int, name: str, host: str, owner: str, created: str) -> dict:
    return {
        "id": f"gid://shopify/Shop/{number}",
        "name": name,
        "email": f"ops@{host}",
        "contactEmail": f"care@{host}",
        "myshopifyDomain": domain,
        "primaryHost": host,
        "currencyCode": "USD",
        "enabledPresentmentCurrencies": ["USD", "EUR", "JPY"],
        "ianaTimezone": "America/New_York",
        "timezoneAbbreviation": "EST",
        "timezoneOffset": "-0500",
        "timezoneOffsetMinutes": -300,
        "plan": {
            "publicDisplayName": "Shopify Plus",
            "displayName": "Shopify Plus",
            "shopifyPlus": True,
            "partnerDevelopment": False,
        },
        "shopOwnerName": owner,
        "orderNumberFormatPrefix": "#",
        "createdAt": created,
        "updatedAt": created,
        "metafields": [],
    }


def location(boutique: Boutique, created: str) -> dict:
    return {
        "id": boutique.gid,
        "name": boutique.name,
        "createdAt": created,
        "updatedAt": created,
        "timeZone": boutique.time_zone,
        "metafields": [],
        "address": {
            "address1": boutique.address,
            "city": boutique.city,
            "country": boutique.country,
            "countryCode": boutique.country_code,
            "zip": boutique.zip,
            "phone": boutique.phone,
            "formatted": [boutique.address, f"{boutique.zip} {boutique.city}", boutique.country],
        },
    }


def staff_member(person: Person) -> dict:
    return {
        "id": person.gid,
        "firstName": person.first_name,
        "lastName": person.last_name,
        "email": person.email,
        "phone": person.phone,
        "active": True,
        "exists": True,
        "accountType": "REGULAR",
        "locale": person.languages[0],
        "isShopOwner": person.role == "owner",
    }


def reason(n: int, handle: str, name: str, enum: str) -> dict:
    return {
        "id": f"gid://shopify/ReturnReasonDefinition/{1122001 + n}",
        "handle": handle,
        "name": name,
        "deleted": False,
        "enum": enum,
    }


def directory() -> list[dict]:
    """The advisors as the house's own list has them; the app's directory is filled from it."""
    return [
        {
            "name": person.name,
            "first_name": person.first_name,
            "last_name": person.last_name,
            "email": person.email,
            "phone": person.phone,
            "role": person.role,
            "languages": list(person.languages),
            "specialities": list(person.specialities),
            "time_zone": person.boutique.time_zone,
            "staff_gid": person.gid,
            "location_gid": person.boutique.gid,
            "location": person.boutique.name,
            "city": person.boutique.city,
            "shop": DOMAIN,
        }
        for person in ADVISORS
    ]
