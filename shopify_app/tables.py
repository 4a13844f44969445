"""Imports every models.py, for migrations and tests."""

from sqlmodel import SQLModel

import consults.aftercare.models
import consults.briefs.models
import consults.catalogue.models
import consults.gestures.models
import consults.line_models
import consults.marketing.models
import consults.models
import consults.phrase_models
import consults.pieces.models
import consults.practice.models
import consults.rounds.models
import consults.time_models
import jobs.models
import logistics.cover_models
import logistics.custody_models
import logistics.exchange_models
import logistics.foreign_models
import logistics.models
import logistics.money_models
import logistics.radar.models
import logistics.statement_models
import measures.measured
import measures.models
import measures.pilot_models
import notifications.code_models
import notifications.models
import routing.asked_models
import routing.ledgers
import routing.models
import routing.offer_models
import routing.seller_models
import routing.speaker_models
import shops.account_models
import shops.models
import webhooks.models

MODELS = (
    shops.models,
    shops.account_models,
    jobs.models,
    webhooks.models,
    notifications.models,
    notifications.code_models,
    consults.models,
    consults.line_models,
    consults.time_models,
    consults.briefs.models,
    consults.pieces.models,
    consults.gestures.models,
    consults.catalogue.models,
    consults.aftercare.models,
    consults.practice.models,
    consults.marketing.models,
    consults.rounds.models,
    consults.phrase_models,
    logistics.models,
    logistics.custody_models,
    logistics.cover_models,
    logistics.money_models,
    logistics.exchange_models,
    logistics.foreign_models,
    logistics.radar.models,
    logistics.statement_models,
    routing.models,
    routing.offer_models,
    measures.models,
    measures.measured,
    measures.pilot_models,
    routing.seller_models,
    routing.speaker_models,
    routing.ledgers,
    routing.asked_models,
)
metadata = SQLModel.metadata
