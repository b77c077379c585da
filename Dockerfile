# fairdial beside a containerised or remote Asterisk. Build: docker build -t fairdial .
#
# Run it with the network of the machine (ARI on loopback), its configuration and its journal:
#   docker run --network host --stop-timeout 330 -v /etc/fairdial:/etc/fairdial:ro -v fairdial:/var/lib/fairdial fairdial
# The stop timeout is longer than the longest drain, or calls in progress would be cut.
# Commands: docker exec CONTAINER fairdial campaign list

FROM node:20-slim AS build
WORKDIR /opt/fairdial
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY scripts/copy-assets.mjs scripts/
COPY src src
RUN npm run -s build && npm prune --omit=dev --no-audit --no-fund && chmod 755 dist/src/main.js

FROM node:20-slim
ENV NODE_ENV=production
# The user has a number that no machine uses for somebody else, for files that are shared with the machine.
RUN groupadd --system --gid 10001 fairdial \
    && useradd --system --uid 10001 --gid fairdial --no-create-home --shell /usr/sbin/nologin fairdial \
    && install -d -o fairdial -g fairdial -m 750 /var/lib/fairdial /var/lib/fairdial/journal /var/lib/fairdial/spool /etc/fairdial \
    && ln -s /opt/fairdial/dist/src/main.js /usr/local/bin/fairdial
WORKDIR /opt/fairdial
COPY --from=build /opt/fairdial/package.json ./
COPY --from=build /opt/fairdial/node_modules node_modules
COPY --from=build /opt/fairdial/dist dist
USER 10001:10001
VOLUME /var/lib/fairdial
# The daemon handles signals itself, also as process 1: the first drains, the second forces.
STOPSIGNAL SIGTERM
# Whether this node's daemon renews its hold on its name. A database that is away does not make it unhealthy: the daemon
# keeps its calls meanwhile.
HEALTHCHECK --interval=30s --timeout=15s --start-period=120s --retries=3 CMD ["fairdial", "check", "--daemon"]
ENTRYPOINT ["fairdial"]
CMD ["run"]
