"""Japanese."""

PHRASES: dict[str, str] = {
    "good_day": "お客様",
    "the_piece": "「{title}」",
    "your_piece": "お品物",
    "us": "私ども",
    "your_advisor": "担当者",
    "by_telephone": "お電話",
    "at_boutique": "ブティックにて",
    "at": "{day} {hour}",
    "here": "{time}（{city}、{offset}）",
    "there": "{here}。{city}（{offset}）では{time}です",
    "entry": "{piece}。ルームへの入室、日時の変更、お取り消しはこちらから：{link}",
    "left": "{owner}は退職いたしました。今後は{advisor}が承ります。",
    "looks_after": "今後は{advisor}が承ります。",
    "away": "{owner}は休暇をいただいております。",
    "away_until": "{owner}は{day}まで休暇をいただいております。",
    "off_shift": "{owner}はただいま不在にしております。",
    "off_shift_until": "{owner}は{day}に戻ります。",
    "full": "{owner}はただいま接客中です。",
    "no_texts": "{owner}は店頭におり、すぐには連絡がつきません。",
    "meanwhile": "{reason}その間は{advisor}が承ります。"
    "{owner}もやり取りを拝見しており、その後はまた{owner}が承ります。",
    "somebody": "お近くの方",
    "line_away": "お電話ありがとうございます。{advisor}はただいま電話に出ることができません。"
    "お話しできる日時をお送りいたします。"
    "そのまま文面でご返信いただくこともでき、{advisor}が拝見いたします。",
    "line_stranger": "{house}にお電話いただき、ありがとうございます。こちらはお手続き中のご返品に関する番号です。",
    "line_stranger_ring": "お電話は{telephone}で承ります。",
    "line_gone": "お電話ありがとうございます。この番号では承っておりません。",
}
