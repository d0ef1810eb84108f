//! Introduction: each side pins the other, once, and only what was agreed.

use crate::world::{LOSE, accept, code, count, invite, pair, peers_of, refusal, server, server_at};
use exchange::peers;
use platform::ledger::Actor;
use std::sync::atomic::Ordering;

#[tokio::test]
async fn both_pin_keys_codes_and_addresses() {
    let (ministry, commune) = pair().await;
    let (at_ministry, at_commune) = (peers_of(&ministry).await, peers_of(&commune).await);
    let (theirs, ours) = (&at_ministry[0], &at_commune[0]);
    assert_eq!((theirs.url.as_str(), ours.url.as_str()), (commune.url.as_str(), ministry.url.as_str()));
    assert_eq!(theirs.agencies, [code("H57.103")]);
    assert_eq!(ours.agencies, [code("G09"), code("G22")]);
    assert_eq!(theirs.kid, commune.platform.signing().server().kid());
    assert_eq!(ours.note_key, ministry.platform.signing().note_key());
    assert_eq!(theirs.name, "Cơ quan H57.103");
    // The commune's directory now knows the ministry, as an agency elsewhere.
    let found = commune.platform.db().read(|tx| platform::directory::agency_latest(tx, &code("G09"))).await.unwrap();
    assert_eq!(found.map(|agency| (agency.name.vi.to_string(), agency.hosted)), Some(("Cơ quan G09".into(), false)));
    for server in [&ministry, &commune] {
        crate::world::settle(server).await;
        let entries = server
            .platform
            .db()
            .read(|tx| platform::ledger::read_after(tx, 0, &["exchange.peer.introduced"], 10))
            .await
            .unwrap();
        assert_eq!(entries.len(), 1);
    }
}

#[tokio::test]
async fn an_invitation_is_good_for_one_server() {
    let ministry = server(1, &["G09"], &[]).await;
    let commune = server(2, &["H57.103"], &[]).await;
    let invitation = invite(&ministry, &["H57.103"]).await;
    // The answer is lost: the commune does not know yet, the ministry does; asking again comes to the same end.
    ministry.line.store(LOSE, Ordering::SeqCst);
    assert_eq!(refusal(accept(&commune, &invitation).await).code.code, "exchange.peer.unreachable");
    assert_eq!((count(&ministry, "exchange_peer").await, count(&commune, "exchange_peer").await), (1, 0));
    let first = accept(&commune, &invitation).await.unwrap();
    let again = accept(&commune, &invitation).await.unwrap();
    assert_eq!(first, again);
    assert_eq!((count(&ministry, "exchange_peer").await, count(&commune, "exchange_peer").await), (1, 1));
    // Whoever finds the used invitation cannot use it.
    let thief = server(3, &["H57.103"], &[]).await;
    let said = refusal(accept(&thief, &invitation).await);
    assert!(said.message(base::Lang::Vi).contains("đã dùng"), "{}", said.message(base::Lang::Vi));
    assert_eq!((count(&thief, "exchange_peer").await, count(&ministry, "exchange_peer").await), (0, 1));
}

#[tokio::test]
async fn an_invitation_expires() {
    let ministry = server(1, &["G09"], &[]).await;
    let commune = server(2, &["H57.103"], &[]).await;
    let invitation = invite(&ministry, &["H57.103"]).await;
    for server in [&ministry, &commune] {
        server.clock.advance_seconds(86_401);
    }
    assert_eq!(refusal(accept(&commune, &invitation).await).code.code, "exchange.peer.invitation-unknown");
    let forged = peers::Invitation { expires_at: commune.platform.now().plus_seconds(60), ..invitation };
    let said = refusal(accept(&commune, &forged).await);
    assert!(said.message(base::Lang::Vi).contains("đã hết hạn"), "{}", said.message(base::Lang::Vi));
    assert_eq!(count(&ministry, "exchange_peer").await, 0);
}

#[tokio::test]
async fn a_server_speaks_only_for_what_was_agreed() {
    let ministry = server(1, &["G09"], &[]).await;
    // It serves two agencies; the invitation names one of them.
    let commune = server(2, &["H57.103", "H57.104"], &[]).await;
    accept(&commune, &invite(&ministry, &["H57.103"]).await).await.unwrap();
    assert_eq!(peers_of(&ministry).await[0].agencies, [code("H57.103")]);
    // Neither an agency of this server nor one of another peer can be promised.
    for taken in ["G09", "H57.103"] {
        let new = peers::NewInvitation { codes: vec![code(taken)], valid_seconds: 60 };
        assert_eq!(refusal(peers::invite(&ministry.platform, new).await).code.code, "exchange.peer.agency");
    }
}

#[tokio::test]
async fn the_server_behind_the_address_must_be_the_one_that_invited() {
    let ministry = server(1, &["G09"], &[]).await;
    let impostor = server(3, &["G09"], &[]).await;
    let commune = server(2, &["H57.103"], &[]).await;
    // The line was redirected to another server, which even knows the secret.
    let honest = invite(&ministry, &["H57.103"]).await;
    let of_impostor = invite(&impostor, &["H57.103"]).await;
    let mixed = peers::Invitation { kid: honest.kid.clone(), note_key: honest.note_key.clone(), ..of_impostor };
    assert_eq!(refusal(accept(&commune, &mixed).await).code.code, "exchange.peer.identity");
    assert_eq!(count(&commune, "exchange_peer").await, 0);
}

#[tokio::test]
async fn an_address_that_was_agreed_must_be_the_one() {
    let ministry = server(1, &["G09"], &[]).await;
    let commune = server(2, &["H57.103"], &[]).await;
    let new = |valid_seconds| peers::NewInvitation { codes: vec![code("H57.103")], valid_seconds };
    let elsewhere = peers::invite_at(&ministry.platform, new(60), "https://vanban.hue.gov.vn").await.unwrap();
    let said = refusal(accept(&commune, &elsewhere).await);
    assert!(said.message(base::Lang::Vi).contains("không khớp với thư mời"), "{}", said.message(base::Lang::Vi));
    assert_eq!(count(&ministry, "exchange_peer").await, 0);
    let right = peers::invite_at(&ministry.platform, new(60), &format!("{}/", commune.url)).await.unwrap();
    accept(&commune, &right).await.unwrap();
    assert_eq!(
        refusal(peers::invite_at(&ministry.platform, new(60), "http://10.0.0.1").await).code.code,
        "exchange.peer.url"
    );
}

#[tokio::test]
async fn a_public_server_is_never_sent_to_its_own_ports() {
    let commune = server(2, &["H57.103"], &[]).await;
    let ministry = server_at(1, &["G09"], &[], Some("https://vanban.moha.gov.vn"), false).await.unwrap();
    let mut invitation = invite(&ministry, &["H57.103"]).await;
    // The commune reaches the ministry over the loopback device and says that it lives there itself.
    let port = ministry.listens.clone();
    invitation.url = port;
    let said = refusal(accept(&commune, &invitation).await);
    assert!(said.message(base::Lang::Vi).contains("không dùng được"), "{}", said.message(base::Lang::Vi));
    assert_eq!(count(&ministry, "exchange_peer").await, 0);
}

#[tokio::test]
async fn a_dismissed_server_is_believed_no_more_and_frees_its_codes() {
    let (ministry, _commune) = pair().await;
    let id = peers_of(&ministry).await[0].id;
    peers::dismiss(&ministry.platform, Actor::person("operator"), id).await.unwrap();
    let peer = &peers_of(&ministry).await[0];
    assert!(peer.dismissed_at.is_some() && peer.agencies.is_empty());
    invite(&ministry, &["H57.103"]).await;
}
