// The google.rpc messages in which the gateway tells what is wrong, as far as these clients read them.
//
// They are described here by hand because no npm package carries them without a build step; fields that
// are not named are skipped as unknown.

import { createFileRegistry, fromBinary, fromJson } from "@bufbuild/protobuf";
import {
  anyUnpack,
  FileDescriptorProtoSchema,
  file_google_protobuf_any,
  file_google_protobuf_duration,
} from "@bufbuild/protobuf/wkt";

const OPTIONAL = "LABEL_OPTIONAL";
const REPEATED = "LABEL_REPEATED";

function text(name, number) {
  return { name, number, label: OPTIONAL, type: "TYPE_STRING", jsonName: name };
}

function list(name, number, typeName) {
  return { name, number, label: REPEATED, type: "TYPE_MESSAGE", typeName, jsonName: name };
}

const imported = [file_google_protobuf_any, file_google_protobuf_duration];
const file = fromJson(FileDescriptorProtoSchema, {
  name: "google_rpc.proto",
  package: "google.rpc",
  syntax: "proto3",
  dependency: imported.map(({ proto }) => proto.name),
  messageType: [
    {
      name: "Status",
      field: [
        { name: "code", number: 1, label: OPTIONAL, type: "TYPE_INT32", jsonName: "code" },
        text("message", 2),
        list("details", 3, ".google.protobuf.Any"),
      ],
    },
    {
      name: "ErrorInfo",
      nestedType: [
        { name: "MetadataEntry", field: [text("key", 1), text("value", 2)], options: { mapEntry: true } },
      ],
      field: [
        text("reason", 1),
        text("domain", 2),
        list("metadata", 3, ".google.rpc.ErrorInfo.MetadataEntry"),
      ],
    },
    {
      name: "RetryInfo",
      field: [
        {
          name: "retry_delay",
          number: 1,
          label: OPTIONAL,
          type: "TYPE_MESSAGE",
          typeName: ".google.protobuf.Duration",
          jsonName: "retryDelay",
        },
      ],
    },
    {
      name: "BadRequest",
      nestedType: [{ name: "FieldViolation", field: [text("field", 1)] }],
      field: [list("field_violations", 1, ".google.rpc.BadRequest.FieldViolation")],
    },
  ],
});
const registry = createFileRegistry(file, (name) => imported.find(({ proto }) => proto.name === name));
const Status = registry.getMessage("google.rpc.Status");
export const ErrorInfo = registry.getMessage("google.rpc.ErrorInfo");
export const BadRequest = registry.getMessage("google.rpc.BadRequest");

export const RetryInfo = registry.getMessage("google.rpc.RetryInfo");

/**
 * What a failed call tells a program: reason and domain, and the fields that break a rule, sorted; for a
 * failure of an upstream also which, what the law leaves instead, and whether to try again.
 */
export function failureOf(infos, badRequests, retries) {
  const [info = { reason: "", domain: "", metadata: {} }] = infos;
  const { reason, domain, metadata } = info;
  const violations = badRequests.flatMap((bad) => bad["fieldViolations"].map(({ field }) => field)).sort();
  if (!metadata["upstream"]) return { reason, domain, violations };
  const retry = retries.some(({ retryDelay }) => retryDelay !== undefined);
  return { reason, domain, violations, metadata: { ...metadata }, retry };
}

/** Reads the bytes of `grpc-status-details-bin`. */
export function failureOfStatus(bytes) {
  const { details } = fromBinary(Status, bytes);
  const unpacked = details.map((any) => anyUnpack(any, registry)).filter(Boolean);
  const of = ({ typeName }) => unpacked.filter((message) => message.$typeName === typeName);
  return failureOf(of(ErrorInfo), of(BadRequest), of(RetryInfo));
}
