"""What a process does before anything else: its log, its time zones, its keys, and who hears of crashes."""

from kit import clock, log
from kit.settings import Settings
from shopify_app.reporting import start_reporting
from shops import crypt


def start(settings: Settings) -> None:
    """Once more does no harm. Raises RuntimeError where the zone tables are too old."""
    log.configure(settings.log_format)
    clock.check_zones()
    crypt.use_keys(settings.token_keys)
    start_reporting(settings)
