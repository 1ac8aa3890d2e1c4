//! A server over TLS: whom the store trusts, and whom it does not.
//!
//! What a reader would get wrong: the server of the other tests is reached by a socket, where
//! PostgreSQL speaks no TLS. So this one is the test's own, on a port that was free.

use std::fs::Permissions;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use lienthong_core::ports::outbox::Outbox as _;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use secrecy::SecretString;
use tempfile::TempDir;

use crate::store::conformance::outbox::at;
use crate::store::postgres::{PostgresOpenError, PostgresOutbox, PostgresSettings};
use crate::store::samples::{event, state};

/// Where Debian keeps the programs, one folder a version.
const DEBIAN: &str = "/usr/lib/postgresql";

/// An authority, and what it has signed.
struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self {
            pem,
            issuer: Issuer::new(params, key),
        }
    }

    /// A certificate for `name`, with its key.
    fn sign(&self, name: &str) -> (String, String) {
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        (certificate.pem(), key.serialize_pem())
    }
}

/// A server of the test's own, which takes nobody over the network without TLS.
struct Server {
    dir: TempDir,
    programs: PathBuf,
    as_root: bool,
    port: u16,
}

impl Server {
    /// Starts one that shows this certificate.
    fn start(certificate: &str, key: &str) -> Self {
        let mut versions: Vec<PathBuf> = std::fs::read_dir(DEBIAN)
            .expect("PostgreSQL is installed")
            .map(|version| version.unwrap().path().join("bin"))
            .filter(|programs| Path::exists(&programs.join("initdb")))
            .collect();
        versions.sort();
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self {
            dir: tempfile::tempdir().unwrap(),
            programs: versions.pop().expect("PostgreSQL's server is installed"),
            as_root: std::fs::metadata("/proc/self").unwrap().uid() == 0,
            port: free.local_addr().unwrap().port(),
        };
        let home = server.home();
        std::fs::create_dir(&home).unwrap();
        std::fs::set_permissions(server.dir.path(), Permissions::from_mode(0o711)).unwrap();
        server.give_away(&home);
        let data = home.join("data");
        server.run("initdb", |initdb| {
            initdb.arg("--pgdata").arg(&data);
            initdb.args(["--username=lienthong", "--auth=trust", "--no-sync"]);
        });
        let access = "local all all trust\nhostssl all all 127.0.0.1/32 trust\n";
        for (name, text) in [
            ("server.crt", certificate),
            ("server.key", key),
            ("pg_hba.conf", access),
        ] {
            let path = data.join(name);
            std::fs::write(&path, text).unwrap();
            std::fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
            server.give_away(&path);
        }
        drop(free);
        let options = format!(
            "-c listen_addresses=127.0.0.1 -c port={} -c ssl=on -c fsync=off \
             -c unix_socket_directories={}",
            server.port,
            home.display()
        );
        server.run("pg_ctl", |start| {
            start.arg("--pgdata").arg(&data).arg("--log");
            start.arg(home.join("log")).arg("--options").arg(&options);
            start.args(["start", "--wait", "--silent"]);
        });
        server
    }

    fn home(&self) -> PathBuf {
        self.dir.path().join("server")
    }

    /// PostgreSQL refuses to run as root, and to use files of somebody else.
    fn give_away(&self, path: &Path) {
        if self.as_root {
            let given = Command::new("chown").arg("postgres").arg(path).status();
            assert!(given.unwrap().success());
        }
    }

    fn run(&self, program: &str, arguments: impl FnOnce(&mut Command)) {
        let path = self.programs.join(program);
        let mut command = if self.as_root {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(path);
            command
        } else {
            Command::new(path)
        };
        // What is started keeps them open, so that a pipe would never end.
        command.stdout(Stdio::null()).stderr(Stdio::null());
        arguments(command.current_dir(self.home()));
        assert!(command.status().unwrap().success(), "{command:?}");
    }

    /// Settings for whoever knows it as `name` and trusts `authority`.
    fn settings(&self, name: &str, authority: &Authority) -> PostgresSettings {
        let ca_file = self.dir.path().join(format!("{name}-ca.pem"));
        std::fs::write(&ca_file, &authority.pem).unwrap();
        let url = format!(
            "postgresql://lienthong@{name}:{}/postgres?hostaddr=127.0.0.1&sslmode=verify-full",
            self.port
        );
        let mut settings = PostgresSettings::new(SecretString::from(url));
        settings.ca_file = Some(ca_file);
        settings
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let data = self.home().join("data");
        self.run("pg_ctl", |stop| {
            stop.arg("--pgdata").arg(data);
            stop.args(["stop", "--mode=immediate", "--silent"]);
        });
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL's programs, as LIENTHONG_TEST_POSTGRES does"]
async fn a_server_is_trusted_by_its_authority_and_its_name_alone() {
    let (ours, theirs) = (Authority::new(), Authority::new());
    let (certificate, key) = ours.sign("localhost");
    let server = Server::start(&certificate, &key);
    let store = PostgresOutbox::open(server.settings("localhost", &ours)).await;
    let store = store.unwrap();
    let event = event("e1", at(0), state(1, "A"));
    assert_eq!(store.record(event, at(0)).await.unwrap().revision, 1);
    let connection = store.link.bare().await;
    let sealed = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    let sealed = connection.query_one(sealed, &[]).await.unwrap();
    assert!(sealed.get::<_, bool>(0), "nobody reads along");
    drop(connection);
    store.close().await;
    for (why, settings) in [
        ("another authority", server.settings("localhost", &theirs)),
        ("another name", server.settings("db.example.invalid", &ours)),
    ] {
        let refused = PostgresOutbox::open(settings).await.map(drop);
        let unreachable = matches!(refused, Err(PostgresOpenError::Unreachable { .. }));
        assert!(unreachable, "{why}: {refused:?}");
    }
    // Without an authority at hand nothing is even dialled.
    let mut settings = server.settings("db.example.invalid", &ours);
    settings.ca_file = None;
    let refused = PostgresOutbox::open(settings).await.map(drop);
    assert!(
        matches!(refused, Err(PostgresOpenError::NoCa)),
        "{refused:?}"
    );
}
