"""Passages the law gives the words of. They are sent as they stand, so nothing in them is marked.

Sources: Directive 2011/83/EU, annex I A, in each language; the display of terms of return that Japan's Act on Specified
Commercial Transactions asks for (article 11, in the words of the Consumer Affairs Agency's guideline).
"""

PASSAGES: tuple[str, ...] = (
    "You have the right to withdraw from this contract within 14 days without giving any reason.",
    "We may withhold reimbursement until we have received the goods back or you have supplied evidence of having "
    "sent back the goods, whichever is the earliest.",
    "Vous avez le droit de vous rétracter du présent contrat sans donner de motif dans un délai de quatorze jours.",
    "Nous pouvons différer le remboursement jusqu'à ce que nous ayons reçu le bien ou jusqu'à ce que vous ayez fourni "
    "une preuve d'expédition du bien, la date retenue étant celle du premier de ces faits.",
    "Lei ha il diritto di recedere dal contratto, senza indicarne le ragioni, entro 14 giorni.",
    "Sie haben das Recht, binnen vierzehn Tagen ohne Angabe von Gründen diesen Vertrag zu widerrufen.",
    "Wir können die Rückzahlung verweigern, bis wir die Waren wieder zurückerhalten haben oder bis Sie den Nachweis "
    "erbracht haben, dass Sie die Waren zurückgesandt haben, je nachdem, welches der frühere Zeitpunkt ist.",
    "Tiene usted derecho a desistir del presente contrato en un plazo de 14 días naturales sin necesidad de "
    "justificación.",
    "商品に欠陥がある場合を除き、返品には応じません。",
)
