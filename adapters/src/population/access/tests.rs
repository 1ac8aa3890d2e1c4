mod over_sockets;

use super::*;
use crate::population::samples::{clock, lgsp_access, port};

#[test]
fn no_recipe_shows_a_secret_in_debug() {
    let mut esb = EsbAccess::new("demo_user", "demo_secret".into(), "/dancu/tracuu");
    esb.api_key = Some("khoa-api".into());
    let recipes = [
        AccessRecipe::None,
        AccessRecipe::StaticBearer("the-tinh".into()),
        AccessRecipe::Lgsp(lgsp_access()),
        AccessRecipe::Esb(esb),
        AccessRecipe::OAuth(OAuthAccess::new("/token", "khoa-ung-dung", "bi-mat".into())),
        AccessRecipe::AuthHeader(AuthHeaderAccess {
            token_path: "/token".to_owned(),
            auth: "tieu-de".into(),
        }),
    ];
    let base = BaseUrl::parse("http://127.0.0.1:1").unwrap();
    let clock = port(&clock());
    let limits = crate::http::Limits::population();
    let upstream = Arc::new(Upstream::new(&base, None, limits, Arc::clone(&clock)).unwrap());
    for recipe in recipes {
        let access = Access::new(&recipe, &base, &upstream, &clock).unwrap();
        let shown = format!("{recipe:?} {access:?}");
        for secret in [
            "demo_secret",
            "khoa-api",
            "the-tinh",
            "demoAK",
            "demoSK",
            "mat-khau",
            "bi-mat",
            "tieu-de",
        ] {
            assert!(!shown.contains(secret), "{secret} in {shown}");
        }
    }
}

#[test]
fn a_credential_that_no_header_can_hold_is_refused_at_set_up() {
    let mut esb = EsbAccess::new("demo_user", "demo_secret".into(), "/dancu/tracuu");
    esb.x_road_client = Some("VN\nGOV".to_owned());
    let recipes = [
        AccessRecipe::StaticBearer("a\nb".into()),
        AccessRecipe::StaticBearer("".into()),
        AccessRecipe::Esb(esb),
        AccessRecipe::AuthHeader(AuthHeaderAccess {
            token_path: "/token".to_owned(),
            auth: "a\nb".into(),
        }),
    ];
    let base = BaseUrl::parse("http://127.0.0.1:1").unwrap();
    let clock = port(&clock());
    let limits = crate::http::Limits::population();
    let upstream = Arc::new(Upstream::new(&base, None, limits, Arc::clone(&clock)).unwrap());
    for recipe in recipes {
        let refused = Access::new(&recipe, &base, &upstream, &clock).map(drop);
        assert!(matches!(refused, Err(SetupError::HeaderValue { .. })));
    }
}
