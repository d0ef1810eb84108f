//! A test PKI made by the `openssl` command in a folder of its own: authorities, people, seals, time-stamps, OCSP and revocation lists.
#![allow(dead_code, reason = "each test program uses its part of it")]

use base::{Clock, Timestamp};
use signatures::{Anchor, Certificate, Context, TrustKind, TrustList};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// The kind of a key to make.
#[derive(Clone, Copy, PartialEq)]
pub enum Key {
    Rsa(u32),
    P256,
    P384,
    Ed25519,
}

pub const AUTHORITY: &str = "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n";
pub const PERSON: &str = "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature,nonRepudiation\nextendedKeyUsage=clientAuth,emailProtection\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n";
pub const STAMPER: &str =
    "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\n";
pub const RESPONDER: &str = "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=OCSPSigning\nnoCheck=ignored\n";

pub struct Pki {
    folder: TempDir,
}

impl Pki {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    /// The usual world: `root`, `ca` below it, an RSA `person`, an agency's P-256 `seal`, `tsa` and `ocsp`.
    pub fn usual() -> Self {
        let pki = Self::new();
        pki.root("root", "/C=VN/O=Ban Cơ yếu Chính phủ/CN=Root thử nghiệm");
        pki.issue("root", "ca", "/C=VN/O=Ban Cơ yếu Chính phủ/CN=CA thử nghiệm", AUTHORITY, Key::P256);
        let person = "/C=VN/CN=Nguyễn Văn An/UID=CCCD:001086000001/title=Chủ tịch";
        pki.issue("ca", "person", person, PERSON, Key::Rsa(2048));
        pki.issue("ca", "seal", "/C=VN/O=UBND tỉnh/organizationIdentifier=MD:VN-H57/CN=UBND tỉnh", PERSON, Key::P256);
        pki.issue("ca", "tsa", "/C=VN/CN=Cấp dấu thời gian", STAMPER, Key::P256);
        pki.issue("ca", "ocsp", "/C=VN/CN=OCSP", RESPONDER, Key::P256);
        pki
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), bytes).expect("written");
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).expect("read")
    }

    /// Runs `openssl` in the folder; its words are split at spaces, so `~` stands for a space inside a word.
    pub fn openssl(&self, words: &str) -> Vec<u8> {
        let (ok, output, errors) = self.try_openssl(words);
        assert!(ok, "openssl {words}: {errors}");
        output
    }

    pub fn try_openssl(&self, words: &str) -> (bool, Vec<u8>, String) {
        let words: Vec<String> = words.split_whitespace().map(|word| word.replace('~', " ")).collect();
        let output = Command::new("openssl").args(&words).current_dir(self.folder.path()).output().expect("openssl");
        (output.status.success(), output.stdout, String::from_utf8_lossy(&output.stderr).into_owned())
    }

    fn key(&self, name: &str, key: Key) {
        let how = match key {
            Key::Rsa(bits) => format!("RSA -pkeyopt rsa_keygen_bits:{bits}"),
            Key::P256 => "EC -pkeyopt ec_paramgen_curve:P-256".to_owned(),
            Key::Ed25519 => "ED25519".to_owned(),
            Key::P384 => "EC -pkeyopt ec_paramgen_curve:P-384".to_owned(),
        };
        self.openssl(&format!("genpkey -algorithm {how} -out {name}.key"));
    }

    fn request(&self, name: &str, subject: &str) {
        self.write("req.cnf", "[req]\ndistinguished_name=dn\n[dn]\n");
        let subject = subject.replace(' ', "~");
        self.openssl(&format!("req -new -utf8 -config req.cnf -key {name}.key -subj {subject} -out {name}.csr"));
    }

    fn database(&self, authority: &str) {
        if self.path(&format!("{authority}.index")).exists() {
            return;
        }
        self.write(&format!("{authority}.index"), "");
        self.write(&format!("{authority}.index.attr"), "unique_subject = no\n");
        self.write(&format!("{authority}.crlnumber"), "01\n");
        self.write(
            &format!("{authority}.cnf"),
            format!(
                "[ca]\ndefault_ca=it\n[it]\ndatabase={authority}.index\nnew_certs_dir=.\nrand_serial=yes\ncertificate={authority}.pem\nprivate_key={authority}.key\ndefault_md=sha256\npolicy=any\ncrlnumber={authority}.crlnumber\ndefault_crl_days=30\nunique_subject=no\n[any]\ncountryName=optional\ncommonName=optional\n"
            ),
        );
    }

    /// A root that signed itself, valid from 2020 to 2040.
    pub fn root(&self, name: &str, subject: &str) -> Certificate {
        self.root_with(name, subject, AUTHORITY)
    }

    pub fn root_with(&self, name: &str, subject: &str, extensions: &str) -> Certificate {
        self.key(name, Key::P256);
        self.request(name, subject);
        self.database(name);
        self.sign(name, name, extensions, "20200101000000Z", "20400101000000Z", "-selfsign")
    }

    /// A certificate below `issuer`, valid from 2025 to 2035.
    pub fn issue(&self, issuer: &str, name: &str, subject: &str, extensions: &str, key: Key) -> Certificate {
        self.issue_between(issuer, name, subject, extensions, key, "20250101000000Z", "20350101000000Z")
    }

    #[allow(clippy::too_many_arguments, reason = "a certificate has that many parts")]
    pub fn issue_between(
        &self,
        issuer: &str,
        name: &str,
        subject: &str,
        extensions: &str,
        key: Key,
        start: &str,
        end: &str,
    ) -> Certificate {
        self.key(name, key);
        self.request(name, subject);
        self.database(issuer);
        self.sign(issuer, name, extensions, start, end, "")
    }

    /// Another certificate for the key and name of an existing request (cross-signing).
    pub fn cross(&self, issuer: &str, name: &str, as_name: &str, extensions: &str) -> Certificate {
        for end in ["key", "csr"] {
            std::fs::copy(self.path(&format!("{name}.{end}")), self.path(&format!("{as_name}.{end}"))).expect("copied");
        }
        self.database(issuer);
        self.sign(issuer, as_name, extensions, "20250101000000Z", "20350101000000Z", "")
    }

    fn sign(&self, issuer: &str, name: &str, extensions: &str, start: &str, end: &str, more: &str) -> Certificate {
        self.write(&format!("{name}.ext"), extensions);
        self.openssl(&format!(
            "ca -batch -notext -utf8 -preserveDN -config {issuer}.cnf -extfile {name}.ext -startdate {start} -enddate {end} -in {name}.csr -out {name}.pem {more}"
        ));
        self.certificate(name)
    }

    pub fn certificate(&self, name: &str) -> Certificate {
        Certificate::parse_many(&self.read(&format!("{name}.pem"))).expect("a certificate").remove(0)
    }

    pub fn certificates(&self, names: &[&str]) -> Vec<Certificate> {
        names.iter().map(|name| self.certificate(name)).collect()
    }

    /// Signs with a key, by PKCS #1 v1.5 or ECDSA with SHA-256.
    pub fn signature(&self, name: &str, bytes: &[u8]) -> Vec<u8> {
        self.write("to-sign", bytes);
        self.openssl(&format!("dgst -sha256 -sign {name}.key to-sign"))
    }

    /// The revocation list of an authority (DER).
    pub fn crl(&self, authority: &str) -> Vec<u8> {
        self.openssl(&format!("ca -gencrl -config {authority}.cnf -out {authority}.crl"));
        self.openssl(&format!("crl -in {authority}.crl -outform DER"))
    }

    pub fn revoke(&self, authority: &str, name: &str) {
        self.openssl(&format!("ca -config {authority}.cnf -revoke {name}.pem -crl_reason keyCompromise"));
    }

    /// An OCSP answer to a request (DER) by the certificate `responder`.
    pub fn ocsp(&self, authority: &str, responder: &str, request: &[u8]) -> Vec<u8> {
        self.write("request.ocsp", request);
        self.openssl(&format!(
            "ocsp -index {authority}.index -CA {authority}.pem -rsigner {responder}.pem -rkey {responder}.key -reqin request.ocsp -respout response.ocsp -ndays 2"
        ));
        self.read("response.ocsp")
    }

    /// The answer of `openssl ts` to a request (DER).
    pub fn stamp(&self, tsa: &str, request: &[u8]) -> Vec<u8> {
        self.write("request.tsq", request);
        self.write("ts.serial", "01\n");
        self.write(
            "ts.cnf",
            "[tsa]\ndefault_tsa=it\n[it]\nserial=ts.serial\ndefault_policy=1.2.3.4\ndigests=sha256,sha384,sha512\nsigner_digest=sha256\ness_cert_id_alg=sha256\n",
        );
        self.openssl(&format!(
            "ts -reply -config ts.cnf -section it -queryfile request.tsq -signer {tsa}.pem -inkey {tsa}.key -out reply.tsr"
        ));
        self.read("reply.tsr")
    }

    /// `root` trusted as the Government's, `ca` at hand, and the present lists of both.
    pub fn context(&self) -> Context {
        let trust = TrustList {
            anchors: vec![Anchor::new(self.certificate("root"), TrustKind::Government)],
            bindings: Vec::new(),
        };
        let mut context = Context::new(now(), trust);
        context.evidence.certificates.push(self.certificate("ca"));
        context.evidence.crls = vec![self.crl("root"), self.crl("ca")];
        // Lists are dated to the second, and the clock may stand at the next one.
        context.at = now();
        context
    }
}

pub fn now() -> Timestamp {
    Clock::System.now()
}

pub fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).expect("a time")
}

/// The folder of the Python verifiers, where the test command names it.
pub fn verifiers() -> Option<PathBuf> {
    std::env::var_os("LIENTHONG_TEST_VERIFIERS").map(|folder| Path::new(&folder).to_path_buf())
}
