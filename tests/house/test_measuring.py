"""What the benchmarks promise about themselves: who shares a core with whom decides what their ratios say."""

import os

import psycopg

from benchmarks.servers import private_postgres


def test_the_database_runs_on_the_core_asked_for_wherever_who_asks_runs() -> None:
    """Asked for by the load, which has a core of its own, it once ran there: beside the load, not beside the server."""
    if not hasattr(os, "sched_setaffinity"):
        return  # on this system nothing is pinned, and the load takes no core of its own either
    cores = os.sched_getaffinity(0)
    servers, load = min(cores), max(cores)
    os.sched_setaffinity(0, {load})
    try:
        with private_postgres(core=servers) as url:
            address = url.replace("postgresql+psycopg://", "postgresql://")
            with psycopg.connect(address) as connection:
                (backend,) = connection.execute("SELECT pg_backend_pid()").fetchone() or (0,)
                assert os.sched_getaffinity(backend) == {servers}
        assert os.sched_getaffinity(0) == {load}
    finally:
        os.sched_setaffinity(0, cores)
