//! The trust list: roots are added and withdrawn once, by entries in the ledger, and decide what a signature is worth.

use crate::people_accounts::{act, enter_agency};
use crate::people_directory::{agency, code};
use crate::people_sixteen::of_sixteen;
use platform::Platform;
use platform::ledger::{self, Registry};
use platform::signing::trust::{NewRoot, root_add, root_get, root_withdraw, roots, roots_read, trust_list};
use signatures::{Certificate, TrustKind};
use std::process::Command;
use std::time::Duration;
use testkit::on_each_platform;

/// A self-signed certificate, PEM.
fn certificate(name: &str, is_authority: bool) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let constraints = format!("basicConstraints=critical,CA:{}", if is_authority { "TRUE" } else { "FALSE" });
    let mut make = Command::new("openssl");
    make.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3650"]);
    make.args(["-subj", &format!("/C=VN/O=Ban Cơ yếu/CN={name}"), "-utf8", "-addext", &constraints, "-keyout"]);
    let made = make.arg(folder.path().join("key")).arg("-out").arg(folder.path().join("pem")).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    std::fs::read(folder.path().join("pem")).unwrap()
}

fn new(pem: &[u8], kind: TrustKind) -> (Certificate, NewRoot) {
    let certificate = roots_read(pem).unwrap().remove(0);
    (certificate, NewRoot { certificate: pem.to_vec(), kind, valid_until: None, agencies: vec![code("H57")] })
}

async fn trusted(p: &Platform) -> Vec<(TrustKind, String)> {
    let own = p.signing().authority_certificate().to_vec();
    let list = p.db().read(move |tx| trust_list(tx, &own)).await.unwrap();
    list.anchors.into_iter().map(|anchor| (anchor.kind, anchor.certificate.info().name)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn roots_are_added_and_withdrawn_once() {
    on_each_platform(Vec::new, |t| async move {
        let p = &t.platform;
        enter_agency(p, agency("H57", "Ủy ban nhân dân thành phố Huế")).await;
        let own = trusted(p).await;
        assert!(matches!(own.as_slice(), [(TrustKind::Own, _)]), "{own:?}");

        let pem = certificate("Gốc chuyên dùng", true);
        p.db().pause_statements(Duration::from_millis(1));
        let added = of_sixteen(|_| {
            let (p, act, id, (certificate, new)) = (p.clone(), act(p), p.new_id(), new(&pem, TrustKind::Government));
            async move { p.db().write(move |tx| root_add(tx, &act, id, &certificate, &new)).await }
        });
        assert_eq!(added.await, 1, "one certificate is trusted once");
        let root = p.db().read(roots).await.unwrap().remove(0);
        assert_eq!((root.kind, root.name.as_str(), root.version), (TrustKind::Government, "Gốc chuyên dùng", 1));
        assert!(trusted(p).await.contains(&(TrustKind::Government, "Gốc chuyên dùng".to_owned())));

        // A withdrawal that comes second finds nothing to do; it is no conflict, and no second entry.
        let withdrawn = of_sixteen(|_| {
            let (p, act, id) = (p.clone(), act(p), root.id);
            async move { p.db().write(move |tx| root_withdraw(tx, &act, id)).await }
        });
        assert!(withdrawn.await >= 1);
        let id = root.id;
        let after = p.db().read(move |tx| root_get(tx, id)).await.unwrap().unwrap();
        assert_eq!(after.version, 2, "withdrawn once");
        assert_eq!(trusted(p).await, own);

        // Trusted again on other terms, it is another record; what was judged by the first stays told.
        let (act, again, (certificate, new)) = (act(p), p.new_id(), new(&pem, TrustKind::Public));
        p.db().write(move |tx| root_add(tx, &act, again, &certificate, &new)).await.unwrap();
        assert_eq!(p.db().read(roots).await.unwrap().len(), 2);
        let registry = Registry::of(p.components());
        let report = p.db().read(move |tx| ledger::verify(tx, &registry, &[])).await.unwrap();
        assert!(report.is_clean(), "{:?}", report.findings);
    })
    .await;
}

#[test]
fn what_is_no_root_is_refused_by_name() {
    let leaf = roots_read(&certificate("Nguyễn Văn An", false)).unwrap_err();
    assert!(leaf.is_refusal("platform.signing.root-not-authority"), "{leaf}");
    for nonsense in [&b""[..], b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", &[0x30, 0x82, 0xff]] {
        let refused = roots_read(nonsense).unwrap_err();
        assert!(refused.is_refusal("platform.signing.root-unreadable"), "{refused}");
    }
}
