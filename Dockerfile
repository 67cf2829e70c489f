# One static program on an otherwise empty image: docs/installing.md.

FROM rust:1.95-bookworm AS build
RUN apt-get update \
    && apt-get install --yes --no-install-recommends musl-tools \
    && rustup target add "$(uname -m)-unknown-linux-musl"
WORKDIR /source
COPY . .
RUN target="$(uname -m)-unknown-linux-musl" \
    && cargo build --release --locked --package doorward --target "$target" \
    && mkdir -p /image/etc/ssl/certs /image/data \
    && cp "target/$target/release/doorward" /image/doorward \
    && cp /etc/ssl/certs/ca-certificates.crt /image/etc/ssl/certs/ \
    && chown 10001:10001 /image/data \
    && chmod 700 /image/data \
    && /image/doorward --version

FROM scratch
COPY --from=build /image/ /
# A number, so that Kubernetes can see that it is not root.
USER 10001:10001
WORKDIR /data
VOLUME /data
ENV DOORWARD_SERVER_LISTEN=0.0.0.0:8080 \
    DOORWARD_DATABASE_URL=sqlite:/data/doorward.db
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=4s --start-period=60s --retries=3 CMD ["/doorward", "health"]
ENTRYPOINT ["/doorward"]
CMD ["serve"]
