//! The files of a `multipart/form-data` body (RFC 7578).
//!
//! What a reader would get wrong: only parts named `files` count; others are skipped, and a body
//! that is cut short before its closing boundary is no body at all.

use axum::http::HeaderMap;

/// The bytes of every part named `files`, or nothing when the body is not well-formed.
pub(super) fn files<'a>(headers: &HeaderMap, body: &'a [u8]) -> Option<Vec<&'a [u8]>> {
    let boundary = boundary(headers)?;
    let opening = format!("--{boundary}\r\n");
    let next = format!("\r\n--{boundary}");
    let mut rest = &body[find(body, opening.as_bytes())? + opening.len()..];
    let mut files = Vec::new();
    loop {
        let end = find(rest, next.as_bytes())?;
        let part = &rest[..end];
        let head = find(part, b"\r\n\r\n")?;
        if is_file(&part[..head]) {
            files.push(&part[head + 4..]);
        }
        rest = &rest[end + next.len()..];
        if rest.starts_with(b"--") {
            return Some(files);
        }
        rest = rest.strip_prefix(b"\r\n")?;
    }
}

fn boundary(headers: &HeaderMap) -> Option<String> {
    let content_type = headers.get("content-type")?.to_str().ok()?;
    let value = content_type
        .split(';')
        .find_map(|part| part.trim().strip_prefix("boundary="))?
        .trim_matches('"');
    (!value.is_empty()).then(|| value.to_owned())
}

fn is_file(head: &[u8]) -> bool {
    let head = String::from_utf8_lossy(head);
    head.lines().any(|line| {
        line.to_ascii_lowercase()
            .starts_with("content-disposition:")
            && (line.contains("name=\"files\"") || line.contains("name=files"))
    })
}

fn find(within: &[u8], what: &[u8]) -> Option<usize> {
    within.windows(what.len()).position(|window| window == what)
}

#[cfg(test)]
mod tests {
    use super::files;
    use axum::http::{HeaderMap, HeaderValue};

    #[test]
    fn every_part_named_files_is_read_and_a_body_cut_short_is_none() {
        let mut headers = HeaderMap::new();
        let value = HeaderValue::from_static("multipart/form-data; boundary=XX");
        headers.insert("content-type", value);
        let part = |name: &str, bytes: &str| {
            format!(
                "--XX\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a.pdf\"\r\n\
                 Content-Type: application/pdf\r\n\r\n{bytes}\r\n"
            )
        };
        let body = [
            part("files", "one\r\n--X"),
            part("note", "x"),
            part("files", ""),
        ]
        .concat();
        let whole = format!("{body}--XX--\r\n");
        let expected: Vec<&[u8]> = vec![b"one\r\n--X", b""];
        assert_eq!(files(&headers, whole.as_bytes()), Some(expected));
        assert_eq!(files(&headers, body.as_bytes()), None);
    }
}
