# Understudy alone; Kamailio and Postgres are containers of their own (docker-compose.yml).
FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY .ci/sbom .ci/
COPY tsconfig.json ./
COPY src src
RUN npm run build && npm prune --omit=dev && npm run --silent sbom > sbom.cdx.json

FROM node:20-bookworm-slim
ENV NODE_ENV=production DATA_DIR=/data
WORKDIR /app
COPY --from=build /app/package.json /app/sbom.cdx.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY sql sql
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8080
CMD ["node", "dist/program/main.js"]
