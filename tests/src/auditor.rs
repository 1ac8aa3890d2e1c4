//! Somebody who reads the record of look-ups.

use std::net::SocketAddr;

use anyhow::{Result, ensure};
use lienthong_proto::v1;
use lienthong_proto::v1::audit_service_client::AuditServiceClient;
use tonic::Status;
use tonic::transport::{Channel, Endpoint};

/// A client of the record.
#[derive(Debug, Clone)]
pub struct Auditor(AuditServiceClient<Channel>);

impl Auditor {
    /// Connects in plain text.
    ///
    /// # Errors
    /// When no connection comes about.
    pub async fn at(address: SocketAddr) -> Result<Self> {
        let channel = Endpoint::from_shared(format!("http://{address}"))?
            .timeout(crate::patience::LIMIT)
            .connect()
            .await?;
        Ok(Self(AuditServiceClient::new(channel)))
    }

    /// One page.
    ///
    /// # Errors
    /// The gateway's status.
    pub async fn page(
        &mut self,
        request: v1::ListAccessesRequest,
    ) -> Result<v1::ListAccessesResponse, Status> {
        Ok(self.0.list_accesses(request).await?.into_inner())
    }

    /// Every page, as one list, newest first.
    ///
    /// # Errors
    /// The gateway's status, or that the pages do not end.
    pub async fn all(&mut self, mut request: v1::ListAccessesRequest) -> Result<Vec<v1::Access>> {
        let mut accesses = Vec::new();
        for _ in 0..1_000 {
            let page = self.page(request.clone()).await?;
            accesses.extend(page.accesses);
            if page.next_page_token.is_empty() {
                return Ok(accesses);
            }
            ensure!(
                page.next_page_token != request.page_token,
                "the same page again"
            );
            request.page_token = page.next_page_token;
        }
        anyhow::bail!("pages without end")
    }

    /// Every access for one dossier, oldest first.
    ///
    /// # Errors
    /// As [`Auditor::all`].
    pub async fn of_dossier(&mut self, code: &str) -> Result<Vec<v1::Access>> {
        let request = v1::ListAccessesRequest {
            dossier_code: code.to_owned(),
            page_size: 500,
            ..question()
        };
        let mut accesses = self.all(request).await?;
        accesses.reverse();
        Ok(accesses)
    }
}

/// A question without conditions.
#[must_use]
pub fn question() -> v1::ListAccessesRequest {
    v1::ListAccessesRequest {
        reader: Some(v1::AuditReader {
            operator_id: "000180000021".to_owned(),
            reason: "Kiểm tra định kỳ việc khai thác".to_owned(),
        }),
        ..v1::ListAccessesRequest::default()
    }
}
