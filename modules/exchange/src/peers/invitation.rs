//! The invitation: a string that one operator hands to another, and the identity that each server states and proves.

use super::refusals;
use base::agency_code::AgencyCode;
use base::{Refusal, Text, Timestamp};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use p256::ecdsa::VerifyingKey;
use p256::pkcs8::DecodePublicKey;
use platform::directory::Agency;
use platform::outbound::is_loopback;
use platform::signing::{TrustAnchors, verify_detached};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What every invitation begins with, so that a person and a program recognise it.
const PREFIX: &str = "ltpeer1.";
/// Longest invitation that is read, in bytes.
const LONGEST: usize = 256 << 10;

/// What `peer invite` asks for.
#[derive(Debug, Clone)]
pub struct NewInvitation {
    /// The codes for which the invited server may speak.
    pub codes: Vec<AgencyCode>,
    /// Seconds for which it can be used.
    pub valid_seconds: i64,
}

/// An invitation, as its string says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// Name of the inviting server.
    pub name: String,
    /// Its address.
    pub url: String,
    /// JWK thumbprint of its key.
    pub kid: String,
    /// Verifier key of its checkpoints.
    pub note_key: String,
    /// The codes it speaks for.
    pub agencies: Vec<AgencyCode>,
    /// The codes for which the invited server may speak.
    pub yours: Vec<AgencyCode>,
    /// Known only to the two operators, good for one use.
    pub secret: String,
    /// Until when it can be used.
    pub expires_at: Timestamp,
}

impl Invitation {
    /// The string to hand over. Whoever holds it can introduce himself: it is a secret until it is used.
    pub fn to_text(&self) -> String {
        let json = serde_json::to_vec(self).unwrap_or_default();
        format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(json))
    }

    /// Reads the string; line breaks and blanks that mail put in do not matter.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let malformed = || {
            Refusal::new(&refusals::INVITATION_MALFORMED).field(
                "invitation",
                Text::fixed("Chuỗi bắt đầu bằng “ltpeer1.”.", "A string that begins with “ltpeer1.”."),
            )
        };
        if text.len() > LONGEST {
            return Err(malformed());
        }
        let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let encoded = compact.strip_prefix(PREFIX).ok_or_else(malformed)?;
        let json = URL_SAFE_NO_PAD.decode(encoded).map_err(|_| malformed())?;
        let invitation: Self = serde_json::from_slice(&json).map_err(|_| malformed())?;
        check_url(&invitation.url)?;
        Ok(invitation)
    }
}

/// What is kept of a secret.
pub(super) fn secret_hash(secret: &str) -> String {
    hex::encode(Sha256::digest(secret))
}

/// An address between servers: https, or http to this very machine; no user, no path, nothing after it.
pub(super) fn check_url(url: &str) -> Result<(), Refusal> {
    let good = reqwest::Url::parse(url).is_ok_and(|parsed| {
        let plain = parsed.username().is_empty() && parsed.password().is_none();
        let bare = parsed.path() == "/" && parsed.query().is_none() && parsed.fragment().is_none();
        plain
            && bare
            && !url.ends_with('/')
            && (parsed.scheme() == "https" || (parsed.scheme() == "http" && is_loopback(url)))
    });
    if good {
        return Ok(());
    }
    Err(Refusal::new(&refusals::URL)
        .with("url", url)
        .field("url", Text::fixed("https://tên-máy-chủ, không có đường dẫn.", "https://host, without a path.")))
}

/// What a server says of itself; signed with the key it names, over the hash of the invitation's secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Its name.
    pub name: String,
    /// Its address.
    pub url: String,
    /// Its key (SubjectPublicKeyInfo, DER, base64).
    pub public_key: String,
    /// Verifier key of its checkpoints.
    pub note_key: String,
    /// The agencies it speaks for.
    pub agencies: Vec<Agency>,
    /// Ties the statement to one invitation.
    pub invitation: String,
}

/// An identity with the proof that its server made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Introduction {
    /// Who.
    pub identity: Identity,
    /// Detached JWS of the server's key over the identity.
    pub proof: String,
}

/// The keys of an identity, found to fit together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Proven {
    pub kid: String,
    /// DER, base64.
    pub certificate: String,
    /// The authority that issued it, DER, base64.
    pub authority: String,
}

impl Introduction {
    /// Checks the proof, the tie to the invitation, the address, and that key and certificates are of one server.
    pub(super) fn check(&self, invitation: &str, now: Timestamp, window_seconds: i64) -> Result<Proven, Refusal> {
        let other = |what: &'static str, vi: &'static str| {
            Refusal::new(&refusals::IDENTITY).field("identity", Text::fixed(vi, what))
        };
        if self.identity.invitation != invitation {
            return Err(other("The same invitation.", "Đúng thư mời."));
        }
        check_url(&self.identity.url)?;
        let payload =
            serde_json::to_value(&self.identity).map_err(|_| other("A readable identity.", "Thông tin đọc được."))?;
        let verified = verify_detached(&payload, &self.proof, &TrustAnchors::default())
            .map_err(|_| other("A signature that holds.", "Chữ ký đúng."))?;
        if !verified.valid_when_signed {
            return Err(other("Valid certificates.", "Chứng thư còn hiệu lực."));
        }
        if verified.signed_at.since(now).abs() > window_seconds.saturating_mul(1_000_000) {
            return Err(Refusal::new(&refusals::CLOCK)
                .with("signed", super::request::shown(verified.signed_at))
                .with("now", super::request::shown(now))
                .with("limit", window_seconds));
        }
        let chain = certificates(&self.proof).ok_or_else(|| other("Two certificates.", "Hai chứng thư."))?;
        if thumbprint(&self.identity.public_key).as_deref() != Some(verified.kid.as_str()) {
            return Err(other("The key of the certificate.", "Khóa của chứng thư."));
        }
        let [certificate, authority] = chain;
        Ok(Proven { kid: verified.kid, certificate, authority })
    }
}

/// The server's and its authority's certificate in a JWS header, which was verified before.
fn certificates(jws: &str) -> Option<[String; 2]> {
    #[derive(Deserialize)]
    struct Header {
        x5c: Vec<String>,
    }
    let header = URL_SAFE_NO_PAD.decode(jws.split('.').next()?).ok()?;
    let header: Header = serde_json::from_slice(&header).ok()?;
    header.x5c.try_into().ok()
}

/// JWK thumbprint (RFC 7638) of a P-256 key (SubjectPublicKeyInfo, DER, base64).
fn thumbprint(public_key: &str) -> Option<String> {
    let der = STANDARD.decode(public_key).ok()?;
    let key = VerifyingKey::from_public_key_der(&der).ok()?;
    let point = key.to_sec1_point(false);
    let (x, y) = (URL_SAFE_NO_PAD.encode(point.x()?), URL_SAFE_NO_PAD.encode(point.y()?));
    let jwk = format!("{{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"{x}\",\"y\":\"{y}\"}}");
    Some(URL_SAFE_NO_PAD.encode(Sha256::digest(jwk)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_may_be_used() {
        for good in [
            "https://vanban.hue.gov.vn",
            "https://10.1.2.3:8443",
            "http://127.0.0.1:8080",
            "http://[::1]:1",
            "http://localhost:80",
        ] {
            assert!(check_url(good).is_ok(), "{good}");
        }
        for bad in [
            "http://vanban.hue.gov.vn",
            "https://vanban.hue.gov.vn/",
            "https://vanban.hue.gov.vn/a",
            "https://a:b@vanban.hue.gov.vn",
            "https://vanban.hue.gov.vn?x",
            "ftp://vanban.hue.gov.vn",
            "file:///etc/passwd",
            "http://127.0.0.1.example.org",
            "http://10.0.0.1",
            "vanban.hue.gov.vn",
            "",
        ] {
            assert!(check_url(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_invitation_survives_mail() {
        let invitation = Invitation {
            name: "Thành phố Huế".into(),
            url: "https://vanban.hue.gov.vn".into(),
            kid: "k".into(),
            note_key: "n".into(),
            agencies: vec![AgencyCode::parse("H57").expect("a code")],
            yours: vec![AgencyCode::parse("H57.103").expect("a code")],
            secret: "s".into(),
            expires_at: Timestamp::from_micros(1),
        };
        let text = invitation.to_text();
        let (head, tail) = text.split_at(40);
        assert_eq!(Invitation::parse(&format!(" {head}\r\n{tail}\n")), Ok(invitation));
        for bad in ["", "ltpeer1.", "ltpeer1.!!!!", "ltpeer2.e30", "ltpeer1.e30"] {
            assert_eq!(Invitation::parse(bad).expect_err(bad).code.code, "exchange.peer.invitation-malformed");
        }
    }
}
