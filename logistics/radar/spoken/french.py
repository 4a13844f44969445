"""French."""

from logistics.radar.kinds import Failure

FAULTS = {
    Failure.CARRIER: "Le colis que vous nous avez envoyé n'avance pas comme il devrait, et nous n'avons pas "
    "encore trouvé pourquoi.",
    Failure.NEED_BY: "Nous avons tant tardé que le jour où vous en avez besoin n'est plus assuré.",
    Failure.STOCK_GONE: "La pièce que nous vous avions promise n'est plus là. Nous aurions dû la mettre de côté.",
    Failure.MISMATCH: "Ce que nous avons sorti de la boîte n'est pas ce que disent nos papiers. Nous ne savons "
    "pas encore comment cela s'est produit.",
    Failure.REFUND_LATE: "La somme aurait déjà dû vous revenir, et ce n'est pas le cas.",
    Failure.SILENT_ADVISOR: "Vous nous avez écrit, et nous n'avons pas répondu dans le délai promis.",
}
WAYS = {
    "courier": "{piece}, par coursier. Un coursier l'apporte depuis {place}, ce soir ou demain.",
    "collect": "{piece}, à {place}. La pièce vous est gardée dès aujourd'hui, à venir chercher ou à essayer.",
    "pay": "La somme aujourd'hui. Le remboursement part aujourd'hui, sans plus attendre.",
    "ring": "Un appel aujourd'hui. Votre conseiller vous appelle aujourd'hui et vous suit jusqu'au bout.",
    "time": "Un horaire de votre choix. Vous choisissez le prochain horaire libre, et il vous est gardé.",
    "collect_again": "Un coursier à votre porte. Un coursier vient le chercher demain, avec une couverture complète.",
    "look_together": "Nous regardons ensemble. Deux d'entre nous l'ouvrent à nouveau, au téléphone avec vous.",
    "send_back": "Elle vous revient. Nous vous rapportons, couvert, ce que nous avons trouvé, pour que vous le voyiez.",
    "colleague": "{name} prend la suite. {name} vous répond aujourd'hui, et a tout lu.",
}
