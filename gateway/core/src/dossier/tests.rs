//! What the portal can fetch a file from, and what it cannot.

use proptest::prelude::*;

use super::FileUrl;

#[test]
fn an_address_is_kept_letter_for_letter() {
    for address in [
        "https://files.example.invalid/a.pdf",
        "http://10.0.0.1:8080/tep?key=1&ten=%C4%91#trang",
        "https://files.example.invalid",
        "https://user@files.example.invalid/a",
        "https://[::1]:8443/a",
        "https://files.example.invalid/tệp-đính-kèm.pdf",
    ] {
        assert_eq!(FileUrl::parse(address).unwrap().as_str(), address);
    }
}

#[test]
fn what_the_portal_could_not_fetch_is_refused() {
    for text in [
        "",
        "files.example.invalid/a",
        "//files.example.invalid/a",
        "/a.pdf",
        "ftp://files.example.invalid/a",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https:files.example.invalid",
        "https://",
        "https:///a.pdf",
        "https://?key=1",
        "https://#a",
        "https://:443/a",
        "https://user@/a",
        "https://user@:443/a",
        " https://files.example.invalid/a",
        "https://files.example.invalid/a b",
        "https://files.example.invalid/a\u{a0}b",
        "https://files.example.invalid/a\n",
        "https://files.example.invalid/a\0",
        "https://a.example.invalid/1##\thttps://a.example.invalid/2",
    ] {
        assert_eq!(FileUrl::parse(text), None, "{text:?}");
    }
}

#[test]
fn two_thousand_characters_are_the_limit() {
    let fill = |letter: char| {
        let start = "https://a.example.invalid/";
        let rest = 2000 - start.chars().count();
        format!("{start}{}", letter.to_string().repeat(rest))
    };
    for longest in [fill('a'), fill('đ')] {
        assert!(FileUrl::parse(&longest).is_some());
        assert_eq!(FileUrl::parse(&format!("{longest}a")), None);
    }
}

#[test]
fn a_key_in_an_address_is_not_shown() {
    let address = FileUrl::parse("https://files.example.invalid/a?key=s3cret").unwrap();
    assert_eq!(format!("{address:?}"), "FileUrl(***)");
}

proptest! {
    #[test]
    fn any_text_is_answered_without_panic(
        text in prop_oneof![any::<String>(), "(https?://)?[a-z/?#@: ]{0,12}"],
    ) {
        if let Some(address) = FileUrl::parse(&text) {
            prop_assert_eq!(address.as_str(), &text);
            prop_assert!(text.starts_with("http://") || text.starts_with("https://"));
            prop_assert!(!text.contains(char::is_whitespace));
        }
    }
}
