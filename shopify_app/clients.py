"""What happens to a client's record in the shop, told to each package that keeps it."""

from sqlmodel import Session

from consults import cases
from kit.log import get_logger
from logistics import people
from measures import privacy as past
from routing import client_book
from shops.events import ClientsMerged
from shops.merges import note_merge

log = get_logger("clients")


def merge(session: Session, merged: ClientsMerged) -> None:
    """Follow a client whose records were merged, in whatever order that is told; in the delivery's own transaction."""
    shop_id, gone, kept = merged.shop_id, merged.gone_gid, merged.kept_gid
    last, former = note_merge(session, shop_id=shop_id, gone_gid=gone, kept_gid=kept)
    for package in (cases, people, client_book, past):
        for gone_gid in former:
            package.move_client(session, shop_id=merged.shop_id, from_gid=gone_gid, to_gid=last)
    log.info("client.merged", shop_id=merged.shop_id)
