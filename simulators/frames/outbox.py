"""/outbox: texts and e-mails in one list; /outbox/mail/<id>: one e-mail in full."""

from collections.abc import Callable

from flask import Blueprint, Response, abort, redirect, render_template, request

from simulators.mail.calendar import facts
from simulators.mail.letters import Letters
from simulators.twilio.texts import SENDER, Texts

MOST_SHOWN = 200


def outbox_pages(texts: Texts, letters: Letters, names: Callable[[], dict[str, str]]) -> Blueprint:
    """`names()` gives the name behind a telephone number or an e-mail address, where the store knows it."""
    pages = Blueprint("outbox", __name__)
    pages.add_app_template_global(facts, "facts")

    @pages.get("/outbox")
    def outbox():
        return _list("outbox.html")

    @pages.get("/outbox/items")
    def items():
        return _list("posts.html")

    @pages.post("/outbox/reply")
    def reply():
        form = request.form
        if form.get("from") and form.get("body"):
            texts.arrive(form["from"], form.get("to") or SENDER, form["body"])
        return redirect("/outbox", 303)

    @pages.get("/outbox/mail/<id>")
    def letter(id):
        return render_template("mail.html", post=letters.find(id) or abort(404))

    @pages.get("/outbox/mail/<id>/html")
    def letter_html(id):
        found = letters.find(id) or abort(404)
        answer = Response(found["html"] or "", mimetype="text/html")
        answer.headers["Content-Security-Policy"] = (
            "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
        )
        return answer

    @pages.get("/outbox/mail/<id>/part/<int:number>")
    def part(id, number):
        filename, kind, body = letters.attachment(id, number) or abort(404)
        answer = Response(body, mimetype=kind)
        answer.headers.set("Content-Disposition", "attachment", filename=filename)
        return answer

    @pages.get("/control/mail/messages")
    def mail_messages():
        return {"messages": letters.newest_first(request.args.get("to", ""))}

    def _list(template: str) -> str:
        known, wanted = names(), request.args.get("q", "").strip()
        posts = texts.shelf.numbered("text") + letters.numbered()
        found = [(n, p) for n, p in sorted(posts, key=lambda p: -p[0]) if _is_for(p, wanted.lower(), known)]
        return render_template(template, posts=found[:MOST_SHOWN], q=wanted, names=known)

    return pages


def _is_for(post: dict, wanted: str, names: dict[str, str]) -> bool:
    people = post["to"] if isinstance(post["to"], list) else [post["to"], post["from"] or ""]
    return not wanted or any(wanted in f"{p} {names.get(p, '')}".lower() for p in people)
