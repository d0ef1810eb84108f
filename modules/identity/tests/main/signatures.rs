//! Verifying the signatures of a file from anywhere: the page, the call, tampering, names that are markup, who may.

use crate::world::{Answer, Browser, World, components};
use base::AgencyCode;
use platform::access::{Act, Role};
use platform::directory::Rank;
use platform::ledger::Actor;
use platform::signing::trust::{self, NewRoot};
use std::path::PathBuf;
use std::process::Command;
use testkit::on_each_platform;

const PAGE: &str = "/kiem-tra-chu-ky";
const CALL: &str = "/api/v1/signatures/verify";
const NASTY: &str = "<script>alert(1)</script>";

/// A test authority with a signer whose name is markup, in a folder of its own.
struct Pki(PathBuf);

impl Pki {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("lienthong-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let pki = Self(folder);
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
        let root = ["req", "-x509", "-subj", "/CN=Root", "-days", "36500", "-keyout", "ca.key", "-out", "ca.pem"];
        pki.openssl(&[&root[..], &key].concat());
        let subject = format!("/O=UBND tinh/CN={}", NASTY.replace('/', "\\/"));
        let request = ["req", "-subj", &subject, "-keyout", "a.key", "-out", "a.csr"];
        pki.openssl(&[&request[..], &key].concat());
        std::fs::write(pki.0.join("a.ext"), "keyUsage=critical,digitalSignature,nonRepudiation\n").unwrap();
        let issue = "x509 -req -in a.csr -CA ca.pem -CAkey ca.key -days 36500 -extfile a.ext -out a.pem";
        pki.openssl(&issue.split(' ').collect::<Vec<_>>());
        pki
    }

    fn openssl(&self, words: &[&str]) {
        let output = Command::new("openssl").args(words).current_dir(&self.0).output().unwrap();
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// A detached signature over `content`.
    fn signed(&self, content: &str) -> Vec<u8> {
        std::fs::write(self.0.join("content"), content).unwrap();
        let sign = "cms -sign -binary -cades -md sha256 -signer a.pem -inkey a.key -in content -outform DER -out a.p7s";
        self.openssl(&sign.split(' ').collect::<Vec<_>>());
        std::fs::read(self.0.join("a.p7s")).unwrap()
    }

    /// An XML signature over the element `tin`, beside it in one document, by `xmlsec1`.
    fn signed_xml(&self) -> String {
        let document = r##"<goi><tin Id="t">Quyết định</tin><Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo><CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/><SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"/><Reference URI="#t"><DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><DigestValue/></Reference></SignedInfo><SignatureValue/><KeyInfo><X509Data/></KeyInfo></Signature></goi>"##;
        std::fs::write(self.0.join("template.xml"), document).unwrap();
        let sign = "--sign --privkey-pem a.key,a.pem --id-attr:Id tin --output a.xml template.xml";
        let output = Command::new("xmlsec1").args(sign.split(' ')).current_dir(&self.0).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        std::fs::read_to_string(self.0.join("a.xml")).unwrap()
    }
}

impl Drop for Pki {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

async fn trusting(world: &World, pki: &Pki) {
    let p = &world.t.platform;
    let file = std::fs::read(pki.0.join("ca.pem")).unwrap();
    let certificate = trust::roots_read(&file).unwrap().remove(0);
    let kind = serde_json::from_value(serde_json::json!("government")).unwrap();
    let new = NewRoot { certificate: file, kind, valid_until: None, agencies: Vec::<AgencyCode>::new() };
    let (act, id) = (Act::new(p, Actor::Server), p.new_id());
    p.db().write(move |tx| trust::root_add(tx, &act, id, &certificate, &new)).await.unwrap();
}

async fn send(browser: &Browser, path: &str, guard: &str, files: &[(&str, &str, &[u8])]) -> Answer {
    let mut body = format!("--x\r\nContent-Disposition: form-data; name=\"_csrf\"\r\n\r\n{guard}\r\n").into_bytes();
    for (field, name, bytes) in files {
        let head = format!("--x\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\r\n");
        body.extend(head.bytes().chain(bytes.iter().copied()).chain(*b"\r\n"));
    }
    body.extend(b"--x--\r\n");
    let accept = if path == PAGE { "text/html" } else { "application/json" };
    let headers = [("content-type", "multipart/form-data; boundary=x"), ("accept", accept), ("x-csrf-token", guard)];
    browser.ask("POST", path, &headers, body).await
}

#[tokio::test]
async fn a_signature_from_anywhere_is_judged_and_a_changed_file_is_told() {
    on_each_platform(components, |t| async move {
        let world = World::set_up(t).await;
        let pki = Pki::new(&world.t.platform.new_id::<()>().to_string());
        trusting(&world, &pki).await;
        world.person("chuyen.vien", "H57.09", Rank::Staff, &[Role::Specialist]).await;
        let browser = world.signed_in("chuyen.vien").await;
        let guard = browser.get(PAGE).await.guard().to_owned();
        let signature = pki.signed("Quyết định");
        let content = "Quyết định".as_bytes();

        let files: &[(&str, &str, &[u8])] = &[("file", "a.p7s", &signature), ("content", "a.txt", content)];
        let good = send(&browser, CALL, &guard, files).await;
        assert_eq!(good.status, 200, "{}", good.text);
        let signed = &good.json()["signatures"][0];
        assert_eq!(
            (signed["integrity"].as_str(), signed["path"]["trust"].as_str()),
            (Some("intact"), Some("government"))
        );
        assert!(signed["reasons"][0]["message"]["vi"].is_string() && signed["reasons"][0]["message"]["en"].is_string());

        let files: &[(&str, &str, &[u8])] = &[("file", "a.p7s", &signature), ("content", "a.txt", b"other")];
        let changed = send(&browser, CALL, &guard, files).await.json();
        assert_eq!(
            (changed["verdict"].as_str(), changed["signatures"][0]["integrity"].as_str()),
            (Some("invalid"), Some("broken"))
        );
        let page = send(&browser, PAGE, &guard, files).await;
        assert_eq!(page.status, 200, "{}", page.text);
        assert!(page.text.contains("Không hợp lệ. "), "{}", page.text);
        assert!(
            page.text.contains("&lt;script") || page.text.contains("&#60;script"),
            "the name is shown: {}",
            page.text
        );
        assert!(!page.text.contains(NASTY), "and never as markup");

        // XML: what is signed is told from what stands beside it.
        let xml = pki.signed_xml();
        let signed = send(&browser, CALL, &guard, &[("file", "a.xml", xml.as_bytes())]).await.json();
        let one = &signed["signatures"][0];
        assert_eq!((one["format"].as_str(), one["integrity"].as_str()), (Some("xmldsig"), Some("intact")), "{signed}");
        assert_eq!(one["coverage"]["names"][0], "/goi/tin (#t)");
        let wrapped = xml.replace("<goi>", "<goi><tin>Quyết định khác</tin>");
        let page = send(&browser, PAGE, &guard, &[("file", "a.xml", wrapped.as_bytes())]).await;
        assert!(page.text.contains("Không chữ ký nào bao gồm: /goi/tin."), "{}", page.text);

        // The body is the file itself: then the content is missing, which is said and no failure.
        let raw = [("content-type", "application/octet-stream"), ("x-csrf-token", guard.as_str())];
        let alone = browser.ask("POST", CALL, &raw, &signature).await.json();
        assert_eq!(alone["signatures"][0]["integrity"], "unknown");
    })
    .await;
}

#[tokio::test]
async fn what_is_no_signed_file_comes_back_with_words() {
    on_each_platform(components, |t| async move {
        let world = World::set_up(t).await;
        world.person("chuyen.vien", "H57.09", Rank::Staff, &[Role::Specialist]).await;
        let browser = world.signed_in("chuyen.vien").await;
        let guard = browser.get(PAGE).await.guard().to_owned();
        let other = send(&browser, PAGE, &guard, &[("file", "a.zip", b"PK\x03\x04")]).await;
        assert_eq!(other.status, 422);
        assert!(other.text.contains("Không kiểm tra được chữ ký của loại tệp này."), "{}", other.text);
        let none = send(&browser, PAGE, &guard, &[]).await;
        assert!(none.status == 422 && none.text.contains("Chưa chọn tệp cần kiểm tra."), "{}", none.text);
        let broken = send(&browser, PAGE, &guard, &[("file", "a.pdf", b"%PDF-1.7\nnothing")]).await;
        assert!(broken.status == 200 && broken.text.contains("Chưa thể kết luận."), "{}", broken.text);
        let bomb = b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>";
        let bomb = send(&browser, PAGE, &guard, &[("file", "a.xml", bomb)]).await;
        assert!(bomb.status == 200 && bomb.text.contains("khai báo DTD"), "{}", bomb.text);
        let unguarded = send(&browser, PAGE, "wrong", &[("file", "a.pdf", b"%PDF-1.7\nnothing")]).await;
        assert_eq!(unguarded.status, 403, "{}", unguarded.text);
        let nobody = send(&world.browser(), CALL, "", &[("file", "a.pdf", b"%PDF-1.7\nnothing")]).await;
        assert_eq!(nobody.status, 401);
    })
    .await;
}
