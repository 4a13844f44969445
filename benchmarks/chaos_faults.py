"""What goes wrong in the chaos run at Shopify, Twilio and the carrier, and how often it did."""

from collections import Counter

from simulators.demo.records import Records

FAULTS = {
    "shopify": [
        {"operation": "*", "kind": "throttle", "rate": 0.06},
        {"operation": "*", "kind": "500", "rate": 0.04},
        {"operation": "*", "kind": "html", "rate": 0.03},
        {"operation": "*", "kind": "cut_json", "rate": 0.05},
        {"operation": "*", "kind": "timeout", "rate": 0.03, "seconds": 0.5},
        {"operation": "*", "kind": "late", "rate": 0.04, "seconds": 1.0},
    ],
    "twilio": [
        {"kind": "500", "rate": 0.06},
        {"kind": "lost", "rate": 0.06},
        {"kind": "late", "rate": 0.06, "seconds": 1.0},
    ],
    "carrier": [
        {"kind": "500", "rate": 0.06},
        {"kind": "lost", "rate": 0.06},
        {"kind": "late", "rate": 0.06, "seconds": 1.0},
    ],
}


# Carried out after we have given up waiting: 20 s for Shopify, 10 s for Twilio, 15 s for the carrier.
SLOW = {
    "shopify": [
        {"operation": "ReverseDeliveryCreateWithShipping", "kind": "slow", "times": 3, "seconds": 23},
        {"operation": "ReturnProcess", "kind": "slow", "times": 1, "seconds": 23},
        {"operation": "ReturnApproveRequest", "kind": "slow", "times": 1, "seconds": 23},
        {"operation": "ReturnCreate", "kind": "slow", "times": 1, "seconds": 23},
        {"operation": "ReturnRequest", "kind": "slow", "times": 1, "seconds": 23},
    ],
    "twilio": [{"kind": "slow", "times": 3, "seconds": 13}],
    "carrier": [{"kind": "slow", "times": 3, "seconds": 18}],
}


def faults_on(records: Records, *, slow: bool) -> None:
    """About a quarter of all calls to Shopify, and a fifth of those to Twilio and the carrier, go wrong from now on.

    With `slow` a few are carried out only when nobody waits for them any more.
    """
    records.post("shopify/faults", {"faults": [*(SLOW["shopify"] if slow else ()), *FAULTS["shopify"]]})
    for name in ("twilio", "carrier"):
        for fault in (*(SLOW[name] if slow else ()), *FAULTS[name]):
            records.post(f"{name}/faults", fault)


def faults_off(records: Records) -> None:
    """All is well with the providers again."""
    records.post("shopify/faults", {"faults": []})
    for name in ("twilio", "carrier"):
        records.post(f"{name}/faults", {"kind": "none"})


def struck(records: Records) -> Counter[str]:
    """How often each fault has struck, by "provider kind", as the stand-ins count them."""
    found = Counter(f"shopify {call['outcome']}" for call in records.get("shopify/calls"))
    del found["shopify executed"]
    for name in ("twilio", "carrier"):
        found.update({f"{name} {kind}": count for kind, count in records.get(f"{name}/faults")["struck"].items()})
    return found


def ordered(*, slow: bool) -> set[str]:
    """What faults_on() asks for, by "provider kind"."""
    lists = (FAULTS, SLOW) if slow else (FAULTS,)
    return {f"{name} {fault['kind']}" for faults in lists for name, many in faults.items() for fault in many}
