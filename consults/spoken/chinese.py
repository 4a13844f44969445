"""Chinese, in simplified characters."""

PHRASES: dict[str, str] = {
    "good_day": "您好",
    "the_piece": "“{title}”",
    "your_piece": "您的作品",
    "us": "我们",
    "your_advisor": "您的顾问",
    "by_telephone": "电话",
    "at_boutique": "在精品店",
    "at": "{day} {hour}",
    "here": "{time}（{city}，{offset}）",
    "there": "{here}。{city}（{offset}）时间：{time}",
    "entry": "{piece}。进入会面室、更改时间或取消：{link}",
    "left": "{owner}已离任。今后由{advisor}为您服务。",
    "away": "{owner}正在休假。",
    "away_until": "{owner}正在休假，至{day}为止。",
    "off_shift": "{owner}目前不在店内。",
    "off_shift_until": "{owner}将于{day}回来。",
    "full": "{owner}正在接待其他来宾。",
    "no_texts": "{owner}正在店内接待，一时不便联络。",
    "meanwhile": "{reason}在此期间由{advisor}为您服务；{owner}会同步了解往来内容，之后继续为您服务。",
    "somebody": "您的一位亲友",
    "line_away": "您好。{advisor}此刻不便接听电话。我们会把可以会谈的时间发给您。您也可以直接以文字回复，"
    "{advisor}会亲自阅读。",
    "line_stranger": "您好，感谢您致电{house}。此号码用于处理进行中的退货。",
    "line_stranger_ring": "请拨打{telephone}与我们联系。",
    "line_gone": "您好。此号码无人接听。",
}
