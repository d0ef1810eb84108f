//! The verification report: what was checked before acceptance, and what came of it (QĐ 28/2018/QĐ-TTg, Điều 9:
//! completeness, integrity, authenticity).

use super::submit::package_files;
use crate::edxml;
use crate::model::{OutgoingPackage, PackageAttachment, PackageHeader, Secrecy};
use crate::rules::{manifest, secrecy};
use crate::wire;
use base::Text;
use base::agency_code::AgencyCode;
use platform::signing::{Signing, Trust};
use platform::{Platform, Result};
use serde::Serialize;
use serde_json::Value as Json;

/// What came of one check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It holds.
    Ok,
    /// It is irregular, and was taken all the same.
    Warning,
    /// It does not hold; the package has no value of an original.
    Failed,
}

/// One line of the report.
#[derive(Debug, Clone, Serialize)]
pub struct Check {
    /// What was checked: `format`, `integrity`, `signature`, `directory`, `duplicate`.
    pub check: &'static str,
    /// Which part: a file's name, a role, a field.
    pub about: String,
    /// What came of it.
    pub result: Verdict,
    /// In words, both languages.
    pub vi: String,
    /// In words, both languages.
    pub en: String,
}

impl Check {
    /// A line.
    pub fn new(check: &'static str, about: impl Into<String>, result: Verdict, text: &Text) -> Self {
        Self { check, about: about.into(), result, vi: text.vi.to_string(), en: text.en.to_string() }
    }
}

/// What the checks of one package say together.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Every line.
    pub checks: Vec<Check>,
    /// Person and agency both signed, and both signatures hold under trusted keys.
    pub signed: bool,
}

impl Report {
    /// Adds a line.
    pub fn add(&mut self, check: &'static str, about: impl Into<String>, result: Verdict, text: &Text) {
        self.checks.push(Check::new(check, about, result, text));
    }

    /// The first check that does not hold.
    pub fn failure(&self) -> Option<&Check> {
        self.checks.iter().find(|check| check.result == Verdict::Failed)
    }

    /// As stored and shown: the worst verdict, whether it has the value of an original, and every line.
    pub fn to_json(&self) -> Json {
        let worst = [Verdict::Failed, Verdict::Warning]
            .into_iter()
            .find(|v| self.checks.iter().any(|c| c.result == *v))
            .unwrap_or(Verdict::Ok);
        serde_json::json!({ "result": worst, "signed": self.signed, "checks": self.checks })
    }
}

/// The level of secrecy that a package claims, in whichever of the known ways.
pub fn claimed_secrecy(package: &edxml::Package) -> Secrecy {
    let header = &package.header;
    let other = header.other.as_ref();
    let scope = other.and_then(|o| o.sphere.as_deref()).map_or(Secrecy::Open, secrecy::level_of_scope);
    let mut extras = vec![&header.extras, &header.document_type.extras, &header.code.extras, &package.frame.header];
    extras.extend(other.map(|o| &o.extras));
    extras.extend(package.business().map(|b| &b.extras));
    extras.extend(package.trace.as_ref().map(|t| &t.extras));
    let marked = extras
        .into_iter()
        .flat_map(|e| &e.elements)
        .map(|extra| level_of_tree(&extra.element))
        .chain([secrecy::level_of_subject(&header.subject), scope]);
    let level = marked.max().unwrap_or_default();
    // Stamps in other places (content, file names) carry no level of their own: the lowest is claimed.
    if level == Secrecy::Open && edxml::secrecy_mark(package).is_some() { Secrecy::Confidential } else { level }
}

fn level_of_tree(element: &edxml::Element) -> Secrecy {
    let mut text = String::new();
    let mut deepest = Secrecy::Open;
    for child in &element.children {
        match child {
            edxml::Node::Text(part) => text.push_str(part),
            edxml::Node::Element(inner) => deepest = deepest.max(level_of_tree(inner)),
        }
    }
    deepest.max(secrecy::level_of_element(&element.name, &text))
}

/// Checks a package that was read: format warnings, files, signatures. Directory and duplicates are added by the caller.
pub async fn verify(
    platform: &Platform,
    package: &edxml::Package,
    header: &PackageHeader,
    files: &[PackageAttachment],
) -> Result<Report> {
    let mut report = Report::default();
    for warning in &package.warnings {
        report.add("format", &warning.field, Verdict::Warning, &warning.message);
    }
    if package.warnings.is_empty() {
        let text = Text::fixed("Gói tin đúng cấu trúc QCVN 102.", "The package has the structure of QCVN 102.");
        report.add("format", "edXML", Verdict::Ok, &text);
    }
    for file in files {
        check_file(file, &mut report);
    }
    if package.xml_signature.is_some() {
        let text = Text::fixed(
            "Khối Signature XML được giữ nguyên, không dùng làm căn cứ: không còn nguyên vẹn khi qua trục.",
            "The XML Signature block is kept but not relied on: it cannot survive transport on the axis.",
        );
        report.add("signature", "edXML:Signature", Verdict::Warning, &text);
    }
    check_signatures(platform.signing(), package, header, &mut report).await?;
    Ok(report)
}

/// Checks a document of an agency of this server before it is handed over, as a receiver elsewhere would check it: the
/// signatures over what will travel, and every file's bytes against its digest.
pub async fn verify_outgoing(platform: &Platform, outgoing: &OutgoingPackage) -> Result<Report> {
    let files = package_files(outgoing.attachments.clone());
    let package = wire::to_package(&outgoing.header, &files, &outgoing.signatures);
    let mut report = Report::default();
    for file in &files {
        check_file(file, &mut report);
        check_bytes(platform, file, &mut report).await?;
    }
    check_signatures(platform.signing(), &package, &outgoing.header, &mut report).await?;
    Ok(report)
}

/// Reads the file once more: what lies in the store must still be what was signed.
async fn check_bytes(platform: &Platform, file: &PackageAttachment, report: &mut Report) -> Result<()> {
    let hash = file.sha256.parse().map_err(|e: String| platform::Error::fault("reading a hash", e))?;
    if !platform.blobs().is_whole(hash).await? {
        let text = Text::fixed("Nội dung đã thay đổi sau khi ký.", "The content was altered after signing.");
        report.add("integrity", &file.name, Verdict::Failed, &text);
    }
    Ok(())
}

fn check_file(file: &PackageAttachment, report: &mut Report) {
    let declared = file.media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let detected = file.detected_type.as_str();
    // Plain text and unknown kinds have no magic bytes that could contradict the claim.
    let lies = !detected.is_empty()
        && !matches!(detected, "application/octet-stream" | "text/plain")
        && !declared.is_empty()
        && declared != "application/octet-stream"
        && declared != detected;
    if lies {
        let text = Text::new(
            format!("Khai là {declared}, nội dung là {detected}; xử lý theo nội dung."),
            format!("Declared {declared}, the content is {detected}; treated as what it is."),
        );
        report.add("integrity", &file.name, Verdict::Warning, &text);
    } else {
        let text = Text::new(
            format!("Đủ {} byte, SHA-256 {}…", file.size, &file.sha256.get(..12).unwrap_or_default()),
            format!("All {} bytes, SHA-256 {}…", file.size, &file.sha256.get(..12).unwrap_or_default()),
        );
        report.add("integrity", &file.name, Verdict::Ok, &text);
    }
}

async fn check_signatures(
    signing: &Signing,
    package: &edxml::Package,
    header: &PackageHeader,
    report: &mut Report,
) -> Result<()> {
    // The names as written: what was signed is not what is fit for a disk.
    let names: Vec<manifest::ManifestFile<'_>> =
        package.attachments.iter().map(|f| (f.name.as_str(), f.sha256.as_str())).collect();
    let find = |role| package.signatures.iter().find(|s| s.role == role).map(|s| s.jws.as_str());
    let person = find(edxml::SignerRole::Person);
    let agency = find(edxml::SignerRole::Agency);
    let mut person_holds = false;
    let mut agency_holds = false;
    if let Some(jws) = person {
        let payload = manifest::content_of(header, &names);
        person_holds = check_signature(signing, &payload, jws, "person", None, report).await?;
    }
    if let Some(jws) = agency {
        let payload = manifest::seal_of(header, &names, person.unwrap_or_default());
        agency_holds = check_signature(signing, &payload, jws, "agency", Some(&header.from.code), report).await?;
    }
    report.signed = person_holds && agency_holds;
    if person.is_none() && agency.is_none() {
        let text = Text::fixed(
            "Không có chữ ký số kèm theo: văn bản để biết, không thay bản giấy (QĐ 28/2018/QĐ-TTg, Điều 4).",
            "No digital signature: for information, does not replace paper (QĐ 28/2018/QĐ-TTg, Article 4).",
        );
        report.add("signature", "", Verdict::Warning, &text);
    }
    Ok(())
}

/// One signature: the mathematics, who vouches for the key, and, for a seal, whose agency the certificate names.
async fn check_signature(
    signing: &Signing,
    payload: &Json,
    jws: &str,
    role: &'static str,
    agency: Option<&AgencyCode>,
    report: &mut Report,
) -> Result<bool> {
    let verified = match signing.verify(payload, jws).await? {
        Ok(verified) => verified,
        Err(error) => {
            let text = Text::new(
                format!("Chữ ký không hợp lệ: nội dung hoặc chữ ký đã thay đổi ({error})."),
                format!("The signature does not hold: content or signature was altered ({error})."),
            );
            report.add("signature", role, Verdict::Failed, &text);
            return Ok(false);
        }
    };
    let name = &verified.certificate.name;
    let (holds, text) = if verified.trust == Trust::Unknown {
        (
            false,
            Text::new(
                format!("Chữ ký của {name} nguyên vẹn, nhưng chưa có ai bảo đảm chứng thư này."),
                format!("The signature of {name} is intact, but nobody we know vouches for the certificate."),
            ),
        )
    } else if !verified.valid_when_signed {
        (
            false,
            Text::new(
                format!("Chứng thư của {name} không có hiệu lực khi ký."),
                format!("The certificate of {name} was not valid when it signed."),
            ),
        )
    } else if agency.is_some_and(|code| verified.agency_code() != Some(code)) {
        (
            false,
            Text::new(
                format!("Chứng thư của {name} không phải của cơ quan gửi."),
                format!("The certificate of {name} is not the sender's."),
            ),
        )
    } else {
        let at = verified.signed_at.to_local().strftime("%H:%M %d/%m/%Y");
        (true, Text::new(format!("Chữ ký hợp lệ của {name}, {at}."), format!("Valid signature of {name}, {at}.")))
    };
    report.add("signature", role, if holds { Verdict::Ok } else { Verdict::Failed }, &text);
    Ok(holds)
}
