//! The mocks' control interface, for mocks that run in a process of their own.

use std::net::SocketAddr;

use anyhow::{Result, ensure};
use http::Method;
use serde_json::Value;

use crate::wire::http1;

/// A client of the control interface.
#[derive(Debug, Clone, Copy)]
pub struct Control(SocketAddr);

impl Control {
    /// The control interface at `address`.
    #[must_use]
    pub fn at(address: SocketAddr) -> Self {
        Self(address)
    }

    /// Reads a path; `None` where there is nothing.
    ///
    /// # Errors
    /// When the mocks do not answer, or not with JSON.
    pub async fn get(&self, path: &str) -> Result<Option<Value>> {
        let answer = http1(self.0, Method::GET, path, &[], "").await?;
        if answer.http == 404 {
            return Ok(None);
        }
        answer.json().map(Some)
    }

    /// Posts to a path.
    ///
    /// # Errors
    /// When the mocks do not answer, or refuse.
    pub async fn post(&self, path: &str, body: &Value) -> Result<()> {
        self.send(Method::POST, path, body.to_string()).await
    }

    /// Puts to a path.
    ///
    /// # Errors
    /// When the mocks do not answer, or refuse.
    pub async fn put(&self, path: &str, body: &Value) -> Result<()> {
        self.send(Method::PUT, path, body.to_string()).await
    }

    /// Deletes a path.
    ///
    /// # Errors
    /// When the mocks do not answer, or refuse.
    pub async fn delete(&self, path: &str) -> Result<()> {
        self.send(Method::DELETE, path, String::new()).await
    }

    async fn send(&self, method: Method, path: &str, body: String) -> Result<()> {
        let answer = http1(self.0, method, path, &[], body).await?;
        let said = String::from_utf8_lossy(&answer.body);
        ensure!(
            answer.http.is_success(),
            "{path}: HTTP {}: {said}",
            answer.http
        );
        Ok(())
    }

    /// Begins an outage of `upstream` (`population` or `portal`).
    ///
    /// # Errors
    /// As [`Control::post`].
    pub async fn pause(&self, upstream: &str) -> Result<()> {
        self.post(&format!("/{upstream}/pause"), &Value::Null).await
    }

    /// Ends it.
    ///
    /// # Errors
    /// As [`Control::post`].
    pub async fn resume(&self, upstream: &str) -> Result<()> {
        self.post(&format!("/{upstream}/resume"), &Value::Null)
            .await
    }

    /// Scripts a fault, in the mocks' JSON form.
    ///
    /// # Errors
    /// As [`Control::post`].
    pub async fn script(&self, upstream: &str, fault: &Value) -> Result<()> {
        self.post(&format!("/{upstream}/faults"), fault).await
    }

    /// The last `most` lines of an upstream's journal, for a failing test.
    pub async fn journal(&self, upstream: &str, most: usize) -> Vec<String> {
        let entries = self
            .get(&format!("/{upstream}/journal"))
            .await
            .ok()
            .flatten();
        let entries = entries
            .as_ref()
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        entries
            .iter()
            .skip(entries.len().saturating_sub(most))
            .map(Value::to_string)
            .collect()
    }
}
