//! `signature verify` and the trust list: a file from anywhere, judged with and without a data folder.

use super::{AGENCIES, Place, Said, lines, said};
use std::io::Write as _;
use std::process::Command;

/// A root, a person's certificate under it, and a detached CAdES signature by it (`tin.p7s` over `tin.txt`).
fn signed(place: &Place) {
    place.file("tin.txt", "Quyết định số 12/QĐ-UBND\n");
    let extensions = "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature,nonRepudiation\n";
    place.file("extensions", extensions);
    let openssl = |arguments: &str| {
        let mut command = Command::new("openssl");
        said(command.current_dir(place.folder.path()).args(arguments.split(' ')).output().unwrap()).well();
    };
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
    let root = "-addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign";
    openssl(&format!("req -x509 {key} -keyout root.key -out root.pem -days 3650 -subj /C=VN/O=BCY/CN=Goc {root}"));
    openssl(&format!("req {key} -keyout an.key -out an.csr -subj /C=VN/O=BNV/serialNumber=CCCD:012345678901/CN=An"));
    openssl(
        "x509 -req -in an.csr -CA root.pem -CAkey root.key -CAcreateserial -days 365 -extfile extensions -out an.pem",
    );
    openssl("cms -sign -cades -binary -signer an.pem -inkey an.key -in tin.txt -outform DER -out tin.p7s");
}

/// Without a data folder, as anybody would who was sent a file.
fn verify(place: &Place, arguments: &[&str]) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lienthong"));
    for name in ["LIENTHONG_DATA", "LIENTHONG_DATABASE", "LIENTHONG_CONFIG"] {
        command.env_remove(name);
    }
    command.current_dir(place.folder.path()).args(["signature", "verify"]).args(arguments);
    said(command.output().unwrap())
}

#[test]
fn a_file_from_anywhere_is_judged_without_a_data_folder() {
    let place = Place { folder: tempfile::tempdir().unwrap(), database: None };
    signed(&place);
    let whole = ["tin.p7s", "--content", "tin.txt"];
    let trusting = [&whole[..], &["--trust", "government=root.pem"]].concat();

    let text = verify(&place, &trusting).well();
    assert!(
        text.starts_with("Hợp lệ\n") && text.contains("Người ký: An") && text.contains("Giá trị pháp lý: Đã ký số")
    );
    let english = verify(&place, &[&trusting[..], &["--lang", "en"]].concat()).well();
    assert!(english.starts_with("Valid\n") && english.contains("Certificate path: An ← Goc"), "{english}");

    let unknown = verify(&place, &whole);
    assert_eq!(unknown.code, 3, "nobody vouches for the root: {}", unknown.text);
    let strict = verify(&place, &[&trusting[..], &["--require-revocation"]].concat());
    assert_eq!(strict.code, 3, "revocation is not known: {}", strict.text);

    let json = verify(&place, &[&trusting[..], &["--json"]].concat()).well();
    let report: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(report["signatures"][0]["verdict"], "valid", "{report}");
    assert_eq!(report["legal_value"]["standing"], "signed", "{report}");

    place.file("tin.txt", "Quyết định số 13/QĐ-UBND\n");
    let changed = verify(&place, &trusting);
    assert_eq!(changed.code, 1, "{}", changed.text);
    assert!(changed.text.starts_with("Không hợp lệ\n"), "{}", changed.text);
    let alone = verify(&place, &["tin.p7s", "--trust", "government=root.pem"]);
    assert_eq!(alone.code, 3, "its content is missing: {}", alone.text);
    verify(&place, &["tin.txt"]).refused("command.signature.unreadable");
    verify(&place, &["tin.p7s", "--trust", "root.pem"]).refused("command.signature.argument");
    verify(&place, &["tin.p7s", "--trust", "own=root.pem"]).refused("command.trust.kind-unknown");
    verify(&place, &["tin.p7s", "--at", "hôm qua"]).refused("command.signature.argument");
    assert!(!place.path("data").exists(), "no data folder was made");
}

#[test]
fn xml_and_containers_are_judged_like_any_other_file() {
    let place = Place { folder: tempfile::tempdir().unwrap(), database: None };
    signed(&place);
    let xmlsec = |arguments: &str| {
        let mut command = Command::new("xmlsec1");
        said(command.current_dir(place.folder.path()).args(arguments.split(' ')).output().unwrap()).well();
    };
    let template = |references: &str| {
        format!(
            r#"<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo><CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/><SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"/>{references}</SignedInfo><SignatureValue/><KeyInfo><X509Data/></KeyInfo></Signature>"#
        )
    };
    let reference = |uri: &str, transforms: &str| {
        format!(
            r#"<Reference URI="{uri}">{transforms}<DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><DigestValue/></Reference>"#
        )
    };
    let enveloped =
        r#"<Transforms><Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/></Transforms>"#;
    let whole = format!("<tin so=\"12\">Tin{}</tin>", template(&reference("", enveloped)));
    place.file("mau.xml", &whole);
    xmlsec("--sign --privkey-pem an.key,an.pem --output tin.xml mau.xml");
    let trusting = ["--trust", "government=root.pem", "--lang", "en"];
    let judge = |file: &[&str]| verify(&place, &[file, &trusting[..]].concat());
    let text = judge(&["tin.xml"]).well();
    assert!(text.starts_with("Valid\n") && text.contains("Format: XMLDSIG") && text.contains("Names: /\n"), "{text}");
    let signed = std::fs::read_to_string(place.path("tin.xml")).unwrap();
    place.file("sua.xml", &signed.replace("so=\"12\"", "so=\"13\""));
    assert_eq!(judge(&["sua.xml"]).code, 1);

    // Beside the text, whose name is never opened: it is handed over, or missing.
    place.file("mau.xml", &template(&reference("tin.txt", "")));
    xmlsec("--sign --privkey-pem an.key,an.pem --output roi.xml mau.xml");
    assert_eq!(judge(&["roi.xml"]).code, 3);
    let text = judge(&["roi.xml", "--content", "tin.txt"]).well();
    assert!(text.contains("Names: tin.txt"), "{text}");

    let mut zip = zip::ZipWriter::new(std::fs::File::create(place.path("tin.asice")).unwrap());
    let plain = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let roi = std::fs::read(place.path("roi.xml")).unwrap();
    let tin = std::fs::read(place.path("tin.txt")).unwrap();
    let entries: [(&str, &[u8]); 4] = [
        ("mimetype", b"application/vnd.etsi.asic-e+zip"),
        ("tin.txt", &tin),
        ("META-INF/signatures.xml", &roi),
        ("them.txt", b"nobody signed this"),
    ];
    for (name, bytes) in entries {
        zip.start_file(name, plain).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
    let said = judge(&["tin.asice"]);
    assert_eq!(said.code, 3, "{}", said.text);
    assert!(said.text.contains("No signature covers: them.txt."), "{}", said.text);
}

#[test]
fn the_folder_s_trust_list_counts_whether_a_server_holds_it_or_not() {
    let place = Place { folder: tempfile::tempdir().unwrap(), database: None };
    signed(&place);
    place.run(&["agency", "import", &place.file("agencies.csv", AGENCIES)]).well();
    let path = |name: &str| place.path(name).to_str().unwrap().to_owned();
    let (file, content, root) = (path("tin.p7s"), path("tin.txt"), path("root.pem"));
    let verify = || place.run(&["signature", "verify", &file, "--content", &content]);
    assert_eq!(verify().code, 3);
    let added = place.run(&["trust", "add", &root, "--kind", "government", "--until", "2035-12-31"]).well();
    let id = lines(&added)[0].split(' ').next().unwrap().to_owned();
    verify().well();
    place.run(&["trust", "add", &root, "--kind", "public"]).refused("platform.signing.root-known");
    place.run(&["trust", "add", &path("an.pem"), "--kind", "public"]).refused("platform.signing.root-not-authority");
    place.run(&["trust", "add", &root, "--kind", "own"]).refused("command.trust.kind-unknown");
    place.run(&["trust", "add", &root, "--kind", "test", "--until", "mai"]).refused("command.trust.day-unknown");
    let (server, _) = place.serve();
    verify().well();
    let list = place.run(&["trust", "list"]).well();
    assert!(list.contains(&id) && list.contains("→ 31/12/2035") && list.contains("tin cậy / trusted"), "{list}");
    place.run(&["trust", "withdraw", &id]).well();
    assert_eq!(verify().code, 3, "withdrawn");
    server.stop();
    place.run(&["verify"]).well();
}
