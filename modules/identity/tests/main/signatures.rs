//! What the signatures of a file are worth: the page and the call, for whoever is signed in.

use crate::world::{World, components};
use platform::access::Role;
use platform::directory::Rank;
use std::process::Command;
use testkit::on_each_platform;

/// A detached signature over `noi dung` by somebody whose name is markup.
fn signed() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let done = Command::new("openssl").current_dir(folder.path()).args(arguments).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    std::fs::write(folder.path().join("content"), "noi dung").unwrap();
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "key"];
    let subject = ["-subj", "/CN=<script>alert(1)<\\/script>", "-out", "pem"];
    run(&[&["req", "-x509"][..], &key, &subject].concat());
    run(&[
        "cms",
        "-sign",
        "-cades",
        "-binary",
        "-nodetach",
        "-signer",
        "pem",
        "-inkey",
        "key",
        "-in",
        "content",
        "-outform",
        "DER",
        "-out",
        "p7m",
    ]);
    std::fs::read(folder.path().join("p7m")).unwrap()
}

fn form(guard: &str, file: &[u8]) -> Vec<u8> {
    let head = format!(
        "--x\r\ncontent-disposition: form-data; name=\"_csrf\"\r\n\r\n{guard}\r\n--x\r\n\
         content-disposition: form-data; name=\"file\"; filename=\"a.p7m\"\r\n\r\n"
    );
    [head.as_bytes(), file, b"\r\n--x--\r\n"].concat()
}

#[tokio::test]
async fn whoever_is_signed_in_is_told_and_nothing_is_kept() {
    on_each_platform(components, |t| async move {
        let world = World::set_up(t).await;
        world.person("hanh.pt", "H57", Rank::Staff, &[Role::RegistryClerk]).await;
        assert_eq!(world.browser().get("/kiem-tra-chu-ky").await.status, 303, "a stranger signs in first");
        let client = world.signed_in("hanh.pt").await;
        let page = client.get("/kiem-tra-chu-ky").await;
        assert!(page.status == 200 && page.text.contains("enctype=\"multipart/form-data\""), "{}", page.text);
        let stored = world.t.platform.blobs().counts().await.unwrap();

        let headers = [("content-type", "multipart/form-data; boundary=x")];
        let body = form(page.guard(), &signed());
        let told = client.ask_bytes("POST", "/kiem-tra-chu-ky", &headers, body).await;
        assert_eq!(told.status, 200, "{}", told.text);
        assert!(told.text.contains("Chưa xác định được") && told.text.contains("Để biết, tham khảo"), "{}", told.text);
        assert!(told.text.contains("&lt;script&gt;alert(1)") && !told.text.contains("<script>alert"), "escaped");

        let mut changed = signed();
        let at = changed.windows(8).position(|part| part == b"noi dung").unwrap();
        changed[at] = b'N';
        let told = client.ask_bytes("POST", "/kiem-tra-chu-ky", &headers, form(page.guard(), &changed)).await;
        assert!(told.status == 200 && told.text.contains("Không hợp lệ"), "{}", told.text);
        let nonsense = client.ask_bytes("POST", "/kiem-tra-chu-ky", &headers, form(page.guard(), b"hello")).await;
        assert!(nonsense.status == 422 && nonsense.text.contains("Chọn đúng tệp đã ký"), "{}", nonsense.text);
        let left_out = String::from_utf8(form(page.guard(), b"")).unwrap().replace("a.p7m", "").into_bytes();
        let none = client.ask_bytes("POST", "/kiem-tra-chu-ky", &headers, left_out).await;
        assert!(none.status == 422 && none.text.contains("Chưa chọn tệp"), "{}", none.text);
        let unguarded = client.ask_bytes("POST", "/kiem-tra-chu-ky", &headers, form("x", &signed())).await;
        assert_eq!(unguarded.status, 403);
        assert_eq!(world.t.platform.blobs().counts().await.unwrap(), stored, "nothing is kept");
    })
    .await;
}

#[tokio::test]
async fn programs_get_the_report_as_it_is() {
    on_each_platform(components, |t| async move {
        let world = World::set_up(t).await;
        let client = world.signed_in("quan.tri").await;
        let headers = [("content-type", "application/octet-stream"), ("accept", "application/json")];
        let guard = client.get("/kiem-tra-chu-ky").await.guard().to_owned();
        let guarded = [&headers[..], &[("x-csrf-token", guard.as_str())]].concat();
        let told = client.ask_bytes("POST", "/api/v1/signatures/verify", &guarded, signed()).await;
        assert_eq!(told.status, 200, "{}", told.text);
        let report = told.json();
        assert_eq!(report["verdict"], "indeterminate");
        assert_eq!(report["signatures"][0]["integrity"], "intact");
        let wrong = client.ask_bytes("POST", "/api/v1/signatures/verify", &guarded, b"hello".to_vec()).await;
        assert_eq!((wrong.status, wrong.json()["code"].as_str()), (422, Some("platform.signing.unreadable")));
        let stranger = world.browser().ask_bytes("POST", "/api/v1/signatures/verify", &headers, signed()).await;
        assert_eq!(stranger.status, 401);
    })
    .await;
}
