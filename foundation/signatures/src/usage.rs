//! What a certificate's extensions allow: to issue others, to sign documents, time-stamps, revocation lists or answers (RFC 5280 §4.2.1).

use crate::asn1::Oid;
use crate::certificate::Certificate;
use crate::reasons::{self, Reason};
use x509_cert::der::Decode as _;
use x509_cert::ext::pkix::{
    BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages, NameConstraints, PolicyConstraints,
};

const BASIC_CONSTRAINTS: Oid = Oid::new_unwrap("2.5.29.19");
const KEY_USAGE: Oid = Oid::new_unwrap("2.5.29.15");
const EXTENDED_KEY_USAGE: Oid = Oid::new_unwrap("2.5.29.37");
const NAME_CONSTRAINTS: Oid = Oid::new_unwrap("2.5.29.30");
const POLICIES: Oid = Oid::new_unwrap("2.5.29.32");
const POLICY_MAPPINGS: Oid = Oid::new_unwrap("2.5.29.33");
const POLICY_CONSTRAINTS: Oid = Oid::new_unwrap("2.5.29.36");
const INHIBIT_ANY_POLICY: Oid = Oid::new_unwrap("2.5.29.54");
const SUBJECT_ALT_NAME: Oid = Oid::new_unwrap("2.5.29.17");
const CRL_DISTRIBUTION_POINTS: Oid = Oid::new_unwrap("2.5.29.31");
const OCSP_NO_CHECK: Oid = Oid::new_unwrap("1.3.6.1.5.5.7.48.1.5");

const ANY_USAGE: Oid = Oid::new_unwrap("2.5.29.37.0");
const TIME_STAMPING: Oid = Oid::new_unwrap("1.3.6.1.5.5.7.3.8");
const OCSP_SIGNING: Oid = Oid::new_unwrap("1.3.6.1.5.5.7.3.9");
/// Usages under which people's document certificates are issued: client authentication and e-mail protection (what
/// Vietnamese tokens carry), document signing (RFC 9336), Microsoft's and Adobe's own.
const DOCUMENT_USAGES: [Oid; 5] = [
    Oid::new_unwrap("1.3.6.1.5.5.7.3.2"),
    Oid::new_unwrap("1.3.6.1.5.5.7.3.4"),
    Oid::new_unwrap("1.3.6.1.5.5.7.3.36"),
    Oid::new_unwrap("1.3.6.1.4.1.311.10.3.12"),
    Oid::new_unwrap("1.2.840.113583.1.1.5"),
];

/// What a certificate is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To sign documents, as a person or an agency.
    Documents,
    /// To sign time-stamps (RFC 3161 §2.3: this and nothing else, and marked critical).
    TimeStamps,
    /// To sign OCSP answers on the authority's behalf (RFC 6960 §4.2.2.2).
    OcspAnswers,
    /// To sign revocation lists.
    RevocationLists,
}

/// What a certificate's extensions say, each read or refused.
#[derive(Debug)]
pub(crate) struct Rights {
    /// Whether it may issue others; none when it does not say.
    pub is_authority: Option<bool>,
    /// How many authorities may follow it.
    pub path_length: Option<u8>,
    pub may_sign_certificates: bool,
    pub name_constraints: Option<NameConstraints>,
    key_usage: Option<KeyUsage>,
    extended: Option<(bool, Vec<Oid>)>,
}

/// Reads the extensions; refused when one is malformed, given twice, or critical and not understood.
pub(crate) fn rights(certificate: &Certificate) -> Result<Rights, Box<Reason>> {
    let name = || certificate.info().name;
    let malformed = || Box::new(Reason::new(&reasons::CERTIFICATE_MALFORMED).with("name", name()));
    let not_understood =
        |id: &Oid| Box::new(Reason::new(&reasons::CRITICAL_EXTENSION).with("name", name()).with("extension", id));
    let mut rights = Rights {
        is_authority: None,
        path_length: None,
        may_sign_certificates: true,
        name_constraints: None,
        key_usage: None,
        extended: None,
    };
    let extensions = certificate.parsed().extensions().map_or(&[][..], Vec::as_slice);
    for (index, extension) in extensions.iter().enumerate() {
        let value = extension.extn_value.as_bytes();
        if extensions[..index].iter().any(|earlier| earlier.extn_id == extension.extn_id) {
            return Err(malformed());
        }
        match extension.extn_id {
            BASIC_CONSTRAINTS => {
                let constraints = BasicConstraints::from_der(value).map_err(|_| malformed())?;
                rights.is_authority = Some(constraints.ca);
                rights.path_length = constraints.path_len_constraint.filter(|_| constraints.ca);
            }
            KEY_USAGE => {
                let usage = KeyUsage::from_der(value).map_err(|_| malformed())?;
                rights.may_sign_certificates = usage.0.contains(KeyUsages::KeyCertSign);
                rights.key_usage = Some(usage);
            }
            EXTENDED_KEY_USAGE => {
                let usage = ExtendedKeyUsage::from_der(value).map_err(|_| malformed())?;
                rights.extended = Some((extension.critical, usage.0));
            }
            NAME_CONSTRAINTS => {
                rights.name_constraints = Some(NameConstraints::from_der(value).map_err(|_| malformed())?);
            }
            POLICY_CONSTRAINTS => {
                // No policy is asked for, so only an authority that itself insists on one could fail a path.
                let policy = PolicyConstraints::from_der(value).map_err(|_| malformed())?;
                if policy.require_explicit_policy.is_some() {
                    return Err(not_understood(&extension.extn_id));
                }
            }
            OCSP_NO_CHECK
            | POLICIES
            | POLICY_MAPPINGS
            | INHIBIT_ANY_POLICY
            | SUBJECT_ALT_NAME
            | CRL_DISTRIBUTION_POINTS => {}
            unknown if extension.critical => return Err(not_understood(&unknown)),
            _ => {}
        }
    }
    Ok(rights)
}

impl Rights {
    /// Whether an end certificate may be used so.
    pub fn fits(&self, purpose: Purpose) -> bool {
        let has = |bits: KeyUsages| self.key_usage.is_none_or(|usage| usage.0.contains(bits));
        let signs = has(KeyUsages::DigitalSignature) || has(KeyUsages::NonRepudiation);
        let extended = self.extended.as_ref();
        match purpose {
            Purpose::Documents => {
                let listed = |(_, usages): &(bool, Vec<Oid>)| {
                    usages.iter().any(|usage| *usage == ANY_USAGE || DOCUMENT_USAGES.contains(usage))
                };
                signs && extended.is_none_or(listed)
            }
            Purpose::TimeStamps => {
                signs && extended.is_some_and(|(critical, usages)| *critical && usages.as_slice() == [TIME_STAMPING])
            }
            Purpose::OcspAnswers => signs && extended.is_some_and(|(_, usages)| usages.contains(&OCSP_SIGNING)),
            Purpose::RevocationLists => has(KeyUsages::CRLSign),
        }
    }

    /// Whether an authority may stand above a certificate of this purpose: one that is itself limited to some usages
    /// (a TLS authority, say) does not issue for others.
    pub fn may_lead_to(&self, purpose: Purpose) -> bool {
        let Some((_, usages)) = &self.extended else { return true };
        usages.iter().any(|usage| {
            *usage == ANY_USAGE
                || match purpose {
                    Purpose::Documents => DOCUMENT_USAGES.contains(usage),
                    Purpose::TimeStamps => *usage == TIME_STAMPING,
                    Purpose::OcspAnswers => *usage == OCSP_SIGNING || DOCUMENT_USAGES.contains(usage),
                    Purpose::RevocationLists => true,
                }
        })
    }
}
