//! Ten thousand hostile inputs leave the gateway serving.
//!
//! What a reader would get wrong: the inputs are drawn from a fixed seed, so that a find is
//! found again. New ones are the business of the fuzz targets; what those find goes into
//! their corpus, which is replayed here.

mod corpus;
mod floods;
mod inputs;
mod portal_corpus;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use lienthong::demo::messages;
use lienthong::demo::vendor::Vendor;
use lienthong::pki::PkiFiles;
use lienthong_proto::v1::Verdict;
use lienthong_tests::process::{Process, Processes};
use lienthong_tests::settings::Settings;
use lienthong_tests::stage::plain_vendor;
use lienthong_tests::wire::{Received, Wire};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tonic::Code;

use inputs::{Inputs, METHODS};

/// Longest wait for an answer to one input; a hostile peer is not owed one.
const PATIENCE: Duration = Duration::from_secs(10);
/// Most memory that the gateway may hold on to afterwards.
const GROWTH: u64 = 200 << 20;
const AT_ONCE: usize = 16;

/// A gateway in a process of its own, with the government side in another.
struct Target {
    processes: Processes,
    gateway: Process,
    plain: SocketAddr,
    tls: SocketAddr,
    before: u64,
}

impl Target {
    async fn start() -> Self {
        let processes = Processes::start(Settings::default().with("log.filter", "info"))
            .await
            .unwrap();
        let gateway = processes.serve().await.unwrap();
        let plain = gateway.address("grpc_plain").unwrap();
        let tls = gateway.address("grpc_tls").unwrap();
        let mut target = Self {
            processes,
            gateway,
            plain,
            tls,
            before: 0,
        };
        target.serves().await;
        target.before = target.gateway.memory().unwrap();
        target
    }

    /// Somebody is verified, in plain text and over mutual TLS.
    async fn serves(&mut self) {
        let mut plain = plain_vendor(&self.plain.to_string()).await.unwrap();
        let pki = PkiFiles::in_dir(&self.processes.dir().join("pki"));
        let read = |path| std::fs::read_to_string(path).unwrap();
        let (ca, chain, key) = (
            read(&pki.ca),
            read(&pki.client_chain),
            read(&pki.client_key),
        );
        let mut secure = Vendor::connect(self.tls, &ca, &chain, &key).await.unwrap();
        for vendor in [&mut plain, &mut secure] {
            let request = messages::verify(&inputs::citizen(), "H99.12-250714-0007");
            let answer = vendor
                .population
                .verify_citizen(request)
                .await
                .unwrap()
                .into_inner();
            assert_eq!(answer.verdict(), Verdict::Match);
        }
    }

    /// The gateway still serves, has not panicked and holds no more memory than it should.
    async fn is_unharmed(&mut self) {
        assert!(
            self.gateway.is_running().unwrap(),
            "{}",
            self.gateway.log().unwrap()
        );
        self.serves().await;
        let after = self.gateway.memory().unwrap();
        let grown = after.saturating_sub(self.before);
        assert!(grown < GROWTH, "{} MiB more than before", grown >> 20);
        let log = self.gateway.log().unwrap();
        let panics: Vec<_> = log.lines().filter(|line| line.contains("panic")).collect();
        assert!(panics.is_empty(), "{panics:#?}");
    }
}

/// How many answers had which HTTP status and gRPC code.
type Answers = BTreeMap<(u16, String), usize>;

/// Whatever comes in, an answer is never a fault of the gateway.
fn no_fault(what: &str, answer: &Received) -> (u16, String) {
    assert_ne!(answer.http, 500, "{what}: {:?}", answer.body);
    let code = answer.status().map(|status| status.code());
    if let Ok(code) = code {
        let faults = [Code::Internal, Code::Unknown, Code::DataLoss];
        assert!(!faults.contains(&code), "{what}: {code:?}");
    }
    (
        answer.http.as_u16(),
        code.map(|code| format!("{code:?}")).unwrap_or_default(),
    )
}

/// Posts inputs over connections that are kept for as long as they last.
async fn post_all(address: SocketAddr, content_type: &str, inputs: Vec<(usize, Bytes)>) -> Answers {
    let lanes = inputs.len().div_ceil(AT_ONCE);
    let answers = Mutex::new(Answers::new());
    let all = &answers;
    stream::iter(inputs.chunks(lanes))
        .for_each_concurrent(AT_ONCE, |lane| async move {
            let mut wire = Wire::plain(address).await.unwrap();
            for (method, body) in lane {
                let path = METHODS[*method];
                let headers = [("content-type", content_type), ("te", "trailers")];
                match timeout(PATIENCE, wire.post(path, &headers, body.clone())).await {
                    Ok(Ok(answer)) => {
                        let kind = no_fault(&format!("{path} {body:?}"), &answer);
                        *all.lock().unwrap().entry(kind).or_default() += 1;
                    }
                    // The gateway may cut a stream or a connection that breaks the rules.
                    Ok(Err(_)) => wire = Wire::plain(address).await.unwrap(),
                    Err(late) => panic!("no answer to {path} {body:?}: {late}"),
                }
            }
        })
        .await;
    answers.into_inner().unwrap()
}

/// Inputs that are all refused at the threshold would show nothing: some must be taken.
fn reaches_the_services(answers: &Answers, kinds: &[(u16, &str)]) {
    for (http, code) in kinds {
        let count = answers
            .get(&(*http, (*code).to_owned()))
            .copied()
            .unwrap_or(0);
        assert!(count >= 10, "{http} {code}: {answers:?}");
    }
}

/// Sends bytes on a connection of their own and waits until the gateway has had enough.
async fn junk(address: SocketAddr, bytes: &[u8]) {
    let mut socket = TcpStream::connect(address).await.unwrap();
    let exchange = async {
        // The gateway may close while we still write.
        let _ = socket.write_all(bytes).await;
        let _ = socket.shutdown().await;
        let mut answer = Vec::new();
        let _ = socket.read_to_end(&mut answer).await;
    };
    let ended = timeout(PATIENCE, exchange).await;
    assert!(ended.is_ok(), "the connection stays open after {bytes:?}");
}

async fn junk_all(address: SocketAddr, inputs: &[Bytes]) {
    stream::iter(inputs)
        .for_each_concurrent(AT_ONCE, |bytes| junk(address, bytes))
        .await;
}

#[tokio::test]
async fn ten_thousand_hostile_inputs_leave_the_gateway_serving() {
    let mut target = Target::start().await;
    let mut inputs = Inputs::from_a_fixed_seed();
    let grpc = post_all(target.plain, "application/grpc", inputs.grpc_bodies(4_000)).await;
    reaches_the_services(&grpc, &[(200, "Ok"), (200, "InvalidArgument")]);
    let json = post_all(target.plain, "application/json", inputs.json_bodies(3_500)).await;
    reaches_the_services(&json, &[(200, ""), (400, "")]);
    post_all(
        target.plain,
        "application/grpc-web-text",
        inputs.grpc_bodies(500),
    )
    .await;
    post_all(target.plain, "application/proto", inputs.messages(500)).await;
    target.is_unharmed().await;
    junk_all(target.plain, &inputs.http_heads(500)).await;
    junk_all(target.plain, &inputs.http2_frames(500)).await;
    junk_all(target.plain, &inputs.noise(300)).await;
    junk_all(target.tls, &inputs.noise(300)).await;
    target.is_unharmed().await;
}

#[tokio::test]
async fn floods_of_frames_cost_their_own_connection_and_nothing_else() {
    let mut target = Target::start().await;
    for (name, bytes) in floods::all() {
        for _ in 0..5 {
            junk(target.plain, &bytes).await;
        }
        assert!(target.gateway.is_running().unwrap(), "after {name}");
    }
    target.is_unharmed().await;
}

#[tokio::test]
async fn everything_that_fuzzing_found_is_replayed() {
    let mut target = Target::start().await;
    corpus::values();
    let every_method = |files: Vec<Bytes>| -> Vec<(usize, Bytes)> {
        let methods = 0..METHODS.len();
        methods
            .flat_map(|method| files.iter().map(move |file| (method, file.clone())))
            .collect()
    };
    post_all(
        target.plain,
        "application/json",
        every_method(corpus::files("json_door")),
    )
    .await;
    post_all(
        target.plain,
        "application/proto",
        every_method(corpus::files("grpc_door")),
    )
    .await;
    let framed = corpus::files("grpc_door")
        .iter()
        .map(|file| inputs::framed(file))
        .collect();
    post_all(target.plain, "application/grpc", every_method(framed)).await;
    target.is_unharmed().await;
}
