//! Keys and signatures: what holds, what does not, and what other programs say of it.

use base::{AgencyCode, Clock, Timestamp};
use platform::Error;
use platform::blobs::ContentHash;
use platform::signing::http::{self, Request};
use platform::signing::{
    MIGRATIONS, PeerKey, PeerKeyUse, SignatureError, Signing, Trust, peer_key_pin, peer_keys_revoke, verify_detached,
    verify_note,
};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::process::Command;
use testkit::{TestDb, on_each_database};

async fn open(t: &TestDb) -> Signing {
    open_as(t, "mot.example").await
}

async fn open_as(t: &TestDb, origin: &str) -> Signing {
    let key = t.dir.path().join(format!("{origin}.key"));
    Signing::open(&t.db, &key, &t.clock, &t.random, origin).await.unwrap()
}

fn code(text: &str) -> AgencyCode {
    AgencyCode::parse(text).unwrap()
}

fn base64_of(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

#[tokio::test]
async fn a_seal_signs_and_names_its_agency() {
    on_each_database(&[MIGRATIONS], |t| async move {
        let keys = open(&t).await;
        let seal = keys.seal(&code("H57.01"), "Văn phòng UBND thành phố Huế").await.unwrap();
        let manifest = json!({"b": [1, 2.5, null], "a": "Quyết định", "sha256": "00"});
        let jws = seal.sign_json(&manifest, t.now()).unwrap();
        let found = keys.verify(&manifest, &jws).await.unwrap().unwrap();
        assert_eq!(found.trust, Trust::OwnServer);
        assert_eq!(found.agency_code(), Some(&code("H57.01")));
        assert_eq!(found.certificate.name, "Văn phòng UBND thành phố Huế");
        assert_eq!(found.signed_at, t.now());
        // The order of members does not matter, every value does.
        let same: Value = serde_json::from_str(r#"{"sha256":"00","a":"Quyết định","b":[1,2.5,null]}"#).unwrap();
        assert!(keys.verify(&same, &jws).await.unwrap().is_ok());
        let other = json!({"b": [1, 2.5, null], "a": "Quyết định.", "sha256": "00"});
        assert_eq!(keys.verify(&other, &jws).await.unwrap(), Err(SignatureError::Mismatch));
        // The same key after a restart.
        assert_eq!(open(&t).await.seal(&code("H57.01"), "…").await.unwrap().kid(), seal.kid());
    })
    .await;
}

#[tokio::test]
async fn an_expired_seal_is_replaced_and_its_old_signature_still_holds() {
    on_each_database(&[MIGRATIONS], |t| async move {
        let keys = open(&t).await;
        let seal = keys.seal(&code("H57"), "Huế").await.unwrap();
        let jws = seal.sign_json(&json!({}), t.now()).unwrap();
        let late = seal.sign_json(&json!({}), seal.certificate().not_after.plus_seconds(1)).unwrap();
        assert!(!keys.verify(&json!({}), &late).await.unwrap().unwrap().valid_when_signed);
        assert_eq!(keys.verify(&json!({}), &late).await.unwrap().unwrap().agency_code(), None);
        t.clock.set(seal.certificate().not_after);
        let next = keys.seal(&code("H57"), "Huế").await.unwrap();
        assert_ne!(next.kid(), seal.kid());
        assert!(keys.verify(&json!({}), &jws).await.unwrap().unwrap().agency_code().is_some());
        let kids = keys.jwks().await.unwrap();
        assert!(kids["keys"].as_array().unwrap().iter().any(|k| k["kid"] == seal.kid()), "old receipts stay checkable");
        let checkpoint = kids["keys"].as_array().unwrap().iter().find(|k| k["kty"] == "OKP").unwrap();
        assert_eq!(checkpoint["kid"], keys.note_key(), "checkpoints can be checked by anyone");
    })
    .await;
}

#[tokio::test]
async fn a_peer_is_trusted_once_pinned_and_not_after_revocation() {
    on_each_database(&[MIGRATIONS], |t| async move {
        let here = open(&t).await;
        let far = TestDb::sqlite(MIGRATIONS).await;
        far.random.bytes::<8>(); // other keys than here
        let there = open_as(&far, "hai.example").await;
        let jws = there.seal(&code("H57.101"), "Phường").await.unwrap().sign_json(&json!({"n": 1}), t.now()).unwrap();
        let found = here.verify(&json!({"n": 1}), &jws).await.unwrap().unwrap();
        assert_eq!((found.trust.clone(), found.agency_code()), (Trust::Unknown, None));

        let pin = PeerKey {
            peer: "hai".into(),
            kid: "authority".into(),
            usage: PeerKeyUse::Authority,
            public_key: String::new(),
            certificate: Some(base64_of(there.authority_certificate())),
            pinned_at: t.now(),
            revoked_at: None,
        };
        t.db.write(move |tx| peer_key_pin(tx, &pin)).await.unwrap();
        let found = here.verify(&json!({"n": 1}), &jws).await.unwrap().unwrap();
        assert_eq!(found.trust, Trust::PinnedPeer { peer: "hai".into() });
        assert_eq!(found.agency_code(), Some(&code("H57.101")));

        let now = t.now();
        assert_eq!(t.db.write(move |tx| peer_keys_revoke(tx, now, "hai")).await.unwrap(), 1);
        assert_eq!(here.verify(&json!({"n": 1}), &jws).await.unwrap().unwrap().trust, Trust::Unknown);
    })
    .await;
}

#[tokio::test]
async fn an_authority_of_the_same_name_is_not_the_authority() {
    let t = TestDb::sqlite(MIGRATIONS).await;
    let here = open(&t).await;
    let far = TestDb::sqlite(MIGRATIONS).await;
    far.random.bytes::<8>();
    let forger = open(&far).await; // also calls itself mot.example
    let jws = forger.seal(&code("H57"), "Huế").await.unwrap().sign_json(&json!({}), t.now()).unwrap();
    assert_eq!(here.verify(&json!({}), &jws).await.unwrap().unwrap().trust, Trust::Unknown);
}

#[tokio::test]
async fn a_personal_key_opens_with_its_owners_secret_only() {
    on_each_database(&[MIGRATIONS], |t| async move {
        let keys = open(&t).await;
        let person = "0193";
        assert!(keys.personal(person, "whatever").await.unwrap_err().is_refusal("platform.signing.no-key"));
        let weak = keys.personal_create(person, "Lê Văn An", &code("G09"), "ngắn").await.unwrap_err();
        assert!(weak.is_refusal("platform.signing.weak-secret"));
        keys.personal_create(person, "Lê Văn An", &code("G09"), "mật khẩu riêng").await.unwrap();
        let wrong = keys.personal(person, "mật khẩu khác").await.unwrap_err();
        assert!(wrong.is_refusal("platform.signing.wrong-secret"));
        let signer = keys.personal(person, "mật khẩu riêng").await.unwrap();
        let jws = signer.sign_json(&json!("x"), t.now()).unwrap();
        let found = keys.verify(&json!("x"), &jws).await.unwrap().unwrap();
        assert_eq!(found.certificate.name, "Lê Văn An");
        assert_eq!(found.agency_code(), Some(&code("G09")));
        // A new key retires the old one.
        keys.personal_create(person, "Lê Văn An", &code("G09"), "mật khẩu mới").await.unwrap();
        assert!(keys.personal(person, "mật khẩu riêng").await.is_err());
        assert!(keys.personal(person, "mật khẩu mới").await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn a_lost_or_foreign_master_key_is_named() {
    let t = TestDb::sqlite(MIGRATIONS).await;
    let path = t.dir.path().join("mot.example.key");
    open(&t).await;
    let kept = std::fs::read(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let lost = Signing::open(&t.db, &path, &t.clock, &t.random, "mot.example").await.err().unwrap();
    assert!(matches!(&lost, Error::Fault(text) if text.contains("is missing")), "{lost}");
    assert!(!path.exists(), "no new key is made over existing data");
    platform::signing::MasterKey::create(&path, &t.random).unwrap();
    let foreign = Signing::open(&t.db, &path, &t.clock, &t.random, "mot.example").await.err().unwrap();
    assert!(matches!(&foreign, Error::Fault(text) if text.contains("wrong master key")), "{foreign}");
    std::fs::write(&path, kept).unwrap();
    assert_eq!(open_as_is(&t, &path).await.origin(), "mot.example", "the first name stays");
}

async fn open_as_is(t: &TestDb, path: &std::path::Path) -> Signing {
    Signing::open(&t.db, path, &t.clock, &t.random, "khac.example").await.unwrap()
}

#[tokio::test]
async fn checkpoints_are_signed_under_the_origin() {
    let t = TestDb::sqlite(MIGRATIONS).await;
    let keys = open(&t).await;
    let note = keys.sign_note("mot.example\n3\nAAAA\n");
    assert_eq!(verify_note(&note, &keys.note_key()).unwrap(), "mot.example\n3\nAAAA\n");
    assert!(verify_note(&note.replace("\n3\n", "\n4\n"), &keys.note_key()).is_err());
}

#[tokio::test]
async fn signed_requests() {
    on_each_database(&[MIGRATIONS], |t| async move {
        let keys = open(&t).await;
        let server = keys.server();
        let digest = http::content_digest(ContentHash([7; 32]));
        let date = http::http_date(t.now());
        assert_eq!(date, "Mon, 23 Nov 2026 01:00:00 GMT");
        assert_eq!(http::parse_content_digest(&format!("sha-512=:AA==:, {digest}")), Some(ContentHash([7; 32])));
        let request = Request {
            method: "POST",
            target_uri: "https://hai.example/api/v1/exchange/packages?x=1",
            content_digest: Some(&digest),
            date: Some(&date),
        };
        let headers = http::sign(server, &request, t.now(), "abcdefgh12345").unwrap();
        let spki = server.public_key_der().unwrap();
        let find = |kid: &str| (kid == server.kid()).then(|| spki.clone());
        let check = |request: &Request<'_>, now: Timestamp| {
            http::verify(request, &headers.signature_input, &headers.signature, find, now, 300)
        };
        let signed = check(&request, t.now()).unwrap();
        assert_eq!((signed.kid.as_str(), signed.nonce.as_str()), (server.kid(), "abcdefgh12345"));
        assert_eq!(check(&request, t.now().plus_seconds(301)), Err(SignatureError::Replay));
        assert_eq!(check(&request, t.now().plus_seconds(-301)), Err(SignatureError::Replay));
        for altered in [
            Request { method: "PUT", ..request },
            Request { target_uri: "https://hai.example/api/v1/exchange/packages?x=2", ..request },
            Request { content_digest: Some("sha-256=:AA==:"), ..request },
            Request { date: Some("Mon, 23 Nov 2026 01:00:01 GMT"), ..request },
        ] {
            assert_eq!(check(&altered, t.now()), Err(SignatureError::Mismatch), "{altered:?}");
        }
        // A body whose digest is not covered by the signature.
        let bodiless = Request { content_digest: None, ..request };
        assert!(matches!(check(&bodiless, t.now()), Err(SignatureError::Malformed(_))));
        let unknown = http::verify(&request, &headers.signature_input, &headers.signature, |_| None, t.now(), 300);
        assert!(matches!(unknown, Err(SignatureError::UnknownKey(_))));

        let now = t.now();
        let once = signed.clone();
        assert!(t.db.write(move |tx| http::nonce_use(tx, &once, now, 300)).await.unwrap());
        let twice = signed.clone();
        assert!(!t.db.write(move |tx| http::nonce_use(tx, &twice, now, 300)).await.unwrap());
    })
    .await;
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-(1_i64 << 53)..(1_i64 << 53)).prop_map(Value::from),
        any::<f64>().prop_filter("finite", |x| x.is_finite()).prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::hash_map("\\PC{0,6}", inner, 0..5).prop_map(|m| Value::Object(m.into_iter().collect())),
        ]
    })
}

fn signed_world() -> (Signing, tokio::runtime::Runtime, TestDb) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let (keys, t) = runtime.block_on(async {
        let t = TestDb::sqlite(MIGRATIONS).await;
        (open(&t).await, t)
    });
    (keys, runtime, t)
}

#[test]
fn every_json_value_round_trips_and_every_altered_byte_is_found() {
    let (keys, runtime, t) = signed_world();
    let anchors = runtime.block_on(keys.anchors()).unwrap();
    let config = ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(value in any_json(), at in any::<prop::sample::Index>(), bit in 0_u8..7)| {
        let jws = keys.server().sign_json(&value, t.now()).unwrap();
        // What travels is text: the same value must come out of it.
        let text = serde_json::to_string(&value).unwrap();
        let back: Value = serde_json::from_str(&text).unwrap();
        prop_assert!(verify_detached(&back, &jws, &anchors).is_ok());
        let mut altered = jws.into_bytes();
        let index = at.index(altered.len());
        altered[index] ^= 1 << bit;
        if let Ok(altered) = String::from_utf8(altered) {
            prop_assert!(verify_detached(&back, &altered, &anchors).is_err(), "byte {index}");
        }
    });
}

#[test]
fn odd_signatures_are_refused_without_panic() {
    let (keys, runtime, _t) = signed_world();
    let anchors = runtime.block_on(keys.anchors()).unwrap();
    for odd in ["", "..", "a.b.c", "e30..AA", "e30.e30.", "eyJhbGciOiJub25lIiwiaWF0IjowLCJraWQiOiIiLCJ4NWMiOltdfQ..AA"]
    {
        assert!(verify_detached(&json!({}), odd, &anchors).is_err(), "{odd}");
    }
    let config = ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(text in "[A-Za-z0-9_.=-]{0,60}")| {
        let refused = verify_detached(&json!({}), &text, &anchors).is_err();
        prop_assert!(refused);
    });
}

fn have(program: &str, arguments: &[&str]) -> bool {
    let found = Command::new(program).args(arguments).output().is_ok_and(|o| o.status.success());
    if !found {
        eprintln!("skipped: {program} {arguments:?} is not here");
    }
    found
}

#[tokio::test]
async fn openssl_accepts_our_certificates_and_signatures() {
    if !have("openssl", &["version"]) {
        return;
    }
    let t = TestDb::sqlite(MIGRATIONS).await;
    // openssl looks at the machine's own clock.
    let keys = Signing::open(&t.db, &t.dir.path().join("k"), &Clock::System, &t.random, "mot.example").await.unwrap();
    let seal = keys.seal(&code("H57.01"), "Văn phòng UBND").await.unwrap();
    let at = |name: &str| t.dir.path().join(name);
    std::fs::write(at("ca.der"), keys.authority_certificate()).unwrap();
    for (name, signer) in [("seal", &seal), ("server", keys.server())] {
        std::fs::write(at("leaf.der"), &signer.chain()[0]).unwrap();
        for file in ["ca", "leaf"] {
            let made = Command::new("openssl")
                .args(["x509", "-inform", "DER", "-in"])
                .arg(at(&format!("{file}.der")))
                .arg("-out")
                .arg(at(&format!("{file}.pem")))
                .output()
                .unwrap();
            assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        }
        let verified = Command::new("openssl")
            .args(["verify", "-x509_strict", "-CAfile"])
            .args([at("ca.pem"), at("leaf.pem")])
            .output()
            .unwrap();
        assert!(verified.status.success(), "{name}: {}", String::from_utf8_lossy(&verified.stderr));
    }
    std::fs::write(at("leaf.der"), &seal.chain()[0]).unwrap();
    let shown = Command::new("openssl")
        .args(["x509", "-inform", "DER", "-noout", "-subject", "-nameopt", "utf8,-esc_msb,sep_comma_plus", "-in"])
        .arg(at("leaf.der"))
        .output()
        .unwrap();
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains("MD:VN-H57.01") && shown.contains("Văn phòng UBND"), "{shown}");
}

#[tokio::test]
async fn python_verifies_our_jws() {
    if !have("python3", &["-c", "import cryptography"]) {
        return;
    }
    let t = TestDb::sqlite(MIGRATIONS).await;
    let keys = open(&t).await;
    let seal = keys.seal(&code("H57.01"), "Văn phòng").await.unwrap();
    let payload = json!({"b": 1, "a": "đ", "list": [true, null]});
    let jws = seal.sign_json(&payload, t.now()).unwrap();
    let script = r#"
import sys, json, base64
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
jws, payload = sys.argv[1], json.loads(sys.argv[2])
un = lambda s: base64.urlsafe_b64decode(s + "=" * (-len(s) % 4))
h, _, s = jws.split(".")
header = json.loads(un(h)); sig = un(s)
canonical = json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
signed = h.encode() + b"." + base64.urlsafe_b64encode(canonical).rstrip(b"=")
cert = x509.load_der_x509_certificate(base64.b64decode(header["x5c"][0]))
ca = x509.load_der_x509_certificate(base64.b64decode(header["x5c"][1]))
cert.verify_directly_issued_by(ca)
der = encode_dss_signature(int.from_bytes(sig[:32], "big"), int.from_bytes(sig[32:], "big"))
cert.public_key().verify(der, signed, ec.ECDSA(hashes.SHA256()))
print("ok")
"#;
    let run = Command::new("python3").args(["-c", script, &jws, &payload.to_string()]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&run.stdout).trim(), "ok", "{}", String::from_utf8_lossy(&run.stderr));
}
