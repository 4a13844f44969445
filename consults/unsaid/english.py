"""English. Written without accents, in small letters; a space stands for any white space."""

PHRASES: dict[str, tuple[str, str]] = {
    "final_sale": (
        r"final[ -]sales?|sales? (?:is|are|was|were) final|non[ -]?(?:returnable|refundable)|no (?:returns"
        r"|refunds)\b",
        "Let me tell you what is possible with this piece.",
    ),
    "unfortunately": (
        r"unfortunate(?:ly)?|regrettably|(?:i|we) regret to|i(?:'m| am) afraid (?:that )?(?:we|it|this|i|you|there)\b"
        r"|we(?:'re| are) afraid (?:that )?(?:we|it|this|there)\b",
        "Here is what I can do, and by when.",
    ),
    "policy": (
        r"(?:our|company|store|house|shop|returns?|refund|exchange) polic(?:y|ies)|(?:against|per"
        r"|under) polic(?:y|ies)"
        r"|terms (?:and conditions )?apply",
        "Here is how we will do it, and by which day.",
    ),
    "store_credit": (r"(?:store|shop|in-store|boutique)[ -]credits?", "credit for another piece"),
    "screens": (
        r"(?:screens?|monitors?|displays?) (?:(?:may|can|might|do|will|often|always) )?(?:differ|var(?:y|ies))s?"
        r"|colou?rs? (?:may|can|might|do) (?:differ|vary|look different|appear different)[^.]{0,30}screens?",
        "You pictured it otherwise. Let me show it to you in daylight.",
    ),
    "manager": (
        r"(?:check|speak|talk|ask|confirm|consult|clear|verify|discuss)(?:s|ed|ing|ied|ies)?"
        r"(?: (?:it|this|that|about it))?(?: with| to)? (?:my|our|the) (?:\w+ )?(?:manager|supervisor|boss"
        r"|superior)s?",
        "I will see to it.",
    ),
    "refused": (
        r"(?:request|return|claim|exchange|refund)s? (?:has been|have been|was|were|is|are|will be|must be) "
        r"(?:denied|declined|rejected|refused)"
        r"|(?:have|had) to (?:deny|decline|reject|refuse)|(?:we|i) (?:must )?(?:deny|reject|refuse)",
        "Here is what is possible.",
    ),
    "fee": (r"re-?stocking (?:fee|charge|cost)s?", "a charge for the bench work, agreed with you before it begins"),
    "hurry": (
        r"only \d+ (?:left|remaining)|last chance|limited[ -]time|act now|expires in|while (?:stocks?"
        r"|supplies) lasts?"
        r"|(?:please )?hurry(?: up)?\b|don't miss",
        "It is kept for you until the day we agreed.",
    ),
    "inconvenience": (
        r"(?:sorry|apolog(?:y|ies|ise|ize|ising|izing)) for (?:any|the|this|all the) inconveniences?",
        "That is ours to put right. Here is what happens next.",
    ),
    "system": (
        r"system (?:does not|doesn't|won't|will not|cannot|can't|did not|didn't) (?:allow|let|permit|accept)"
        r"|(?:i'm|i am|we're|we are) not allowed to",
        "I will tell you what I can do, and by when.",
    ),
    "your_fault": (
        r"you (?:should|could|ought to)(?:n't| not)?(?: have|'ve) "
        r"(?:read|checked|told|known|ordered|measured|asked|looked|noticed|said|chosen|mentioned|thought)",
        "Let us look at it together.",
    ),
}
