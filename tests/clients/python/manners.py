"""How the door itself behaves: reflection, health, request ids, strangers, broken messages."""

from __future__ import annotations

from pathlib import Path

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from door import CALL_SECONDS, Door, credentials, enum_name
from report import Report, same

HEALTH = "lienthong.v1.SyncService/GetSyncHealth"
VERIFY = "lienthong.v1.PopulationService/VerifyCitizen"


class Manners:
    """The door, met with good and with bad manners."""

    SERVICES = (
        "grpc.health.v1.Health",
        "lienthong.v1.AuditService",
        "lienthong.v1.CatalogueService",
        "lienthong.v1.DossierService",
        "lienthong.v1.EssentialServicesService",
        "lienthong.v1.PopulationService",
        "lienthong.v1.SyncService",
    )

    def __init__(self, door: Door, ready: dict, strangers: Path) -> None:
        self.door, self.ready, self.strangers = door, ready, strangers

    def run(self, report: Report) -> None:
        """Runs the checks."""
        for version in ("v1", "v1alpha"):
            report.check(
                f"reflection {version} lists the services",
                lambda version=version: self.reflection(version),
            )
        report.check("health is SERVING, as a whole and by service", self.health)
        report.check("health of an unknown service is NOT_FOUND", self.unknown_health)
        report.check("the sync tells how it stands", self.sync_health)
        report.check("x-request-id comes back", self.request_id)
        report.check("an unserved method is UNIMPLEMENTED", self.unserved)
        report.check("bytes that are no message are refused", self.garbage)
        report.check("a message of 8 MiB is refused", self.oversized)
        report.check("no client certificate, no connection", self.without_certificate)
        report.check("a certificate of another authority, no connection", self.other_authority)
        report.check("a certificate that belongs to no client is UNAUTHENTICATED", self.unmapped)

    def reflection(self, version: str) -> None:
        listed = self.door.services(version)
        missing = [service for service in self.SERVICES if service not in listed]
        same(missing, [], f"not listed in {listed}")

    def health(self) -> None:
        stub = health_pb2_grpc.HealthStub(self.door.channel)
        for service in ("", "lienthong.v1.PopulationService", "lienthong.v1.DossierService"):
            answer = stub.Check(
                health_pb2.HealthCheckRequest(service=service), timeout=CALL_SECONDS
            )
            same(answer.status, health_pb2.HealthCheckResponse.SERVING, f"health of '{service}'")

    def unknown_health(self) -> None:
        failure = self.door.failure_of_bytes(
            "grpc.health.v1.Health/Check",
            health_pb2.HealthCheckRequest(service="no.such.Service").SerializeToString(),
        )
        same(failure.code, grpc.StatusCode.NOT_FOUND)

    def sync_health(self) -> None:
        health = self.door.call(HEALTH, {}).message.health
        assert enum_name(health, "condition") in ("HEALTHY", "LAGGING", "STALLED")
        same([upstream.name for upstream in health.upstreams], ["portal", "population"])

    def request_id(self) -> None:
        reply = self.door.call(HEALTH, {}, {"x-request-id": "python-42"})
        same(reply.metadata.get("x-request-id"), "python-42")
        reply = self.door.call(HEALTH, {})
        assert reply.metadata.get("x-request-id"), "no id was given to a call without one"

    def unserved(self) -> None:
        failure = self.door.failure_of_bytes("lienthong.v1.PopulationService/NoSuchMethod", b"")
        same((failure.code, failure.reason), (grpc.StatusCode.UNIMPLEMENTED, "UNKNOWN_METHOD"))

    def garbage(self) -> None:
        # A length-delimited field that promises more than follows, and a name that is not UTF-8.
        for body in (b"\x0a\x7f\x01", b"\x1a\x02\xff\xfe"):
            failure = self.door.failure_of_bytes(VERIFY, body)
            same(failure.code, grpc.StatusCode.INVALID_ARGUMENT, f"code for {body!r}")
            same(failure.reason, "MALFORMED_MESSAGE")

    def oversized(self) -> None:
        failure = self.door.failure_of_bytes(VERIFY, b"\x1a\x80\x80\x80\x04" + b"A" * (8 << 20))
        same(failure.code, grpc.StatusCode.INVALID_ARGUMENT)
        same(failure.reason, "MESSAGE_TOO_LARGE")

    def _stranger(self, certificate: str | None):
        files = (
            (str(self.strangers / f"{certificate}.pem"), str(self.strangers / f"{certificate}.key"))
            if certificate
            else ()
        )
        door = Door(self.ready["grpc_tls"], credentials(self.ready["ca_cert"], *files))
        return door.failure_of_bytes(HEALTH, b"")

    def without_certificate(self) -> None:
        same(self._stranger(None).code, grpc.StatusCode.UNAVAILABLE)

    def other_authority(self) -> None:
        same(self._stranger("other-authority").code, grpc.StatusCode.UNAVAILABLE)

    def unmapped(self) -> None:
        failure = self._stranger("unmapped")
        same((failure.code, failure.reason), (grpc.StatusCode.UNAUTHENTICATED, "UNKNOWN_CALLER"))
