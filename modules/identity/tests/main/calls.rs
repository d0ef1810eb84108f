//! The programming interface: sessions, who am I, agencies.

use crate::world::{PASSWORD, World, components};
use platform::access::Role;
use platform::directory::Rank;
use serde_json::{Value, json};
use testkit::on_each_platform;

#[tokio::test]
async fn a_program_signs_in_switches_and_signs_out() {
    on_each_platform(components, |t| async move {
        let world = World::set_up(t).await;
        world.person("hanh.pt", "H57", Rank::Staff, &[Role::RegistryClerk]).await;
        let client = world.browser();
        let wrong =
            client.call("POST", "/api/v1/sessions", None, json!({"username": "hanh.pt", "password": "sai"})).await;
        assert_eq!(wrong.status, 401);
        assert_eq!(wrong.json()["code"], "accounts.sign-in.failed");
        let malformed = client.call("POST", "/api/v1/sessions", None, json!({"username": "hanh.pt"})).await;
        assert_eq!(malformed.status, 422, "{}", malformed.text);
        let body = json!({"username": "hanh.pt", "password": PASSWORD, "totp": null});
        let opened = client.call("POST", "/api/v1/sessions", None, body).await;
        assert_eq!(opened.status, 201, "{}", opened.text);
        assert_eq!(opened.headers["cache-control"], "no-store");
        let session = opened.json();
        let token = session["token"].as_str().unwrap();
        assert_eq!(session["positions"][0]["agency"], "H57");
        assert_eq!(session["expires_at"], "2026-11-23T13:00:00.000000Z");
        let me = client.call("GET", "/api/v1/me", Some(token), Value::Null).await.json();
        assert_eq!((me["kind"].as_str(), me["roles"][0].as_str()), (Some("person"), Some("registry-clerk")));
        assert!(me["permissions"].as_array().unwrap().contains(&json!("outgoing-seal")));
        let position = json!({"position": session["positions"][0]["position"]});
        let switched = client.call("POST", "/api/v1/sessions/current/position", Some(token), position).await;
        assert_eq!(switched.status, 200, "{}", switched.text);
        let switched = switched.json();
        let new = switched["token"].as_str().unwrap();
        assert_eq!(client.call("GET", "/api/v1/me", Some(token), Value::Null).await.status, 401);
        let foreign = json!({"position": "0192f0c1-0000-7000-8000-000000000000"});
        let refused = client.call("POST", "/api/v1/sessions/current/position", Some(new), foreign).await;
        assert_eq!((refused.status, refused.json()["code"].as_str()), (403, Some("accounts.position.not-held")));
        assert_eq!(client.call("DELETE", "/api/v1/sessions/current", Some(new), Value::Null).await.status, 204);
        assert_eq!(client.call("GET", "/api/v1/me", Some(new), Value::Null).await.status, 401);
        world.t.settle().await;
    })
    .await;
}

#[tokio::test]
async fn agencies_are_found_by_words_and_by_either_code() {
    on_each_platform(components, |t| async move {
        let world = World::set_up(t).await;
        let client = world.signed_in("quan.tri").await;
        let found = client.get("/api/v1/agencies?q=noi%20vu").await.json();
        let codes: Vec<&str> =
            found["agencies"].as_array().unwrap().iter().map(|a| a["code"].as_str().unwrap()).collect();
        assert_eq!(codes, ["G09", "H57.09"]);
        let one = client.get("/api/v1/agencies/000.00.09.H57").await.json();
        assert_eq!((one["code"].as_str(), one["legacy_code"].as_str()), (Some("H57.09"), Some("000.00.09.H57")));
        assert_eq!(client.get("/api/v1/agencies/H99").await.status, 404);
        assert_eq!(world.browser().get("/api/v1/agencies?q=noi").await.status, 401);
    })
    .await;
}

/// The description is what the program committed; a change must be seen in review.
#[test]
fn every_call_is_described() {
    let described = identity::api::openapi();
    let paths: Vec<String> = described.paths.paths.keys().cloned().collect();
    for rule in identity::module().routes.rules().iter().filter(|rule| rule.path.starts_with("/api/")) {
        assert!(paths.iter().any(|path| path == rule.path), "{} is not described", rule.path);
    }
}
