//! Inputs that nobody would send who means well: true messages, spoiled, and plain noise.

use bytes::{BufMut as _, Bytes, BytesMut};
use lienthong::demo::messages;
use lienthong_mocks::SampleCitizen;
use lienthong_proto::v1;
use lienthong_tests::raw_http2::{Kind, PREFACE, frame};
use lienthong_tests::wire::{frame_as, frame_bytes, json_of};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use prost::Message as _;

/// What is called; the seeds of the bodies stand in the same order.
pub(super) const METHODS: [&str; 9] = [
    "/lienthong.v1.PopulationService/VerifyCitizen",
    "/lienthong.v1.PopulationService/LookupCitizen",
    "/lienthong.v1.DossierService/RecordDossier",
    "/lienthong.v1.DossierService/RecordProgress",
    "/lienthong.v1.DossierService/GetDossier",
    "/lienthong.v1.SyncService/GetSyncHealth",
    "/lienthong.v1.PopulationService/LookupHousehold",
    "/lienthong.v1.PopulationService/VerifyCitizens",
    "/lienthong.v1.AuditService/ListAccesses",
];

const CODE: &str = "H99.12-250714-0007";

/// The first invented citizen.
pub(super) fn citizen() -> SampleCitizen {
    SampleCitizen {
        personal_number: Some("000185000001".to_owned()),
        old_id_card_number: None,
        full_name: "Trần Thị Mẫu Thử".to_owned(),
        birth_date: Some("1985-02-13".to_owned()),
        birth_year: 1985,
        sex: "female",
        kind: "plain",
    }
}

/// Bytes in a gRPC frame.
pub(super) fn framed(message: &[u8]) -> Bytes {
    frame_bytes(message)
}

/// A true message of each method, as protobuf and as JSON.
fn seeds() -> Vec<(Vec<u8>, String)> {
    let citizen = citizen();
    let now = jiff::Timestamp::from_second(1_752_480_000).unwrap();
    let (received, code) = (v1::PortalStatus::Received, CODE.to_owned());
    let (verify, look_up) = (
        messages::verify(&citizen, CODE),
        messages::look_up(&citizen, CODE),
    );
    let state = messages::state(CODE, received, &citizen, now);
    let step = messages::step(CODE, received, "Tiếp nhận", now);
    let get = v1::GetDossierRequest { dossier_code: code };
    let household = messages::household(&citizen, CODE);
    let item = v1::VerifyCitizensRequest {
        correlation_id: "item-1".to_owned(),
        request: Some(verify.clone()),
    };
    let accesses = messages::accesses(CODE);
    let json = |json: anyhow::Result<serde_json::Value>| json.unwrap().to_string();
    vec![
        (
            verify.encode_to_vec(),
            json(json_of("lienthong.v1.VerifyCitizenRequest", &verify)),
        ),
        (
            look_up.encode_to_vec(),
            json(json_of("lienthong.v1.LookupCitizenRequest", &look_up)),
        ),
        (
            state.encode_to_vec(),
            json(json_of("lienthong.v1.RecordDossierRequest", &state)),
        ),
        (
            step.encode_to_vec(),
            json(json_of("lienthong.v1.RecordProgressRequest", &step)),
        ),
        (
            get.encode_to_vec(),
            json(json_of("lienthong.v1.GetDossierRequest", &get)),
        ),
        (Vec::new(), "{}".to_owned()),
        (
            household.encode_to_vec(),
            json(json_of("lienthong.v1.LookupHouseholdRequest", &household)),
        ),
        (
            item.encode_to_vec(),
            json(json_of("lienthong.v1.VerifyCitizensRequest", &item)),
        ),
        (
            accesses.encode_to_vec(),
            json(json_of("lienthong.v1.ListAccessesRequest", &accesses)),
        ),
    ]
}

/// One way to spoil bytes.
#[derive(Debug, Clone)]
enum Spoiling {
    Overwrite(Index, u8),
    Insert(Index, Vec<u8>),
    Remove(Index, usize),
    Repeat(Index, usize, usize),
    Cut(Index),
}

fn spoiling(pieces: &'static [&'static str]) -> impl Strategy<Value = Spoiling> {
    let piece = prop_oneof![
        vec(any::<u8>(), 1..32),
        proptest::sample::select(pieces).prop_map(|piece| piece.as_bytes().to_vec()),
    ];
    prop_oneof![
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Spoiling::Overwrite(at, byte)),
        (any::<Index>(), piece).prop_map(|(at, bytes)| Spoiling::Insert(at, bytes)),
        (any::<Index>(), 1_usize..40).prop_map(|(at, count)| Spoiling::Remove(at, count)),
        (any::<Index>(), 1_usize..40, 2_usize..60)
            .prop_map(|(at, count, times)| Spoiling::Repeat(at, count, times)),
        any::<Index>().prop_map(Spoiling::Cut),
    ]
}

fn spoil(bytes: &mut Vec<u8>, spoiling: Spoiling) {
    let length = bytes.len();
    match spoiling {
        Spoiling::Insert(at, inserted) => {
            let at = at.index(length + 1);
            bytes.splice(at..at, inserted);
        }
        _ if length == 0 => {}
        Spoiling::Overwrite(at, byte) => bytes[at.index(length)] = byte,
        Spoiling::Remove(at, count) => {
            let at = at.index(length);
            bytes.drain(at..(at + count).min(length));
        }
        Spoiling::Repeat(at, count, times) => {
            let at = at.index(length);
            let piece = bytes[at..(at + count).min(length)].repeat(times);
            bytes.splice(at..at, piece);
        }
        Spoiling::Cut(at) => bytes.truncate(at.index(length)),
    }
}

const IN_JSON: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    "\"",
    ",",
    ":",
    "null",
    "1e999",
    "-0",
    "\\u0000",
    "\\ud800",
    "\"@type\":",
    "\u{202e}",
    "\u{0}",
    "9999999999999999999999",
    "\"context\":{},",
    "/*",
    "true",
    " ",
    "\n",
    "0",
];
const IN_PROTOBUF: &[&str] = &[
    "\u{1}",
    "\u{b}",
    "\u{c}",
    "\u{7f}\u{7f}",
    "\n\u{0}",
    "\u{12}\u{2}\n\u{0}",
];
const IN_HTTP: &[&str] = &[
    "\r\n",
    "\r\n\r\n",
    "Content-Length: 5\r\n",
    "Transfer-Encoding: chunked\r\n",
    "HTTP/1.1",
    "GET ",
    "POST ",
    "PRI * HTTP/2.0",
    "\u{0}",
    "Expect: 100-continue\r\n",
    ": ",
    "chunked, gzip",
];
const HEAD: &str = "POST /lienthong.v1.PopulationService/VerifyCitizen HTTP/1.1\r\nHost: localhost\r\n\
    Content-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";

/// A source of inputs.
pub(super) struct Inputs(TestRunner);

impl Inputs {
    /// Gives the same inputs each time.
    pub(super) fn from_a_fixed_seed() -> Self {
        Self(TestRunner::deterministic())
    }

    fn draw<T: std::fmt::Debug>(&mut self, strategy: &impl Strategy<Value = T>) -> T {
        strategy.new_tree(&mut self.0).unwrap().current()
    }

    fn spoiled(&mut self, seed: &[u8], pieces: &'static [&'static str]) -> Vec<u8> {
        let mut bytes = seed.to_vec();
        for each in self.draw(&vec(spoiling(pieces), 1..3)) {
            spoil(&mut bytes, each);
        }
        bytes
    }

    /// Spoiled protobuf messages, each for a method.
    pub(super) fn messages(&mut self, count: usize) -> Vec<(usize, Bytes)> {
        let seeds = seeds();
        let spoiled = |index: usize| {
            let method = index % METHODS.len();
            (method, self.spoiled(&seeds[method].0, IN_PROTOBUF).into())
        };
        (0..count).map(spoiled).collect()
    }

    /// Spoiled messages in frames, and spoiled frames.
    pub(super) fn grpc_bodies(&mut self, count: usize) -> Vec<(usize, Bytes)> {
        let messages = self.messages(count);
        let frame = |(method, message): (usize, Bytes)| {
            let framed = match self.draw(&(0_u8..4)) {
                0 => self.spoiled(&frame_bytes(&message), IN_PROTOBUF).into(),
                1 => frame_as(self.draw(&any::<u8>()), self.draw(&any::<u32>()), &message),
                _ => frame_bytes(&message),
            };
            (method, framed)
        };
        messages.into_iter().map(frame).collect()
    }

    /// Spoiled JSON, each for a method.
    pub(super) fn json_bodies(&mut self, count: usize) -> Vec<(usize, Bytes)> {
        let seeds = seeds();
        let spoiled = |index: usize| {
            let method = index % METHODS.len();
            (
                method,
                self.spoiled(seeds[method].1.as_bytes(), IN_JSON).into(),
            )
        };
        (0..count).map(spoiled).collect()
    }

    /// Spoiled requests of HTTP/1.1.
    pub(super) fn http_heads(&mut self, count: usize) -> Vec<Bytes> {
        (0..count)
            .map(|_| self.spoiled(HEAD.as_bytes(), IN_HTTP).into())
            .collect()
    }

    /// Connections of HTTP/2 with frames that make no sense together.
    pub(super) fn http2_frames(&mut self, count: usize) -> Vec<Bytes> {
        let kind = proptest::sample::select(vec![
            Kind::Data,
            Kind::Headers,
            Kind::ResetStream,
            Kind::Settings,
            Kind::Ping,
            Kind::Continuation,
        ]);
        let frames = vec(
            (kind, any::<u8>(), 0_u32..8, vec(any::<u8>(), 0..64)),
            1..12,
        );
        let connection = |_| {
            let mut bytes = BytesMut::from(PREFACE);
            for (kind, flags, stream, payload) in self.draw(&frames) {
                bytes.put(frame(kind, flags, stream, &payload));
            }
            bytes.freeze()
        };
        (0..count).map(connection).collect()
    }

    /// Noise, some of it beginning like TLS.
    pub(super) fn noise(&mut self, count: usize) -> Vec<Bytes> {
        let like_tls =
            vec(any::<u8>(), 0..400).prop_map(|tail| [&[22, 3, 1, 1, 0, 1][..], &tail].concat());
        let noise = prop_oneof![vec(any::<u8>(), 0..600), like_tls];
        (0..count).map(|_| self.draw(&noise).into()).collect()
    }
}
