"""Chinese, in simplified characters."""

from logistics.radar.kinds import Failure

FAULTS = {
    Failure.CARRIER: "您寄给我们的包裹没有按应有的进度运送，原因我们还没有查明。",
    Failure.NEED_BY: "由于我们的延误，已无法确定能否赶上您需要的那一天。",
    Failure.STOCK_GONE: "我们答应为您准备的作品已经不在了。我们本来应当为您留好。",
    Failure.MISMATCH: "我们从包裹中取出的物品与单据上所写的不符。我们还不清楚是怎么发生的。",
    Failure.REFUND_LATE: "款项早就应当退回到您手中，却还没有到账。",
    Failure.SILENT_ADVISOR: "您给我们写了信，而我们没有在答应的时间内回复。",
}
WAYS = {
    "courier": "专人送上{piece}。今晚或明天，专人从{place}送到您手中。",
    "collect": "在{place}领取{piece}。从今天起为您保留，您可以来领取或试戴。",
    "pay": "今天退款。款项今天退回，无需再等。",
    "ring": "今天致电。您的顾问今天会致电给您，并陪同您直到事情办妥。",
    "time": "由您选择时间。您选择下一个空闲时间，我们为您保留。",
    "collect_again": "上门取件。明天有专人上门取件，并按全额投保。",
    "look_together": "我们一起查看。我们的两位同事会再次打开包裹，并与您保持通话。",
    "send_back": "送回您手中。我们把收到的物品投保后送回，请您亲自查看。",
    "colleague": "由{name}接手。{name}已阅读全部内容，今天会回复您。",
}
