# The coordinator on a Java virtual machine, built from source. A container builder is all it needs:
#
#   docker build -t handfast/coordinator .
#   docker run --rm --read-only --tmpfs /tmp -v handfast:/var/lib/handfast handfast/coordinator
#
# src/main/docker/compose.yaml runs it together with a broker and a database.
#
# The decision log is in /var/lib/handfast. Mount a volume there: what is on the container's own
# layer goes with the container, and with it the decisions on transactions that were in flight.
#
# It writes there and to /tmp, nowhere else: run it with a read-only root file system and a tmpfs on
# /tmp, as compose.yaml does.
#
# The API listens on 127.0.0.1 inside the container, so publishing port 8080 reaches nothing, until
# QUARKUS_HTTP_HOST says 0.0.0.0 and users are configured, as compose.yaml does.
FROM eclipse-temurin:17-jdk AS build

WORKDIR /src
COPY . .
RUN ./mvnw -B -q -Dquick -pl coordinator -am package

FROM eclipse-temurin:17-jre

ARG VERSION=0.1.0-SNAPSHOT
LABEL org.opencontainers.image.title="Handfast" \
      org.opencontainers.image.description="Exactly-once delivery from a message broker into a database" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="Apache-2.0"

RUN groupadd --system --gid 10001 handfast \
 && useradd --system --uid 10001 --gid handfast --home-dir /opt/handfast --no-create-home handfast \
 && install -d -o handfast -g handfast -m 0750 /var/lib/handfast

WORKDIR /opt/handfast

# What changes least comes first, so that a new version of Handfast is one small layer.
COPY --from=build /src/coordinator/target/quarkus-app/lib/ lib/
COPY --from=build /src/coordinator/target/quarkus-app/quarkus-run.jar ./
COPY --from=build /src/coordinator/target/quarkus-app/quarkus/ quarkus/
COPY --from=build /src/coordinator/target/quarkus-app/app/ app/

# Starts it once, so that Java need not read and check the same classes at every start.
COPY src/main/scripts/archive-classes.sh /tmp/
RUN /tmp/archive-classes.sh /opt/handfast && rm /tmp/archive-classes.sh

ENV HANDFAST_DATA_DIRECTORY=/var/lib/handfast
EXPOSE 8080
VOLUME /var/lib/handfast
# By number: what runs it can then see that it is not root.
USER 10001:10001

# Ready: recovery has asked every participant that can be reached. Bash speaks TCP by itself, so the
# image needs no client for it.
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s --retries=6 \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /q/health/ready HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && read -r line <&3 && [[ $line == *' 200 '* ]]"]

# No shell in between: SIGTERM must reach the coordinator, which then finishes the units in flight.
# Out of memory it ends and is started again: recovery knows what to do then, a process that has lost
# threads does not.
ENTRYPOINT ["java", "-XX:SharedArchiveFile=handfast.jsa", "-XX:MaxRAMPercentage=70", "-XX:+ExitOnOutOfMemoryError", "-jar", "quarkus-run.jar"]
