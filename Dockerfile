# The image of every process of Overtake: web, worker, dispatcher, and the one that migrates.
# Debian is named, so that the client below stays the one that fits docker-compose.yml's PostgreSQL.
FROM python:3.11-slim-trixie

# PyTorch's own index offers builds without CUDA, which save several gigabytes. Give its
# address where it can be reached: docker compose build --build-arg TORCH_CPU_INDEX=...
ARG TORCH_CPU_INDEX=""

ENV PYTHONUNBUFFERED=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    OVERTAKE_DATA=/data

RUN useradd --create-home --uid 10001 overtake \
    && install --directory --owner=overtake --group=overtake /data /home/overtake/.cache

# pg_dump, pg_restore and psql, for `manage.py backup` and `restore`. No older than the server; which
# fix of that version is Debian's to say.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-client-17 \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /app

# The packages are the slow part and change rarely, so they come before the sources. pip wants
# to see the rooms that pyproject.toml names; empty ones will do.
COPY pyproject.toml constraints.txt README.md ./
RUN mkdir simulator grader leaderboard \
    && pip install --no-cache-dir --constraint constraints.txt \
        ${TORCH_CPU_INDEX:+--extra-index-url "$TORCH_CPU_INDEX"} --editable .

COPY manage.py ./
COPY simulator simulator
COPY grader grader
COPY leaderboard leaderboard
COPY examples examples

# Settings with a database collect the files under hashed names. No database is asked.
RUN SECRET_KEY=not-kept DATABASE_URL=postgres://nobody@nowhere/none \
    python manage.py collectstatic --noinput

# Compiled by the user who will run it, into that user's own cache: /app belongs to root.
USER 10001
RUN python -m simulator warm && python -m grader.compiled.warm

EXPOSE 8000
CMD ["python", "-m", "leaderboard.web", "--host", "0.0.0.0", "--port", "8000"]
