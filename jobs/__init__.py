"""Everything that happens later: a job is a row in the same database, secured by the caller's own transaction."""

from jobs.queue import enqueue, publish

__all__ = ["enqueue", "publish"]
