//! Whatever the bytes, the readers end in bounded time without panicking.

use crate::pki::Pki;
use proptest::prelude::*;
use signatures::cms::{self, Content, SignedData};
use signatures::{Certificate, Context, Digest, Digests, Evidence, Malformed, revocation, timestamp};
use std::sync::LazyLock;

struct Samples {
    all: Vec<Vec<u8>>,
    context: Context,
}

static SAMPLES: LazyLock<Samples> = LazyLock::new(|| {
    let pki = Pki::usual();
    let cms = crate::made::sign(&pki, "seal", b"text");
    let signature = SignedData::parse(&cms).expect("ours").signers[0].signature().to_vec();
    let request = timestamp::request(Digest::Sha256, &Digest::Sha256.of(&signature), Some(&[1; 8]));
    let reply = pki.stamp("tsa", &request);
    let token = timestamp::read_response(&reply, &request).expect("a token");
    let stamped = cms::add_timestamp(&cms, 0, &token).expect("B-T");
    let asked = revocation::ocsp_request(&pki.certificate("seal"), &pki.certificate("ca"), None);
    let ocsp = pki.ocsp("ca", "ocsp", &asked);
    let context = pki.context();
    let evidence = Evidence { ocsp: vec![ocsp.clone()], ..context.evidence.clone() };
    let long = cms::add_evidence(&stamped, &evidence).expect("B-LT");
    let all = vec![long, token, reply, request, ocsp, pki.crl("ca"), pki.certificate("seal").der().to_vec()];
    Samples { all, context }
});

/// Every reader of the crate's core.
fn read_all(bytes: &[u8], context: &Context) {
    if let Ok(data) = SignedData::parse(bytes) {
        cms::verify(&data, Content::Bytes(b"text"), context);
        let _ = cms::add_evidence(bytes, &context.evidence);
    }
    if let Ok(certificate) = Certificate::parse(bytes) {
        certificate.info();
        certificate.addresses();
        let rules = signatures::path::Rules {
            trust: &context.trust,
            policy: &context.policy,
            moment: signatures::path::Moment { at: context.at, proven: false, claimed: None },
            purpose: signatures::path::Purpose::Documents,
        };
        signatures::path::find(&certificate, &context.evidence.certificates, rules);
    }
    let _ = Certificate::parse_many(bytes);
    let _ = timestamp::read_request(bytes);
    let _ = timestamp::read_response(bytes, &SAMPLES.all[3]);
    timestamp::verify(bytes, &Digests::of(b"text", &Digest::ALL), &context.evidence, context);
    let _ = revocation::read_crl(bytes);
    let _ = revocation::read_ocsp(bytes);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn changed_samples_never_panic(
        sample in 0usize..7,
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..6),
        cut in proptest::option::of(any::<proptest::sample::Index>()),
    ) {
        let samples = &*SAMPLES;
        let mut bytes = samples.all[sample].clone();
        for (place, value) in changes {
            let at = place.index(bytes.len());
            bytes[at] = value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let mut context = samples.context.clone();
        context.evidence.ocsp.push(bytes.clone());
        context.evidence.crls.push(bytes.clone());
        read_all(&bytes, &context);
        read_all(&samples.all[0], &context);
    }

    #[test]
    fn any_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        read_all(&bytes, &SAMPLES.context);
    }
}

#[test]
fn huge_lengths_and_deep_nesting_are_refused_at_once() {
    for bytes in [&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff][..], &[0x30, 0x88, 1, 1, 1, 1, 1, 1, 1, 1], &[0x30, 0xff]] {
        assert!(SignedData::parse(bytes).is_err() && Certificate::parse(bytes).is_err());
        assert!(revocation::read_crl(bytes).is_err() && revocation::read_ocsp(bytes).is_err());
    }
    let deep = [0x30, 0x80].repeat(1_000_000);
    assert_eq!(SignedData::parse(&deep).err(), Some(Malformed::TooDeep));
    let mut definite = vec![0x30, 0];
    for _ in 0..10_000 {
        let mut outer = vec![0x30, 0x84];
        outer.extend((definite.len() as u32).to_be_bytes());
        outer.append(&mut definite);
        definite = outer;
    }
    assert!(SignedData::parse(&definite).is_err());
    assert_eq!(Certificate::parse(&vec![0; 1 << 20]).err(), Some(Malformed::TooLarge));
}
