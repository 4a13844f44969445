"""What a client agrees to when they let us text them: the sentence is the proof, so that every page says the same."""

from shopify_app.pages.portal.tongue import N_

CONSENT = N_("Text me the link and one reminder. Nothing else is sent to this number.")
