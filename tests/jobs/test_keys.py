"""What is in trouble is known by its key, so that a sweep does not tell of it again."""

from jobs.attempts import keys_in_trouble
from jobs.models import JobTrouble, TroubleState
from kit.db import Database
from tests.cast import NOW


def test_the_keys_of_a_shops_jobs_in_trouble_and_of_no_other_shops(database: Database) -> None:
    with database.begin() as session:
        for shop_id, root in ((1, "mine"), (1, "lost"), (2, "other")):
            state = TroubleState.GIVEN_UP if root == "lost" else TroubleState.WAITING
            row = JobTrouble(root_id=root, name="a.job", shop_id=shop_id, state=state, first_at=NOW, last_at=NOW)
            row.key = f"key:{root}"
            session.add(row)
    with database.begin() as session:
        assert keys_in_trouble(session, shop_id=1) == {"key:mine", "key:lost"}
