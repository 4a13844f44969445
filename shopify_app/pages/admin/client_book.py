"""/app/advisors/client-book: which advisor looks after which client; a file of it, shown before anything is saved."""

from flask import Blueprint, Response, jsonify, make_response, request
from flask.typing import ResponseReturnValue

from consults import advisors
from kit.errors import AppError
from routing import book_imports, client_book
from routing.book_files import LARGEST_BYTES, write_rejected
from shopify_app.auth import merchant
from shopify_app.pages.admin.calling import go, shop_of, show, staff, visiting
from shopify_app.web import begin, now
from shops import links

page = Blueprint("admin_client_book", __name__)

SHOWN_ROWS = 100


@page.get("/app/advisors/client-book")
def index() -> str:
    """How many clients each advisor has, and the way to bring a file."""
    visiting()
    return _index()


@page.post("/app/advisors/client-book")
def choose() -> ResponseReturnValue:
    """Read the file and show what it would change; or say on the page what is wrong with it."""
    caller = merchant()
    chosen = request.files.get("book")
    raw = chosen.stream.read(LARGEST_BYTES + 1) if chosen else b""
    try:
        if not raw:
            raise AppError("Choose a file first.")
        with begin() as session:
            row = book_imports.show_file(session, shop_id=caller.shop_id, raw=raw, by=staff(caller), now=now())
            return go(f"/app/advisors/client-book/{row.id}")
    except AppError as error:
        return make_response(_index(error.message), 422)


@page.get("/app/advisors/client-book/<int:import_id>")
def one(import_id: int) -> str:
    """What a file would change, and every row that was not taken."""
    caller = visiting()
    with begin() as session:
        shop_of(session, caller)
        row = book_imports.get_import(session, shop_id=caller.shop_id, import_id=import_id)
        people = {person.id: person.name for person in advisors.advisors(session, shop_id=caller.shop_id)}
        return show(
            "client_book_file.html",
            file=row,
            changes=book_imports.changes_of(row)[:SHOWN_ROWS],
            rejected=book_imports.rejected_of(row)[:SHOWN_ROWS],
            people=people,
            most=SHOWN_ROWS,
        )


@page.post("/app/advisors/client-book/<int:import_id>/apply")
def apply(import_id: int) -> Response:
    """Save exactly what was shown."""
    caller = merchant()
    with begin() as session:
        row = book_imports.apply(
            session,
            shop_id=caller.shop_id,
            import_id=import_id,
            digest=request.form.get("digest", ""),
            by=staff(caller),
            now=now(),
        )
    count = row.fresh + row.changed
    return go("/app/advisors/client-book", f"{count} client{'' if count == 1 else 's'} saved.")


@page.post("/app/advisors/client-book/<int:import_id>/drop")
def drop(import_id: int) -> Response:
    """Put the file aside."""
    caller = merchant()
    with begin() as session:
        book_imports.drop(session, shop_id=caller.shop_id, import_id=import_id)
    return go("/app/advisors/client-book", "Put aside. The client book is as it was.")


@page.post("/app/advisors/client-book/<int:import_id>/rejected")
def open_rejected(import_id: int) -> Response:
    """An address for ten minutes, in a tab of its own: a frame cannot keep a file."""
    caller = merchant()
    with begin() as session:
        book_imports.get_import(session, shop_id=caller.shop_id, import_id=import_id)
        about = {"shop_id": caller.shop_id, "purpose": links.BOOK, "subject_id": import_id}
        token = links.issue_link(session, now=now(), **about)  # type: ignore[arg-type]
    return jsonify({"open": f"/client-book/{token}/rejected.csv"})


@page.get("/client-book/<token>/rejected.csv")
def rejected(token: str) -> Response:
    """The rows that were not taken, as a file; no cell of it is taken for a formula."""
    with begin() as session:
        opened = links.open_link(session, token, purpose=links.BOOK, now=now())
        row = book_imports.get_import(session, shop_id=opened.shop_id, import_id=opened.subject_id)
        body = write_rejected(row.columns, book_imports.rejected_of(row))
    response = make_response(body)
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="rejected-rows-{row.id}.csv"'
    return response


def _index(problem: str = "") -> str:
    caller = merchant()
    with begin() as session:
        shop_of(session, caller)
        return show(
            "client_book.html",
            problem=problem,
            people=advisors.advisors(session, shop_id=caller.shop_id),
            counts=client_book.counts(session, shop_id=caller.shop_id),
            files=book_imports.imports_of(session, shop_id=caller.shop_id),
        )
