//! What the procedure catalogue tells about agencies and about the codes of the services.
//!
//! What a reader would get wrong: a catalogue that is not there or cannot be read costs names
//! and one table of a report, and no check.

use std::collections::BTreeMap;

use jiff::Timestamp;
use lienthong_core::agency::AgencyCode;
use lienthong_core::catalogue::{CatalogueChange, code_uses};
use lienthong_core::essential::ServiceList;
use lienthong_core::ports::catalogue::{CatalogueStore, CatalogueStoreError, ChangeFilter};
use lienthong_core::unit_names::unit_name;

/// Changes read at once.
const PAGE: u32 = 500;

/// Names of agencies: those of the catalogue, and above them `own`, which an operator supplied.
/// What the catalogue calls a unit and is no name of an agency, is left out.
pub(super) async fn unit_names(
    catalogue: Option<&dyn CatalogueStore>,
    own: &BTreeMap<AgencyCode, String>,
) -> BTreeMap<AgencyCode, String> {
    let units = match catalogue {
        Some(catalogue) => catalogue.units().await.unwrap_or_else(|error| {
            tracing::warn!(%error, "the names of agencies cannot be read");
            Vec::new()
        }),
        None => Vec::new(),
    };
    let named = units.into_iter().filter_map(|unit| {
        // The catalogue also has units that no dossier can be received by.
        let code = AgencyCode::parse(unit.code.trim()).ok()?;
        Some((code, unit_name(&unit.name).ok()?))
    });
    named.chain(own.clone()).collect()
}

/// The procedures of `services` that came, went or came back before `until`; `None` where no
/// catalogue is kept or it cannot be read.
pub(super) async fn presence_changes(
    catalogue: Option<&dyn CatalogueStore>,
    services: &ServiceList,
    until: Timestamp,
) -> Option<Vec<CatalogueChange>> {
    let read = read_changes(catalogue?, services, until).await;
    read.unwrap_or_else(|error| {
        tracing::warn!(%error, "the changes of the procedure catalogue cannot be read");
        None
    })
}

async fn read_changes(
    catalogue: &dyn CatalogueStore,
    services: &ServiceList,
    until: Timestamp,
) -> Result<Option<Vec<CatalogueChange>>, CatalogueStoreError> {
    if catalogue.state().await?.is_none() {
        return Ok(None);
    }
    let filter = ChangeFilter {
        until: Some(until),
        presence: true,
        ..ChangeFilter::default()
    };
    let mut found = Vec::new();
    let mut before = None;
    loop {
        let page = catalogue.changes(&filter, before, PAGE).await?;
        let Some((number, _)) = page.last() else {
            return Ok(Some(found));
        };
        before = Some(*number);
        let changes = page.into_iter().map(|(_, change)| change);
        found.extend(changes.filter(|it| !code_uses(&it.code, services).is_empty()));
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;
    use lienthong_adapters::store::SqliteCatalogue;
    use lienthong_core::access::OfficerId;
    use lienthong_core::catalogue::{
        Change, ChangeKind, DetailStanding, NextRow, SideFetch, StepCounts,
    };
    use lienthong_core::ports::catalogue::{
        CatalogueUnit, FetchOutcome, FetchRecord, NextCatalogue,
    };
    use lienthong_core::procedure::ProcedureCode;
    use tempfile::TempDir;

    use super::*;

    fn at(hour: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hour)
    }

    /// A catalogue that is put into `store`.
    async fn fetched(
        store: &SqliteCatalogue,
        hour: i64,
        units: &[(&str, &str)],
        changes: &[(&str, ChangeKind)],
    ) {
        let code = |text: &str| ProcedureCode::parse(text).unwrap();
        let row = NextRow {
            code: code("1.004222"),
            name: "Đăng ký thường trú".to_owned(),
            content: None,
            detail: DetailStanding::Missing,
            withdrawn_at: None,
            changed_at: at(hour),
        };
        let units = units.iter().map(|(code, name)| CatalogueUnit {
            code: (*code).to_owned(),
            name: (*name).to_owned(),
            level: "3".to_owned(),
        });
        let changes = changes.iter().map(|(text, kind)| Change {
            code: code(text),
            name: String::new(),
            kind: *kind,
            fields: Vec::new(),
        });
        let next = NextCatalogue {
            profile: "p2".to_owned(),
            rows: vec![row],
            changes: changes.collect(),
            online: SideFetch::Taken(0),
            units: SideFetch::Taken(units.collect()),
            fields: SideFetch::Taken(Vec::new()),
        };
        let counts = StepCounts::default();
        let record = FetchRecord {
            at: at(hour),
            by: OfficerId::gateway(),
            accept_shrink: false,
            outcome: FetchOutcome::Taken { counts },
        };
        store.replace(next, record).await.unwrap();
    }

    fn store() -> (TempDir, SqliteCatalogue) {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteCatalogue::open(folder.path().join("catalogue.sqlite")).unwrap();
        (folder, store)
    }

    #[tokio::test]
    async fn an_operators_name_stands_above_that_of_the_catalogue() {
        let (_folder, store) = store();
        let units = [
            ("H60.12", "UBND xã Thử Một"),
            ("H60.13", " UBND xã Thử Hai "),
            ("H60.14", "Ông A, 000090012345"),
            ("BCA-07", "Không phải mã định danh"),
        ];
        fetched(&store, 1, &units, &[]).await;
        let code = |text: &str| AgencyCode::parse(text).unwrap();
        let own = BTreeMap::from([(code("H60.12"), "UBND xã Đã Đổi Tên".to_owned())]);
        let names = unit_names(Some(&store), &own).await;
        let names: Vec<_> = names
            .iter()
            .map(|(code, it)| (code.as_str(), it.as_str()))
            .collect();
        assert_eq!(
            names,
            [
                ("H60.12", "UBND xã Đã Đổi Tên"),
                ("H60.13", "UBND xã Thử Hai")
            ]
        );
        assert_eq!(unit_names(None, &own).await, own);
    }

    #[tokio::test]
    async fn only_what_came_and_went_of_the_services_before_the_moment_is_told() {
        let (_folder, store) = store();
        let services = ServiceList::shipped().unwrap();
        assert_eq!(presence_changes(None, &services, at(9)).await, None);
        assert_eq!(presence_changes(Some(&store), &services, at(9)).await, None);
        let mut many = vec![("1.999999", ChangeKind::Withdrawn); 600];
        many.push(("1.004222", ChangeKind::Withdrawn));
        many.push(("1.001193", ChangeKind::Changed));
        fetched(&store, 1, &[], &many).await;
        fetched(&store, 5, &[], &[("1.004222", ChangeKind::Restored)]).await;
        let told = async |hour| {
            let changes = presence_changes(Some(&store), &services, at(hour)).await;
            let kinds = changes.unwrap().into_iter().map(|it| it.kind);
            kinds.collect::<Vec<_>>()
        };
        assert_eq!(told(1).await, []);
        assert_eq!(told(2).await, [ChangeKind::Withdrawn]);
        assert_eq!(told(6).await, [ChangeKind::Restored, ChangeKind::Withdrawn]);
    }
}
