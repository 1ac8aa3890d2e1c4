// The google.rpc messages in which the gateway tells what is wrong, as far as these clients read them.
//
// They are described here by hand because no npm package carries them without a build step; fields that
// are not named are skipped as unknown.

import { createFileRegistry, fromBinary, fromJson } from "@bufbuild/protobuf";
import { anyUnpack, FileDescriptorProtoSchema, file_google_protobuf_any } from "@bufbuild/protobuf/wkt";

const OPTIONAL = "LABEL_OPTIONAL";
const REPEATED = "LABEL_REPEATED";

function text(name, number) {
  return { name, number, label: OPTIONAL, type: "TYPE_STRING", jsonName: name };
}

function list(name, number, typeName) {
  return { name, number, label: REPEATED, type: "TYPE_MESSAGE", typeName, jsonName: name };
}

const file = fromJson(FileDescriptorProtoSchema, {
  name: "google_rpc.proto",
  package: "google.rpc",
  syntax: "proto3",
  dependency: ["google/protobuf/any.proto"],
  messageType: [
    {
      name: "Status",
      field: [
        { name: "code", number: 1, label: OPTIONAL, type: "TYPE_INT32", jsonName: "code" },
        text("message", 2),
        list("details", 3, ".google.protobuf.Any"),
      ],
    },
    { name: "ErrorInfo", field: [text("reason", 1), text("domain", 2)] },
    {
      name: "BadRequest",
      nestedType: [{ name: "FieldViolation", field: [text("field", 1)] }],
      field: [list("field_violations", 1, ".google.rpc.BadRequest.FieldViolation")],
    },
  ],
});
const registry = createFileRegistry(file, (name) =>
  name === file_google_protobuf_any.proto.name ? file_google_protobuf_any : undefined,
);
const Status = registry.getMessage("google.rpc.Status");
export const ErrorInfo = registry.getMessage("google.rpc.ErrorInfo");
export const BadRequest = registry.getMessage("google.rpc.BadRequest");

/** What a failed call tells a program: reason and domain, and the fields that break a rule, sorted. */
export function failureOf(infos, badRequests) {
  const [info = { reason: "", domain: "" }] = infos;
  const fields = badRequests.flatMap((bad) => bad["fieldViolations"].map(({ field }) => field));
  return { reason: info.reason, domain: info.domain, violations: fields.sort() };
}

/** Reads the bytes of `grpc-status-details-bin`. */
export function failureOfStatus(bytes) {
  const { details } = fromBinary(Status, bytes);
  const unpacked = details.map((any) => anyUnpack(any, registry)).filter(Boolean);
  const of = ({ typeName }) => unpacked.filter((message) => message.$typeName === typeName);
  return failureOf(of(ErrorInfo), of(BadRequest));
}
