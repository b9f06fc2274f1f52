# One image for every Earshot process; the command says which: services/{ingest,liveness,engine,standalone}/src/main.ts
FROM node:24-bookworm-slim AS dependencies
WORKDIR /earshot
COPY package.json package-lock.json .npmrc ./
COPY packages packages
COPY services services
# The image brings Node itself, so the packages that carry one (optional) stay out.
RUN npm ci --omit=dev --omit=optional --no-audit --no-fund

FROM node:24-bookworm-slim
ARG BUILD=dev-unknown
ENV NODE_ENV=production \
    EARSHOT_BUILD=${BUILD} \
    EARSHOT_LOG_FORMAT=json \
    EARSHOT_INGEST_HOST=0.0.0.0 \
    EARSHOT_ENGINE_HOST=0.0.0.0 \
    EARSHOT_OPERATIONS_HOST=0.0.0.0 \
    EARSHOT_DATA_DIR=/var/lib/earshot
WORKDIR /earshot
RUN mkdir --mode=700 /var/lib/earshot && chown node:node /var/lib/earshot
COPY --from=dependencies /earshot/node_modules node_modules
COPY package.json LICENSE ./
COPY scripts/healthcheck.mjs scripts/healthcheck.mjs
COPY packages packages
COPY services services
USER node
VOLUME /var/lib/earshot
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s --retries=3 CMD ["node", "scripts/healthcheck.mjs"]
CMD ["node", "services/standalone/src/main.ts"]
