"""/store: the house's own pages: sign in as a client, see the orders, ask for a return as Shopify's own page does."""

from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from werkzeug.utils import redirect

from simulators.config import Config
from simulators.frames.house import House
from simulators.frames.signed_in import sign_in, sign_out, signed_in_number


def storefront_pages(config: Config, house: House) -> Blueprint:
    pages = Blueprint("storefront", __name__)
    way_in = f"{config.app_url}/return/{config.shop.removesuffix('.myshopify.com')}/sign-in"

    @pages.get("/store")
    def store():
        number = signed_in_number(house, config.shop)
        if not number:
            wanted = request.args.get("q", "").strip()
            people = house.clients(config.shop, wanted)
            return render_template("store_door.html", clients=people, q=wanted, sign_in=way_in)
        return render_template(
            "store_orders.html",
            client=house.client(config.shop, number),
            orders=house.orders(config.shop, number),
            reasons=house.reasons(config.shop),
            said=request.args,
            portal="/store/apps/assisted-returns",
            sign_in=way_in,
        )

    @pages.post("/store/sign-in")
    def enter():
        return sign_in(redirect("/store", 303), request.form.get("client", ""))

    @pages.post("/store/sign-out")
    def leave():
        return sign_out(redirect("/store", 303))

    @pages.post("/store/returns")
    def ask():
        number = signed_in_number(house, config.shop)
        if not number:
            return redirect("/store", 303)
        outcome = house.request_return(
            config.shop,
            number,
            part=request.form.get("part", ""),
            quantity=request.form.get("quantity", 1, int),
            reason=request.form.get("reason", ""),
            note=request.form.get("note", "").strip(),
        )
        return redirect(f"/store?{urlencode(outcome)}", 303)

    return pages
