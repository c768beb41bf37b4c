# One image for every process of the product: `partnerstwo web`, `worker`, `beat`, `db upgrade` and the rest.
FROM python:3.13-slim-bookworm AS packages
COPY requirements.txt /tmp/requirements.txt
RUN python -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r /tmp/requirements.txt

FROM python:3.13-slim-bookworm
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONPATH=/app \
    PYTHONUNBUFFERED=1 \
    PARTNERSTWO_ENV=production \
    PARTNERSTWO_DATA=/data \
    HOST=0.0.0.0 \
    PORT=8000
RUN useradd --uid 10001 --no-create-home --home-dir /data partnerstwo \
 && install -d -o partnerstwo -m 700 /data
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY LICENSE pyproject.toml ./
COPY workflow workflow
COPY web web
COPY tasks tasks
RUN printf '#!/bin/sh\nexec python -m web.cli "$@"\n' > /usr/local/bin/partnerstwo \
 && chmod 755 /usr/local/bin/partnerstwo \
 && python -m compileall -q /app
USER partnerstwo
VOLUME /data
EXPOSE 8000
ENTRYPOINT ["partnerstwo"]
CMD ["web"]
