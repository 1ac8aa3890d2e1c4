//! Whether the outbox can be used, found out without making anything in it.

use lienthong_adapters::store::{PostgresOpenError, PostgresOutbox};

use super::database::writable;
use super::{Finding, Trouble, local};
use crate::config::StoreSettings;
use crate::gateway::stores;

/// The folder of the outbox, or the database that holds it; the database is left alone
/// while `offline`.
pub(super) async fn inspect(store: &StoreSettings, offline: bool) -> Option<Finding> {
    match store {
        StoreSettings::Sqlite { database } => Some(local(
            "[sync] database",
            writable(database),
            "Tạo thư mục chứa database và cấp quyền ghi cho tài khoản chạy lienthong.",
            "Make the folder of database and let the account that runs lienthong write there.",
        )),
        StoreSettings::Postgresql(_) if offline => None,
        StoreSettings::Postgresql(settings) => {
            let reached = PostgresOutbox::reach(&stores::postgres(settings)).await;
            Some(match reached {
                Ok(()) => Finding::Good {
                    what: WHAT.to_owned(),
                },
                Err(error) => trouble(error),
            })
        }
    }
}

const WHAT: &str = "[sync] postgresql_url";

fn trouble(error: PostgresOpenError) -> Finding {
    let here = is_here(&error);
    let (advice_vi, advice_en) = advice(&error);
    let trouble = Trouble {
        what: WHAT.to_owned(),
        error: Box::new(error),
        advice_vi,
        advice_en,
    };
    if here {
        Finding::Local(trouble)
    } else {
        Finding::Upstream(trouble)
    }
}

/// Whether it is this machine's configuration, and not the server, that has to be changed.
fn is_here(error: &PostgresOpenError) -> bool {
    match error {
        PostgresOpenError::Url
        | PostgresOpenError::SchemaName
        | PostgresOpenError::PlainText
        | PostgresOpenError::NoCa
        | PostgresOpenError::CaFile { .. }
        | PostgresOpenError::Tls(_)
        | PostgresOpenError::NewerSchema { .. } => true,
        PostgresOpenError::Unreachable { .. }
        | PostgresOpenError::ServerTooOld { .. }
        | PostgresOpenError::NotSynchronous
        | PostgresOpenError::OtherSchema
        | PostgresOpenError::UpgradeUnderWay
        | PostgresOpenError::TablesInUse
        | PostgresOpenError::Database { .. } => false,
    }
}

/// What to do while another gateway brings the schema to a newer version.
const UPGRADE_UNDER_WAY: (&str, &str) = (
    "Đợi gateway đang nâng cấp cơ sở dữ liệu xong (xem nhật ký của nó) rồi khởi động lại.",
    "Wait until the gateway that upgrades the database is done (its log tells), then start again.",
);

/// What to do where others keep the schema from becoming newer.
const TABLES_IN_USE: (&str, &str) = (
    "Dừng các gateway khác và bản sao lưu (pg_dump) đang dùng cơ sở dữ liệu này, rồi khởi động \
     lại; chưa có gì bị thay đổi.",
    "Stop the other gateways and the backup (pg_dump) that use this database, then start again; \
     nothing was changed.",
);

/// What to do about it, in Vietnamese and in English.
pub(crate) fn advice(error: &PostgresOpenError) -> (&'static str, &'static str) {
    match error {
        PostgresOpenError::Url => (
            "Ghi postgresql_url dạng postgresql://tài-khoản:mật-khẩu@máy-chủ/cơ-sở-dữ-liệu.",
            "Write postgresql_url like postgresql://account:password@host/database.",
        ),
        PostgresOpenError::SchemaName => (
            "Đặt tên schema chỉ gồm chữ thường không dấu, chữ số và dấu gạch dưới.",
            "Name the schema with small letters, digits and underscores only.",
        ),
        PostgresOpenError::PlainText => (
            "Bỏ sslmode=disable và ghi postgresql_ca_file, hoặc dùng máy chủ trên chính máy này.",
            "Take sslmode=disable out and set postgresql_ca_file, or use a server on this machine.",
        ),
        PostgresOpenError::NoCa => (
            "Xin người quản trị PostgreSQL tệp CA đã ký chứng thư của máy chủ rồi ghi vào \
             postgresql_ca_file.",
            "Ask who runs PostgreSQL for the authority that signed the server's certificate and \
             name it in postgresql_ca_file.",
        ),
        PostgresOpenError::CaFile { .. } => (
            "Kiểm tra tệp trong postgresql_ca_file: phải là PEM và đọc được.",
            "Check the file in postgresql_ca_file: it must be PEM, and readable.",
        ),
        PostgresOpenError::Tls(_) => (
            "Cài lại lienthong; thư viện TLS của bản này không dùng được.",
            "Install lienthong again; the TLS library of this one cannot be used.",
        ),
        PostgresOpenError::Unreachable { .. } => (
            "Kiểm tra máy chủ, cổng, tường lửa, pg_hba.conf, tài khoản và mật khẩu trong \
             postgresql_url, và chứng thư của máy chủ.",
            "Check host, port, firewall, pg_hba.conf, account and password in postgresql_url, \
             and the server's certificate.",
        ),
        PostgresOpenError::ServerTooOld { .. } => (
            "Nâng cấp máy chủ PostgreSQL.",
            "Upgrade the PostgreSQL server.",
        ),
        PostgresOpenError::NotSynchronous => (
            "Đặt synchronous_standby_names trên máy chủ PostgreSQL chính (ví dụ 'ANY 1 (*)'), hoặc \
             chỉ ghi một máy chủ trong postgresql_url.",
            "Set synchronous_standby_names on the PostgreSQL server in charge (such as \
             'ANY 1 (*)'), or name one server only in postgresql_url.",
        ),
        PostgresOpenError::OtherSchema => (
            "Dùng một cơ sở dữ liệu khác, chưa có bảng của phần mềm nào.",
            "Use another database, without tables of other programs.",
        ),
        PostgresOpenError::NewerSchema { .. } => (
            "Chạy bản lienthong mới như các cổng kết nối khác trên cơ sở dữ liệu này.",
            "Run the newer lienthong that the other gateways on this database run.",
        ),
        PostgresOpenError::UpgradeUnderWay => UPGRADE_UNDER_WAY,
        PostgresOpenError::TablesInUse => TABLES_IN_USE,
        PostgresOpenError::Database { .. } => (
            "Xem nhật ký của máy chủ PostgreSQL; kiểm tra quyền tạo bảng và dung lượng đĩa.",
            "Look at the PostgreSQL server's log; check the right to make tables, and its disk.",
        ),
    }
}
