"""Two hundred clients, of many places."""

from random import Random

from simulators.world.house import plain
from simulators.world.products import metafield

# Per place: first names, family names, locale, city, country, code, zip, street, phone (numbers kept for fiction).
PLACES = (
    (("Camille", "Élodie", "Hugo", "Margaux", "Antoine", "Mathilde"),
     ("Lefèvre", "Moreau", "Girard", "Fontaine", "Roussel"),
     "fr", "Paris", "France", "FR", "75008", "{} avenue Montaigne", "+3363998{:04}"),
    (("Eleanor", "Marcus", "Priscilla", "Jerome", "Tamara", "Walter"),
     ("Whitfield", "Okafor", "Bennett", "Delgado", "Hughes"),
     "en", "New York", "United States", "US", "10021", "{} East 72nd Street", "+1212555{:04}"),
    (("Aiko", "Ren", "Yui", "Sōta", "Mei", "Daichi"), ("Tanaka", "Kobayashi", "Yamamoto", "Nakamura", "Ito"),
     "ja", "Tokyo", "Japan", "JP", "107-0062", "{} Minami-Aoyama", "+819012{:06}"),
    (("Imogen", "Rupert", "Harriet", "Oliver", "Zara", "Kwame"),
     ("Ashworth", "Pemberton", "Mensah", "Fairfax", "Clarke"),
     "en", "London", "United Kingdom", "GB", "W1K 4HR", "{} Mount Street", "+447700900{:03}"),
    (("Giulia", "Lorenzo", "Chiara", "Matteo", "Bianca", "Elena"), ("Conti", "Ricci", "Esposito", "Moretti", "Galli"),
     "it", "Milan", "Italy", "IT", "20121", "Via Manzoni {}", "+39350000{:04}"),
    (("Lina", "Karim", "Noor", "Faisal", "Layla", "Omar"), ("Haddad", "Al-Sayed", "Mansour", "Khoury", "Nasser"),
     "en", "Dubai", "United Arab Emirates", "AE", "00000", "Villa {}, Jumeirah", "+97150000{:04}"),
    (("Anneliese", "Jonas", "Greta", "Lukas", "Frieda", "Henrik"),
     ("Vogel", "Bergmann", "Schäfer", "Lindgren", "Nyström"),
     "de", "Munich", "Germany", "DE", "80333", "Maximilianstraße {}", "+4915200{:05}"),
    (("Wei", "Xiulan", "Jian", "Meiling", "Hao", "Yating"), ("Chen", "Zhang", "Lin", "Wang", "Huang"),
     "zh", "Hong Kong", "Hong Kong", "HK", "00000", "{} Peak Road", "+8525550{:04}"),
    (("Ana", "Mateus", "Lucía", "Rafael", "Inés", "Joaquín"), ("Oliveira", "Navarro", "Castillo", "Ferreira", "Ibarra"),
     "es", "Madrid", "Spain", "ES", "28001", "Calle Serrano {}", "+3460000{:04}"),
    (("Ananya", "Arjun", "Kavya", "Rohan", "Meera", "Vikram"), ("Iyer", "Mehta", "Kapoor", "Reddy", "Banerjee"),
     "en", "Mumbai", "India", "IN", "400026", "{} Altamount Road", "+9190000{:05}"),
)  # fmt: skip
TAGS = ("vip", "newsletter", "press", "collector", "private-viewing")


def all_clients(random: Random, new_gid, created: str, count: int, taken: set[str]) -> list[dict]:
    """`count` of them; none has an e-mail address in `taken`."""
    found: list[dict] = []
    while len(found) < count:
        n = len(found)
        place = PLACES[n % len(PLACES)]
        first, last = random.choice(place[0]), random.choice(place[1])
        email = f"{plain(first)}.{plain(last)}@example.com"
        if email in taken:
            email = f"{plain(first)}.{plain(last)}{n}@example.com"
        taken.add(email)
        tags = sorted(random.sample(TAGS, random.choice((0, 0, 0, 1, 2))))
        found.append(client(new_gid, created, first, last, email, place, 200 + n, tags))
    return found


def client(
    new_gid,
    created: str,
    first: str,
    last: str,
    email: str,
    place: tuple,
    n: int,
    tags=(),
    *,
    gid=None,
    phone=None,
    title=None,
) -> dict:
    _, _, locale, city, country, code, zip_code, street, pattern = place
    phone = phone or pattern.format(n)
    address = {
        "id": new_gid("MailingAddress"),
        "firstName": first,
        "lastName": last,
        "name": f"{first} {last}",
        "address1": street.format(n % 90 + 3),
        "address2": None,
        "city": city,
        "zip": zip_code,
        "province": None,
        "provinceCode": None,
        "country": country,
        "countryCodeV2": code,
        "phone": phone,
    }
    return {
        "id": gid or new_gid("Customer"),
        "firstName": first,
        "lastName": last,
        "email": email,
        "phone": phone,
        "locale": locale,
        "tags": list(tags),
        "note": None,
        "createdAt": created,
        "updatedAt": created,
        "defaultAddress": address,
        "metafields": [metafield(new_gid, created, "title", title)] if title else [],
    }
