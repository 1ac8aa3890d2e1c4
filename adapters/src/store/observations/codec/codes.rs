//! Codes of the catalogue and of closed lists as numbers.
//!
//! What a reader would get wrong: a number is never given to another meaning, because old rows
//! hold it.

use lienthong_core::dossier::{Channel, OnlinePayment, OwnerKind, ReturnMethod, Reuse};
use lienthong_core::observation::ResultFact;
use lienthong_core::portal_status::PortalStatus;
use lienthong_core::procedure::{ComponentCode, ResultCode};

use crate::store::observations::Problem;

/// A code of the national catalogue: the number of the ministry and the running number.
pub(super) type Code = (u8, u32);

/// The two numbers of a code of this form. The form is checked where codes are made.
fn code(text: &str, before: &str, between: &str) -> Result<Code, Problem> {
    let parts = text.strip_prefix(before).and_then(|rest| {
        let (ministry, number) = rest.split_once(between)?;
        Some((ministry.parse().ok()?, number.parse().ok()?))
    });
    parts.ok_or("a code has no such form")
}

pub(super) fn result_parts(result: &ResultCode) -> Result<Code, Problem> {
    code(result.as_str(), "KQ.G", ".")
}

pub(super) fn result_code((ministry, number): Code) -> Result<ResultCode, Problem> {
    ResultCode::parse(&format!("KQ.G{ministry:02}.{number:06}"))
        .map_err(|_| "a result does not parse")
}

pub(super) fn result(paper: &ResultFact) -> Result<(Option<Code>, bool), Problem> {
    let code = paper.code.as_ref().map(result_parts).transpose()?;
    Ok((code, paper.has_file))
}

pub(super) fn status(code: u8) -> Result<PortalStatus, Problem> {
    PortalStatus::try_from(code).map_err(|_| "its status is not one of the portal's")
}

pub(super) fn channel_code(channel: Channel) -> u8 {
    match channel {
        Channel::Direct => 1,
        Channel::Online => 2,
        Channel::Postal => 3,
    }
}

pub(super) fn channel(code: u8) -> Result<Channel, Problem> {
    [Channel::Direct, Channel::Online, Channel::Postal]
        .into_iter()
        .find(|channel| channel_code(*channel) == code)
        .ok_or("its channel is unknown")
}

pub(super) fn return_code(method: ReturnMethod) -> u8 {
    match method {
        ReturnMethod::Direct => 1,
        ReturnMethod::Postal => 2,
    }
}

pub(super) fn return_method(code: u8) -> Result<ReturnMethod, Problem> {
    [ReturnMethod::Direct, ReturnMethod::Postal]
        .into_iter()
        .find(|method| return_code(*method) == code)
        .ok_or("its way of return is unknown")
}

pub(super) fn owner_code(owner: OwnerKind) -> u8 {
    match owner {
        OwnerKind::Citizen => 1,
        OwnerKind::Enterprise => 2,
        OwnerKind::StateAgency => 3,
        OwnerKind::OtherOrganisation => 4,
    }
}

pub(super) fn owner(code: u8) -> Result<OwnerKind, Problem> {
    [
        OwnerKind::Citizen,
        OwnerKind::Enterprise,
        OwnerKind::StateAgency,
        OwnerKind::OtherOrganisation,
    ]
    .into_iter()
    .find(|owner| owner_code(*owner) == code)
    .ok_or("its kind of owner is unknown")
}

pub(super) fn payment_code(payment: OnlinePayment) -> u8 {
    match payment {
        OnlinePayment::None => 0,
        OnlinePayment::NationalPortal => 1,
        OnlinePayment::LocalGateway => 2,
    }
}

pub(super) fn payment(code: u8) -> Result<OnlinePayment, Problem> {
    [
        OnlinePayment::None,
        OnlinePayment::NationalPortal,
        OnlinePayment::LocalGateway,
    ]
    .into_iter()
    .find(|payment| payment_code(*payment) == code)
    .ok_or("its way of payment is unknown")
}

pub(super) fn reuse_code(reuse: Reuse) -> u8 {
    match reuse {
        Reuse::None => 0,
        Reuse::Component => 1,
        Reuse::Result => 2,
    }
}

pub(super) fn reuse(code: u8) -> Result<Reuse, Problem> {
    [Reuse::None, Reuse::Component, Reuse::Result]
        .into_iter()
        .find(|reuse| reuse_code(*reuse) == code)
        .ok_or("its reuse is unknown")
}

pub(super) fn component_parts(component: &ComponentCode) -> Result<Code, Problem> {
    code(component.as_str(), "000.00.00.G", "-KQ")
}

pub(super) fn component((ministry, number): Code) -> Result<ComponentCode, Problem> {
    ComponentCode::parse(&format!("000.00.00.G{ministry:02}-KQ{number:06}"))
        .map_err(|_| "a paper does not parse")
}
