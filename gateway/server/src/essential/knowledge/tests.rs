//! What is shipped, and an operator's files beside it.

use super::*;

#[test]
fn what_is_shipped_can_be_read() {
    let known = Knowledge::shipped().unwrap();
    assert_eq!(known.services.services().len(), 25);
    assert_eq!(known.index.len(), 3);
}

#[test]
fn everything_wrong_with_all_files_is_told_at_once() {
    let files = BTreeMap::from([
        (KnowledgeFile::List, "version = 3".to_owned()),
        (
            KnowledgeFile::Calendar,
            "[[year]]\nyear = 2027\n".to_owned(),
        ),
        (KnowledgeFile::Targets, "nonsense".to_owned()),
    ]);
    let problems = Knowledge::with(&files).unwrap_err();
    for file in files.keys() {
        let told = problems.iter().any(|problem| problem.file == Some(*file));
        assert!(told, "{file:?} in {problems:?}");
    }
}

#[test]
fn everything_that_is_judged_by_has_a_version() {
    let shipped = Knowledge::shipped().unwrap();
    let ids: Vec<_> = shipped.versions.keys().copied().collect();
    let always = [
        "agencies",
        "calendar",
        "checks",
        "evidence",
        "index",
        "late",
        "observation",
        "reports",
        "services",
        "targets",
    ];
    assert_eq!(ids, always);
    let totals = "[[total]]\nservice = 9\nfirst_day = \"2026-10-01\"\n\
                  last_day = \"2026-10-31\"\ndossiers = 10\nsource = \"thử\"\n";
    let figures = "version = \"H60-1\"\n[[figure]]\nfirst_day = \"2026-10-01\"\n\
                   last_day = \"2026-10-31\"\ncode = \"petitions\"\ncount = 3\n\
                   source = \"thử\"\n";
    let files = BTreeMap::from([
        (KnowledgeFile::Totals, totals.to_owned()),
        (KnowledgeFile::IndexFigures, figures.to_owned()),
    ]);
    let known = Knowledge::with(&files).unwrap();
    assert_eq!(known.versions["outside"], "H60-1");
    assert!(known.versions["totals"].starts_with("sha256:"));
    let told = known.rule_version();
    for (id, version) in &known.versions {
        assert!(told.contains(&format!("{id} {version}")), "{id} in {told}");
    }
}

#[test]
fn a_reading_of_the_operator_brings_counts_of_its_own() {
    let reading = "id = \"H60-2026\"\nname = \"Bộ chỉ số thử\"\nsource = \"thử\"\n\
                   [[group]]\nid = \"1\"\nname = \"Nhóm thử\"\npoints = 5\n\
                   [[component]]\nid = \"1.1\"\ngroup = \"1\"\nname = \"thử\"\n\
                   status = \"reported\"\npoints = 5\nrule = \"linear\"\n\
                   of = \"letters_answered\"\nover = [\"letters\"]\n";
    let figures = "version = \"1\"\n[[figure]]\nfirst_day = \"2026-10-01\"\n\
                   last_day = \"2026-10-31\"\ncode = \"letters\"\ncount = 3\n\
                   source = \"thử\"\n";
    let alone = BTreeMap::from([(KnowledgeFile::IndexFigures, figures.to_owned())]);
    let problems = Knowledge::with(&alone).unwrap_err();
    assert_eq!(problems.len(), 1, "{problems:?}");
    let mut both = alone;
    both.insert(KnowledgeFile::IndexRules, reading.to_owned());
    let known = Knowledge::with(&both).unwrap();
    assert_eq!(known.index.len(), 4);
    assert!(known.versions["index"].contains("H60-2026, sha256:"));
}

#[test]
fn a_wrong_reading_makes_no_count_a_wrong_one() {
    let figures = "version = \"1\"\n[[figure]]\nfirst_day = \"2026-10-01\"\n\
                   last_day = \"2026-10-31\"\ncode = \"petitions\"\ncount = 3\n\
                   source = \"thử\"\n";
    let mut files = BTreeMap::from([
        (KnowledgeFile::IndexRules, "nonsense".to_owned()),
        (KnowledgeFile::IndexFigures, figures.to_owned()),
    ]);
    let files_of = |files: &BTreeMap<_, _>| {
        let problems = Knowledge::with(files).unwrap_err();
        let told = problems.into_iter().map(|problem| problem.file);
        told.collect::<Vec<_>>()
    };
    assert_eq!(files_of(&files), [Some(KnowledgeFile::IndexRules)]);
    // What is wrong with the counts all the same is told with it.
    let wrong = figures.replace("count = 3", "count = -3");
    files.insert(KnowledgeFile::IndexFigures, wrong);
    let both = [
        Some(KnowledgeFile::IndexRules),
        Some(KnowledgeFile::IndexFigures),
    ];
    assert_eq!(files_of(&files), both);
}

#[test]
fn an_operators_code_stands_beside_what_is_shipped() {
    let more = "version = \"H60-1\"\n[[service]]\nnumber = 1\n\
                codes = [{ code = \"9.000001\", role = \"main\", certainty = \"unverified\" }]\n";
    let files = BTreeMap::from([(KnowledgeFile::List, more.to_owned())]);
    let known = Knowledge::with(&files).unwrap();
    assert_eq!(known.services.services().len(), 25);
    assert_eq!(known.services.services()[0].codes.len(), 1);
    assert!(known.services.version().ends_with("+H60-1"));
}
