//! Time-stamps: those of `openssl ts` are read, ours are accepted by it, and foreign or forged ones prove nothing.

use crate::made::sign;
use crate::pki::{Key, PERSON, Pki, RESPONDER, STAMPER, now};
use signatures::cms::{self, Content, SignedData};
use signatures::timestamp::{self, AnswerError};
use signatures::{Digest, Digests, Evidence, Verdict, judge};

const DATA: &[u8] = b"signature value";

fn request() -> Vec<u8> {
    timestamp::request(Digest::Sha256, &Digest::Sha256.of(DATA), Some(&[0xab; 8]))
}

fn verdict(pki: &Pki, token: &[u8], data: &[u8]) -> (Verdict, Vec<String>) {
    let known = Evidence { certificates: pki.certificates(&["tsa"]), ..Evidence::default() };
    let report = timestamp::verify(token, &Digests::of(data, &Digest::ALL), &known, &pki.context());
    (report.verdict, report.reasons.iter().map(|reason| reason.code.to_string()).collect())
}

#[test]
fn a_token_of_openssl_is_valid_for_its_data_only() {
    let pki = Pki::usual();
    let reply = pki.stamp("tsa", &request());
    let token = timestamp::read_response(&reply, &request()).expect("a token");
    assert_eq!(verdict(&pki, &token, DATA), (Verdict::Valid, vec![]));
    assert_eq!(verdict(&pki, &token, b"other"), (Verdict::Invalid, vec!["timestamp.foreign".to_owned()]));
    let at = token.len() - 20;
    let mut forged = token.clone();
    forged[at] ^= 1;
    assert_eq!(verdict(&pki, &forged, DATA).0, Verdict::Invalid);
    let other_nonce = timestamp::request(Digest::Sha256, &Digest::Sha256.of(DATA), Some(&[0xac; 8]));
    assert_eq!(timestamp::read_response(&reply, &other_nonce), Err(AnswerError::Foreign), "a replayed answer");
    assert_eq!(timestamp::read_response(&timestamp::rejected(), &request()), Err(AnswerError::Refused(2)));
}

#[test]
fn openssl_accepts_our_tokens_and_refuses_changed_ones() {
    let pki = Pki::usual();
    let asked = timestamp::read_request(&request()).expect("a request");
    let prepared =
        timestamp::prepare(&asked, &pki.certificates(&["tsa", "ca"]), "1.2.3.4", &[7], now()).expect("ready");
    let token = prepared.finish(&pki.signature("tsa", prepared.to_sign())).expect("a token");
    let reply = timestamp::granted(&token);
    let accepts = |reply: &[u8]| {
        pki.write("ours.tsr", reply);
        pki.write("request.tsq", request());
        pki.try_openssl("ts -verify -in ours.tsr -queryfile request.tsq -CAfile root.pem -untrusted ca.pem").0
    };
    assert!(accepts(&reply));
    assert_eq!(verdict(&pki, &token, DATA), (Verdict::Valid, vec![]));
    let mut changed = reply.clone();
    let last = changed.len() - 1;
    changed[last] ^= 1;
    assert!(!accepts(&changed));
    pki.write(
        "asked.tsq",
        pki.openssl("ts -query -digest 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff -sha256 -cert"),
    );
    let theirs = timestamp::read_request(&pki.read("asked.tsq")).expect("openssl's request");
    assert!(theirs.certificates && theirs.nonce.is_some() && theirs.imprint.starts_with(&[0, 0x11, 0x22]));
}

#[test]
fn only_a_time_stamping_certificate_may_stamp() {
    let pki = Pki::usual();
    let asked = timestamp::read_request(&request()).expect("a request");
    let both = STAMPER.replace("timeStamping", "timeStamping,emailProtection");
    let lax = STAMPER.replace("critical,timeStamping", "timeStamping");
    for (name, extensions) in [("both", both.as_str()), ("lax", &lax), ("someone", PERSON), ("answers", RESPONDER)] {
        let certificate = pki.issue("ca", name, "/C=VN/CN=Không phải TSA", extensions, Key::P256);
        let prepared = timestamp::prepare(&asked, &[certificate], "1.2.3.4", &[7], now()).expect("ready");
        let token = prepared.finish(&pki.signature(name, prepared.to_sign())).expect("a token");
        assert_eq!(verdict(&pki, &token, DATA), (Verdict::Invalid, vec!["path.wrong-usage".to_owned()]), "{name}");
    }
}

#[test]
fn a_replayed_stamp_breaks_a_signature_and_a_stolen_stamping_key_proves_nothing() {
    let pki = Pki::usual();
    let token_for = |signature: &[u8]| {
        let request = timestamp::request(Digest::Sha256, &Digest::Sha256.of(signature), None);
        timestamp::read_response(&pki.stamp("tsa", &request), &request).expect("a token")
    };
    let text = b"text";
    let data = SignedData::parse(&sign(&pki, "person", text)).expect("ours");
    let mut claim = cms::claim(&data, &data.signers[0], Content::Bytes(text), &[]);
    claim.timestamps = vec![token_for(b"another signature value")];
    let report = judge(claim.clone(), &pki.context());
    assert_eq!((report.verdict, report.reasons[0].code.as_ref()), (Verdict::Invalid, "timestamp.foreign"));

    // Stamped a minute before the key was stolen, or so it says.
    let asked = timestamp::request(Digest::Sha256, &Digest::Sha256.of(data.signers[0].signature()), None);
    let asked = timestamp::read_request(&asked).expect("a request");
    let at = now().plus_seconds(-60);
    let ready = timestamp::prepare(&asked, &pki.certificates(&["tsa"]), "1.2.3.4", &[7], at).expect("ready");
    claim.timestamps = vec![ready.finish(&pki.signature("tsa", ready.to_sign())).expect("a token")];
    assert_eq!(judge(claim.clone(), &pki.context()).timestamps[0].verdict, Verdict::Valid);
    pki.revoke("ca", "tsa");
    let mut context = pki.context();
    let report = judge(claim.clone(), &context);
    assert_eq!(report.timestamps[0].verdict, Verdict::Indeterminate);
    assert_eq!(report.timestamps[0].reasons[0].code, "revocation.revoked-since");
    assert_eq!(report.time_proof, signatures::TimeProof::None);
    // Who saw it before the theft may rely on it.
    context.existed_at = Some(now().plus_seconds(-30));
    assert_eq!(judge(claim, &context).timestamps[0].verdict, Verdict::Valid);
}
