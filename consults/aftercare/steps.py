"""Which contacts follow a return, on which day, and what to write. Pure."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

from kit.languages import written_in


class StepKind(StrEnum):
    SEVEN = "seven"
    THIRTY = "thirty"
    NINETY = "ninety"
    OCCASION = "occasion"
    SERVICE = "service"


DAYS = {StepKind.SEVEN: 7, StepKind.THIRTY: 30, StepKind.NINETY: 90}
USUAL = tuple(DAYS)
WORDS = {
    StepKind.SEVEN: "How it has been, a week on",
    StepKind.THIRTY: "A month on",
    StepKind.NINETY: "Three months on",
    StepKind.OCCASION: "Their occasion",
    StepKind.SERVICE: "A service is due",
}
SENTENCES: Mapping[str, Mapping[StepKind, str]] = {
    "en": {
        StepKind.SEVEN: "How has it been since we spoke? I would love to hear.",
        StepKind.THIRTY: "It has been a month, and I thought of you. Is all as you hoped?",
        StepKind.NINETY: "Something came in that made me think of you. May I show it to you when you are next here?",
        StepKind.OCCASION: "I remembered the day, and wish you a very happy one.",
        StepKind.SERVICE: "It is time to have your piece looked over. I can have it collected on a day that suits you.",
    },
    "fr": {
        StepKind.SEVEN: "Comment cela se passe-t-il depuis notre conversation ? Je serais ravi d'avoir de vos "
        "nouvelles.",
        StepKind.THIRTY: "Un mois déjà, et j'ai pensé à vous. Tout est-il comme vous l'espériez ?",
        StepKind.NINETY: "Une pièce vient d'arriver et m'a fait penser à vous. Puis-je vous la montrer ?",
        StepKind.OCCASION: "J'ai gardé la date en mémoire, et vous souhaite une très belle journée.",
        StepKind.SERVICE: "Il est temps de faire réviser votre pièce. Je peux la faire chercher le jour qui vous "
        "convient.",
    },
    "it": {
        StepKind.SEVEN: "Come è andata da quando ci siamo sentiti? Mi farebbe piacere saperlo.",
        StepKind.THIRTY: "È passato un mese e ho pensato a Lei. È tutto come desiderava?",
        StepKind.NINETY: "È arrivato un pezzo che mi ha fatto pensare a Lei. Posso mostrarglielo?",
        StepKind.OCCASION: "Ho ricordato la data e Le auguro una splendida giornata.",
        StepKind.SERVICE: "È il momento di far controllare il Suo pezzo. Posso farlo ritirare nel giorno che "
        "preferisce.",
    },
    "de": {
        StepKind.SEVEN: "Wie ist es Ihnen seit unserem Gespräch ergangen? Ich freue mich, von Ihnen zu hören.",
        StepKind.THIRTY: "Ein Monat ist vergangen, und ich habe an Sie gedacht. Ist alles, wie Sie es sich wünschten?",
        StepKind.NINETY: "Ein Stück ist eingetroffen, bei dem ich an Sie dachte. Darf ich es Ihnen zeigen?",
        StepKind.OCCASION: "Ich habe an den Tag gedacht und wünsche Ihnen einen sehr schönen.",
        StepKind.SERVICE: "Es ist Zeit, Ihr Stück durchsehen zu lassen. Ich lasse es gern an einem Tag abholen, der "
        "Ihnen passt.",
    },
    "es": {
        StepKind.SEVEN: "¿Cómo ha ido desde que hablamos? Me encantaría saberlo.",
        StepKind.THIRTY: "Ha pasado un mes y he pensado en usted. ¿Está todo como esperaba?",
        StepKind.NINETY: "Ha llegado una pieza que me hizo pensar en usted. ¿Puedo enseñársela?",
        StepKind.OCCASION: "Recordé la fecha y le deseo un día muy feliz.",
        StepKind.SERVICE: "Es momento de revisar su pieza. Puedo hacer que la recojan el día que le convenga.",
    },
    "ja": {
        StepKind.SEVEN: "先日はありがとうございました。その後いかがお過ごしでしょうか。",
        StepKind.THIRTY: "ひと月が経ち、ご様子が気になりご連絡いたしました。お気に召していただけておりますか。",
        StepKind.NINETY: "お客様を思い浮かべる品が届きました。次の機会にご覧いただけますか。",
        StepKind.OCCASION: "大切な日を覚えておりました。素晴らしい一日となりますように。",
        StepKind.SERVICE: "お手入れの時期となりました。ご都合のよい日にお引き取りに伺えます。",
    },
    "zh": {
        StepKind.SEVEN: "自上次交谈以来一切可好？很想听听您的近况。",
        StepKind.THIRTY: "转眼一个月了，想起了您。一切是否如您所愿？",
        StepKind.NINETY: "新到一件作品，让我想起了您。下次可否请您过目？",
        StepKind.OCCASION: "一直记得这个日子，祝您度过美好的一天。",
        StepKind.SERVICE: "您的作品到了保养的时候。我可以安排在您方便的日子上门取件。",
    },
}
"""By language, what an advisor may send; they write it their own way before it goes."""


def sentence_for(kind: StepKind, locale: str) -> str:
    """In the client's language where there is one, else in English."""
    return SENTENCES.get(written_in(locale), SENTENCES["en"])[kind]


def due(kind: StepKind, *, closed_on: date, day: date | None) -> date | None:
    """The day of a step: so many after the return was closed, or the day that was named. None: that day is over."""
    if kind in DAYS:
        return closed_on + timedelta(days=DAYS[kind])
    return day if day is not None and day > closed_on else None
