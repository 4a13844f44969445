"""German."""

from logistics.radar.kinds import Failure

FAULTS = {
    Failure.CARRIER: "Das Paket, das Sie uns gesandt haben, kommt nicht so voran, wie es sollte, und wir "
    "wissen noch nicht, warum.",
    Failure.NEED_BY: "Wir haben so lange gebraucht, dass der Tag, an dem Sie es benötigen, nicht mehr sicher ist.",
    Failure.STOCK_GONE: "Das Stück, das wir Ihnen zugesagt haben, ist nicht mehr da. Wir hätten es für Sie "
    "zurücklegen sollen.",
    Failure.MISMATCH: "Was wir aus dem Paket genommen haben, ist nicht das, was in unseren Papieren steht. "
    "Wir wissen noch nicht, wie es dazu kam.",
    Failure.REFUND_LATE: "Ihr Geld hätte schon bei Ihnen sein sollen, und das ist es nicht.",
    Failure.SILENT_ADVISOR: "Sie haben uns geschrieben, und wir haben nicht in der zugesagten Zeit geantwortet.",
}
WAYS = {
    "courier": "{piece}, per Kurier. Ein Kurier bringt es von {place}, heute Abend oder morgen.",
    "collect": "{piece}, in {place}. Es liegt ab heute für Sie bereit, zum Abholen oder zum Anprobieren.",
    "pay": "Das Geld heute. Die Rückzahlung geht heute hinaus, ohne weiteres Warten.",
    "ring": "Ein Anruf heute. Ihre Beratung ruft Sie heute an und bleibt bei Ihnen, bis alles geregelt ist.",
    "time": "Ein Termin Ihrer Wahl. Sie wählen den nächsten freien Termin, und er bleibt für Sie reserviert.",
    "collect_again": "Ein Kurier an Ihrer Tür. Ein Kurier holt es morgen ab, voll versichert.",
    "look_together": "Wir sehen es uns gemeinsam an. Zwei von uns öffnen es noch einmal, mit Ihnen am Telefon.",
    "send_back": "Es kommt zu Ihnen zurück. Wir bringen Ihnen versichert, was wir gefunden haben, "
    "damit Sie es ansehen können.",
    "colleague": "{name} übernimmt. {name} antwortet Ihnen heute und hat alles gelesen.",
}
