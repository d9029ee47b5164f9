# syntax=docker/dockerfile:1

FROM python:3.13-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/slotgraph
COPY requirements.lock /srv/slotgraph/
RUN /opt/slotgraph/bin/pip install --require-hashes --requirement /srv/slotgraph/requirements.lock
# The tree stays together: migrations and the exported schema are found beside the packages.
WORKDIR /srv/slotgraph
COPY pyproject.toml README.md LICENSE ./
COPY app ./app
COPY schema ./schema
COPY migrations ./migrations
COPY graphql ./graphql
RUN /opt/slotgraph/bin/pip install --no-index --no-deps --no-build-isolation --editable . \
 && /opt/slotgraph/bin/python -m compileall -q app schema

FROM python:3.13-slim-bookworm AS runtime
LABEL org.opencontainers.image.title="Slotgraph" \
      org.opencontainers.image.description="Scheduling infrastructure over GraphQL" \
      org.opencontainers.image.licenses="MIT"
ENV PATH=/opt/slotgraph/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    ENVIRONMENT=production \
    LOG_FORMAT=json \
    DATABASE_URL=sqlite:///var/lib/slotgraph/slotgraph.sqlite3
RUN groupadd --gid 10001 slotgraph \
 && useradd --uid 10001 --gid slotgraph --no-create-home --home-dir /var/lib/slotgraph --shell /usr/sbin/nologin slotgraph \
 && install --directory --owner slotgraph --group slotgraph /var/lib/slotgraph
COPY --from=build /opt/slotgraph /opt/slotgraph
COPY --from=build /srv/slotgraph /srv/slotgraph
WORKDIR /srv/slotgraph
USER slotgraph
VOLUME /var/lib/slotgraph
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=2)"]
ENTRYPOINT ["slotgraph"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
