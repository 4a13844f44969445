"""Imports every models.py, for migrations and tests."""

from sqlmodel import SQLModel

import consults.models
import jobs.models
import logistics.models
import notifications.models
import routing.ledgers
import routing.models
import shops.models
import webhooks.models

MODELS = (
    shops.models,
    jobs.models,
    webhooks.models,
    notifications.models,
    consults.models,
    logistics.models,
    routing.models,
    routing.ledgers,
)
metadata = SQLModel.metadata
