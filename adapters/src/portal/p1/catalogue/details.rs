//! `LayThuTuc`: one procedure in full.

use lienthong_core::catalogue::{
    Component, Fee, FormFile, LegalBasis, Method, Procedure, without_repetitions,
};
use lienthong_core::procedure::ProcedureCode;
use serde_json::Value;

use super::entry::{Flaw, Object, code, named, objects, rows, text};

/// The procedure of this code; `None` when the answer is empty.
pub(super) fn procedure(result: &Value, wanted: &ProcedureCode) -> Result<Option<Procedure>, Flaw> {
    let Some(object) = rows(result)?.into_iter().next() else {
        return Ok(None);
    };
    let found = code(object, "MATTHC");
    if !found.is_empty() && found != wanted.as_str() {
        return Err(Flaw("the details of another procedure"));
    }
    Ok(Some(Procedure {
        fields: named(object, "LINHVUCTHUCHIEN", "MALINHVUC", "TENLINHVUC")?,
        levels: named(object, "CAPTHUCHIEN", "CAPTHUCHIEN", "TENCAP")?,
        state: code(object, "TRANGTHAI"),
        publishing_agency_code: code(object, "MACOQUANCONGBO"),
        decision: text(object, "QUYETDINH"),
        kind: text(object, "LOAITTHC"),
        agencies: named(object, "COQUANTHUCHIEN", "MADONVI", "TENDONVI")?,
        steps: steps(object)?,
        methods: methods(object)?,
        components: components(object)?,
        results: named(object, "KETQUATHUCHIEN", "MAKETQUA", "TENKETQUA")?,
        legal_bases: legal_bases(object)?,
        requirements: text(object, "YEUCAU"),
        linked: linked(object)?,
        ..Procedure::named(wanted.clone(), text(object, "TENTTHC").trim().to_owned())
    }))
}

fn steps(object: &Object) -> Result<Vec<String>, Flaw> {
    let mut steps = Vec::new();
    for case in objects(object, "TRINHTUTHUCHIEN")? {
        for step in objects(case, "TRINHTU")? {
            let step = text(step, "TENTRINHTU");
            if !step.trim().is_empty() {
                steps.push(step);
            }
        }
    }
    Ok(steps)
}

/// One for each channel and time limit; a channel without a time limit is one too.
fn methods(object: &Object) -> Result<Vec<Method>, Flaw> {
    let mut methods = Vec::new();
    for channel in objects(object, "CACHTHUCTHUCHIEN")? {
        let way = Method {
            channel: code(channel, "KENH"),
            ..Method::default()
        };
        let limits = objects(channel, "THOIGIAN")?;
        if limits.is_empty() {
            methods.push(way);
            continue;
        }
        for limit in limits {
            methods.push(Method {
                time: text(limit, "THOIGIANGIAIQUYET"),
                time_unit: text(limit, "DONVITINH"),
                description: text(limit, "MOTA"),
                fees: fees(limit)?,
                ..way.clone()
            });
        }
    }
    Ok(methods)
}

fn fees(limit: &Object) -> Result<Vec<Fee>, Flaw> {
    let fees = objects(limit, "PHILEPHI")?.into_iter().map(|fee| Fee {
        code: code(fee, "MAPHILEPHI"),
        amount: text(fee, "SOTIEN"),
        currency: text(fee, "DONVI"),
        description: text(fee, "MOTA"),
    });
    Ok(fees.collect())
}

fn components(object: &Object) -> Result<Vec<Component>, Flaw> {
    let mut components = Vec::new();
    for case in objects(object, "THANHPHANHOSO")? {
        for paper in objects(case, "GIAYTO")? {
            let file = FormFile {
                name: text(paper, "TENMAUDON"),
                url: text(paper, "URL"),
            };
            let has_file = !(file.name.trim().is_empty() && file.url.trim().is_empty());
            components.push(Component {
                code: code(paper, "MAGIAYTO"),
                name: text(paper, "TENGIAYTO"),
                case: text(case, "TRUONGHOP"),
                originals: text(paper, "SOBANCHINH"),
                copies: text(paper, "SOBANSAO"),
                replacing_result: code(paper, "MA_KQ_THAYTHE"),
                files: has_file.then_some(file).into_iter().collect(),
            });
        }
    }
    Ok(without_repetitions(components))
}

fn legal_bases(object: &Object) -> Result<Vec<LegalBasis>, Flaw> {
    let bases = objects(object, "CANCUPHAPLY")?;
    let bases = bases.into_iter().map(|basis| LegalBasis {
        symbol: text(basis, "SOVANBAN"),
        title: text(basis, "TENVANBAN"),
        issuer: text(basis, "COQUANBANHANH"),
        issued_on: text(basis, "NGAYBANHANH"),
        effective_on: text(basis, "NGAYHIEULUC"),
    });
    Ok(bases.collect())
}

/// What the elements of `TTHCLIENTHONG` look like is not public: a code, or an object with one.
fn linked(object: &Object) -> Result<Vec<String>, Flaw> {
    let Some(Value::Array(all)) = object.get("TTHCLIENTHONG") else {
        return objects(object, "TTHCLIENTHONG").map(|all| codes(all.into_iter()));
    };
    let texts = all.iter().filter_map(Value::as_str).map(str::trim);
    let mut linked: Vec<String> = texts
        .filter(|it| !it.is_empty())
        .map(str::to_owned)
        .collect();
    linked.extend(codes(all.iter().filter_map(Value::as_object)));
    Ok(linked)
}

fn codes<'o>(objects: impl Iterator<Item = &'o Object>) -> Vec<String> {
    let codes = objects.map(|it| code(it, "MATTHC"));
    codes.filter(|it| !it.is_empty()).collect()
}
