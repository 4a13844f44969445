"""Spanish."""

from logistics.radar.kinds import Failure

FAULTS = {
    Failure.CARRIER: "El paquete que nos envió no avanza como debería, y todavía no sabemos por qué.",
    Failure.NEED_BY: "Hemos tardado tanto que el día en que la necesita ya no está asegurado.",
    Failure.STOCK_GONE: "La pieza que le habíamos prometido ya no está. Deberíamos haberla apartado para usted.",
    Failure.MISMATCH: "Lo que hemos sacado del paquete no es lo que dicen nuestros papeles. Todavía no "
    "sabemos cómo ha ocurrido.",
    Failure.REFUND_LATE: "El dinero ya debería haberle llegado, y no es así.",
    Failure.SILENT_ADVISOR: "Usted nos escribió, y no contestamos en el tiempo prometido.",
}
WAYS = {
    "courier": "{piece}, por mensajero. Un mensajero la lleva desde {place}, esta noche o mañana.",
    "collect": "{piece}, en {place}. Queda reservada para usted desde hoy, para recogerla o probársela.",
    "pay": "El dinero hoy. El reembolso sale hoy, sin más espera.",
    "ring": "Una llamada hoy. Quien le atiende le llama hoy y sigue con usted hasta que todo esté resuelto.",
    "time": "Una hora a su elección. Usted elige la próxima hora libre, y queda reservada.",
    "collect_again": "Un mensajero a su puerta. Un mensajero lo recoge mañana, con cobertura completa.",
    "look_together": "Lo miramos juntos. Dos de nosotros lo abrimos de nuevo, con usted al teléfono.",
    "send_back": "Vuelve a usted. Le llevamos, asegurado, lo que hemos encontrado, para que lo vea.",
    "colleague": "{name} toma el relevo. {name} le contesta hoy, y lo ha leído todo.",
}
