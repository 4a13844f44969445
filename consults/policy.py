"""What the merchant chose about conversations."""

from sqlmodel import Session

from consults.models import ConsultPolicy


def policy_of(session: Session, *, shop_id: int) -> ConsultPolicy:
    """The shop's row, or the defaults when it has none (then not attached to the session)."""
    return session.get(ConsultPolicy, shop_id) or ConsultPolicy(shop_id=shop_id)


def set_policy(session: Session, *, shop_id: int, **values: int) -> ConsultPolicy:
    """Choose some of it. Raises ValueError when the length, step and buffers are not multiples of five minutes."""
    policy = session.get(ConsultPolicy, shop_id) or ConsultPolicy(shop_id=shop_id)
    for name, value in values.items():
        if name not in ConsultPolicy.model_fields or name == "shop_id" or value < 0:
            raise ValueError(f"{name}: {value}")
        setattr(policy, name, value)
    # Times are taken in cells of five minutes.
    if any(m % 5 for m in (policy.minutes, policy.step_minutes, policy.buffer_before, policy.buffer_after)):
        raise ValueError("Lengths, steps and pauses are multiples of five minutes.")
    if policy.minutes == 0 or policy.step_minutes == 0:
        raise ValueError("A conversation has a length and a step.")
    session.add(policy)
    session.flush()
    return policy
