"""Arabic. The house speaks to one person in the plural of respect."""

PHRASES: dict[str, str] = {
    "good_day": "تحية طيبة",
    "the_piece": "«{title}»",
    "your_piece": "قطعتكم",
    "us": "فريقنا",
    "your_advisor": "مستشاركم",
    "by_telephone": "عبر الهاتف",
    "at_boutique": "في البوتيك",
    "at": "{day}، {hour}",
    "here": "{time}، {city} ({offset})",
    "there": "{here}. وفي {city} ({offset}): {time}",
    "entry": "{piece}. للدخول إلى الغرفة أو لتغيير الموعد أو لإلغائه: {link}",
    "left": "انتهى عمل {owner} معنا. من الآن أنتم في عناية {advisor}.",
    "looks_after": "من الآن أنتم في عناية {advisor}.",
    "away": "{owner} في إجازة.",
    "away_until": "{owner} في إجازة حتى {day}.",
    "off_shift": "{owner} خارج أوقات الدوام حاليًا.",
    "off_shift_until": "موعد عودة {owner} إلى العمل: {day}.",
    "full": "{owner} في لقاء آخر الآن.",
    "no_texts": "{owner} في صالة العرض، وقد يتأخر الرد قليلًا.",
    "meanwhile": "{reason} في هذه الأثناء أنتم في عناية {advisor}، مع اطلاع {owner} على المراسلات إلى حين "
    "العودة إليكم.",
    "somebody": "شخص مقرّب منكم",
    "line_away": "مرحبًا بكم. لا يمكن الرد من {advisor} على الهاتف الآن. سنرسل إليكم مواعيد للحديث. ويمكنكم "
    "أيضًا أن تجيبونا كتابةً، وستصل كلماتكم إلى {advisor}.",
    "line_stranger": "مرحبًا بكم، وشكرًا لاتصالكم بدار {house}. هذا الرقم مخصص لطلبات الإرجاع الجارية.",
    "line_stranger_ring": "يمكنكم الاتصال بنا على {telephone}.",
    "line_gone": "مرحبًا بكم. لا أحد متاح على هذا الرقم.",
}
