"""Italian."""

from logistics.radar.kinds import Failure

FAULTS = {
    Failure.CARRIER: "Il pacco che ci ha inviato non procede come dovrebbe, e non sappiamo ancora perché.",
    Failure.NEED_BY: "Abbiamo tardato tanto che il giorno in cui Le serve non è più sicuro.",
    Failure.STOCK_GONE: "La creazione che Le avevamo promesso non c'è più. Avremmo dovuto metterla da parte per Lei.",
    Failure.MISMATCH: "Ciò che abbiamo tolto dal pacco non è quello che dicono le nostre carte. Non "
    "sappiamo ancora come sia accaduto.",
    Failure.REFUND_LATE: "La somma sarebbe già dovuta essere sul Suo conto, e non è così.",
    Failure.SILENT_ADVISOR: "Lei ci ha scritto, e non abbiamo risposto nel tempo promesso.",
}
WAYS = {
    "courier": "{piece}, con un corriere. Un corriere la porta da {place}, stasera o domani.",
    "collect": "{piece}, a {place}. È tenuta da parte per Lei da oggi, da ritirare o da provare.",
    "pay": "La somma oggi. Il rimborso parte oggi, senza altra attesa.",
    "ring": "Una telefonata oggi. Chi La segue chiama oggi e resta con Lei finché tutto è a posto.",
    "time": "Un orario a Sua scelta. Lei sceglie il primo orario libero, e resta riservato per Lei.",
    "collect_again": "Un corriere alla Sua porta. Un corriere lo ritira domani, con copertura completa.",
    "look_together": "Lo guardiamo insieme. Due di noi lo riaprono, al telefono con Lei.",
    "send_back": "Torna da Lei. Le riportiamo, assicurato, ciò che abbiamo trovato, perché possa vederlo.",
    "colleague": "{name} prende il seguito. {name} Le risponde oggi, e ha letto tutto.",
}
