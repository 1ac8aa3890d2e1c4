"""The gateway's door as a Python vendor meets it: gRPC with a client certificate, messages by reflection.

No generated code is used: every message type comes from the running server, so a descriptor that the
server tells wrongly shows here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import grpc
from google.protobuf import descriptor_pool, json_format, message_factory
from google.rpc import error_details_pb2
from grpc_reflection.v1alpha import reflection_pb2
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)
from grpc_status import rpc_status

# Longer than any call of the demo needs, so that a call that hangs ends as a failure with a name.
CALL_SECONDS = 20
STREAM_SECONDS = 60


@dataclass(frozen=True)
class Failure:
    """A call that ended with an error, with its details taken apart."""

    code: grpc.StatusCode
    message: str
    domain: str
    reason: str
    metadata: dict[str, str]
    violations: list[str]
    # None where trying again is no use.
    retry_seconds: float | None
    # The sentence for an official; empty where only a program reads it.
    vietnamese: str

    @staticmethod
    def of(error: grpc.RpcError) -> Failure:
        """Reads the status and the google.rpc details of a failed call."""
        info, fields, retry_seconds = error_details_pb2.ErrorInfo(), [], None
        sentence = error_details_pb2.LocalizedMessage()
        status = rpc_status.from_call(error)
        for detail in status.details if status else []:
            if detail.Is(error_details_pb2.ErrorInfo.DESCRIPTOR):
                detail.Unpack(info)
            elif detail.Is(error_details_pb2.BadRequest.DESCRIPTOR):
                bad_request = error_details_pb2.BadRequest()
                detail.Unpack(bad_request)
                fields += [violation.field for violation in bad_request.field_violations]
            elif detail.Is(error_details_pb2.RetryInfo.DESCRIPTOR):
                retry = error_details_pb2.RetryInfo()
                detail.Unpack(retry)
                retry_seconds = retry.retry_delay.ToTimedelta().total_seconds()
            elif detail.Is(error_details_pb2.LocalizedMessage.DESCRIPTOR):
                detail.Unpack(sentence)
        return Failure(
            error.code(),
            error.details(),
            info.domain,
            info.reason,
            dict(info.metadata),
            sorted(fields),
            retry_seconds,
            sentence.message if sentence.locale == "vi" else "",
        )


@dataclass(frozen=True)
class Reply:
    """A call that was answered: the message, and the metadata that came before it."""

    message: object
    metadata: dict[str, str]


class Door:
    """One connection to the gateway."""

    def __init__(self, address: str, credentials: grpc.ChannelCredentials) -> None:
        self.channel = grpc.secure_channel(address, credentials)
        self._pool: descriptor_pool.DescriptorPool | None = None

    def method(self, path: str):
        """Gives the descriptor of `package.Service/Method`, as the server tells it."""
        if self._pool is None:
            self._pool = descriptor_pool.DescriptorPool(
                ProtoReflectionDescriptorDatabase(self.channel)
            )
        service, name = path.split("/")
        return self._pool.FindServiceByName(service).FindMethodByName(name)

    def call(
        self,
        path: str,
        request: dict,
        metadata: dict[str, str] | None = None,
        seconds: float = CALL_SECONDS,
    ) -> Reply:
        """Calls `package.Service/Method` with a message in protobuf JSON.

        Raises grpc.RpcError when the call fails, or is not answered within `seconds`.
        """
        method = self.method(path)
        message = json_format.ParseDict(
            request, message_factory.GetMessageClass(method.input_type)()
        )
        answer = message_factory.GetMessageClass(method.output_type)
        body = message.SerializeToString()
        return self.call_bytes(path, body, answer.FromString, metadata, seconds)

    def call_bytes(
        self, path: str, request: bytes, parse=bytes, metadata=None, seconds=CALL_SECONDS
    ) -> Reply:
        """Calls a unary method with a body that is sent as it is."""
        stub = self.channel.unary_unary(
            f"/{path}", request_serializer=None, response_deserializer=parse
        )
        answer, call = stub.with_call(
            request, timeout=seconds, metadata=tuple((metadata or {}).items())
        )
        return Reply(answer, dict(call.initial_metadata()))

    def stream(self, path: str, requests: Iterable[dict]) -> grpc.Call:
        """Opens a stream in both directions; the answers are the call, to be iterated over.

        A request is taken from `requests` when the transport can send it, in another thread.
        """
        method = self.method(path)
        request = message_factory.GetMessageClass(method.input_type)
        answer = message_factory.GetMessageClass(method.output_type)
        stub = self.channel.stream_stream(
            f"/{path}",
            request_serializer=request.SerializeToString,
            response_deserializer=answer.FromString,
        )
        messages = (json_format.ParseDict(item, request()) for item in requests)
        return stub(messages, timeout=STREAM_SECONDS)

    def watch(self, path: str, request: dict) -> grpc.Call:
        """Opens a stream of answers to one request; the answers are the call."""
        method = self.method(path)
        message = json_format.ParseDict(
            request, message_factory.GetMessageClass(method.input_type)()
        )
        answer = message_factory.GetMessageClass(method.output_type)
        stub = self.channel.unary_stream(
            f"/{path}", request_serializer=None, response_deserializer=answer.FromString
        )
        return stub(message.SerializeToString(), timeout=STREAM_SECONDS)

    def failure(self, path: str, request: dict) -> Failure:
        """Calls a method that has to fail and gives the failure."""
        return self._failure(lambda: self.call(path, request))

    def failure_of_bytes(self, path: str, request: bytes) -> Failure:
        """Calls a method with a body that has to be refused and gives the failure."""
        return self._failure(lambda: self.call_bytes(path, request))

    def failure_of_watch(self, path: str, request: dict) -> Failure:
        """Opens a stream of answers that has to be refused and gives the failure."""
        return self._failure(lambda: list(self.watch(path, request)))

    @staticmethod
    def _failure(call) -> Failure:
        try:
            call()
        except grpc.RpcError as error:
            return Failure.of(error)
        raise AssertionError("the call was answered and should have failed")

    def services(self, version: str) -> list[str]:
        """Lists the services by the reflection protocol of `version` (v1 or v1alpha).

        The two protocols have the same messages under two names.
        """
        stub = self.channel.stream_stream(
            f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo",
            request_serializer=reflection_pb2.ServerReflectionRequest.SerializeToString,
            response_deserializer=reflection_pb2.ServerReflectionResponse.FromString,
        )
        question = reflection_pb2.ServerReflectionRequest(list_services="")
        answer = next(stub(iter([question]), timeout=CALL_SECONDS))
        return sorted(service.name for service in answer.list_services_response.service)


def credentials(ca: str, certificate: str | None = None, key: str | None = None):
    """Trusts `ca` and shows a client certificate, or none."""
    return grpc.ssl_channel_credentials(
        root_certificates=Path(ca).read_bytes(),
        private_key=Path(key).read_bytes() if key else None,
        certificate_chain=Path(certificate).read_bytes() if certificate else None,
    )


def enum_name(message, field: str) -> str:
    """Gives the name of an enum field's value."""
    return message.DESCRIPTOR.fields_by_name[field].enum_type.values_by_number[
        getattr(message, field)
    ].name


def read_json(path: str | Path):
    """Reads one JSON file."""
    return json.loads(Path(path).read_text(encoding="utf-8"))
