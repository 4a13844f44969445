"""What happens to a client's record in the shop, told to each package that keeps it."""

from sqlmodel import Session

from consults import cases
from kit.log import get_logger
from logistics import people
from routing import client_book
from shops.events import ClientsMerged

log = get_logger("clients")


def merge(session: Session, merged: ClientsMerged) -> None:
    """Follow a client whose records were merged; in the transaction that hands the delivery on."""
    for package in (cases, people, client_book):
        package.move_client(session, shop_id=merged.shop_id, from_gid=merged.gone_gid, to_gid=merged.kept_gid)
    log.info("client.merged", shop_id=merged.shop_id)
