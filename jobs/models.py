"""Rows the engine does not keep: who is alive, and which jobs are in trouble."""

from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from kit.db import word

BEAT_LIMIT = timedelta(seconds=30)
"""A worker whose last beat is older counts as gone."""


class WorkerBeat(SQLModel, table=True):
    """A worker process says it is alive. `slot` is also its executor id in the engine."""

    slot: str = Field(primary_key=True, max_length=200)
    beat_at: datetime
    started_at: datetime
    counters: list = Field(default_factory=list, sa_type=sa.JSON)  # kit.metrics.snapshot(), so that /metrics shows it


class TroubleState(StrEnum):
    RETRYING = "retrying"
    WAITING = "waiting"
    GIVEN_UP = "given_up"


class JobTrouble(SQLModel, table=True):
    """A job that did not succeed at once. Removed when it does; kept and shown when it was given up."""

    id: int | None = Field(default=None, primary_key=True)
    root_id: str = Field(unique=True, max_length=200)
    name: str = Field(max_length=100)
    args: dict = Field(default_factory=dict, sa_type=sa.JSON)
    key: str = Field(default="", max_length=200)
    shop_id: int | None = Field(default=None, index=True)
    state: TroubleState = Field(sa_type=word(TroubleState))
    attempts: int = 0
    reason: str = ""
    cause: str = Field(default="", max_length=40, sa_column_kwargs={"server_default": ""})  # a word of kit.causes
    first_at: datetime
    last_at: datetime
    next_at: datetime | None = None
