# One image; fly.toml says which process runs in it.
FROM python:3.11-slim

# PYTHONTZPATH: zones come from the pinned tzdata package, not from the system's older files.
ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PYTHONTZPATH=""

WORKDIR /app

# Before the sources, so that a change of ours doesn't install everything anew.
COPY requirements.lock ./
RUN pip install --require-hashes -r requirements.lock

COPY . .

# Once here, and not at every start: the process below may write nothing beside the sources.
RUN python -m compileall -q --invalidation-mode unchecked-hash .

# var/ is the only place it writes, and only with SQLite.
RUN useradd --system --home-dir /app --shell /usr/sbin/nologin app && install -d -o app -g app var
USER app

EXPOSE 8080
CMD ["python", "-m", "shopify_app", "web", "--port", "8080"]
