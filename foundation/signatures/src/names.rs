//! Names in certificates: when two are the same (RFC 5280 §7.1), and which ones an authority may give (§4.2.1.10).

use crate::asn1::{self, Reader};
use crate::asn1::{Oid, Tlv};
use crate::certificate::Certificate;
use x509_cert::der::Encode as _;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{NameConstraints, SubjectAltName};

const EMAIL: Oid = Oid::new_unwrap("1.2.840.113549.1.9.1");
/// One step of a name: its attributes, each with its type and folded text, in order.
type RelativeName = Vec<(Vec<u8>, String)>;

/// Most parts of a name that are compared.
const MAX_PARTS: usize = 64;

/// Whether two names (DER) are the same: byte for byte, or apart from the kind of string, capitals and spaces.
pub(crate) fn same(a: &[u8], b: &[u8]) -> bool {
    a == b || matches!((parts(a), parts(b)), (Some(a), Some(b)) if a == b)
}

/// Whether the name `inner` stands under `outer`: has all its parts in front.
fn is_under(inner: &[u8], outer: &[u8]) -> bool {
    matches!((parts(inner), parts(outer)), (Some(inner), Some(outer)) if inner.starts_with(&outer))
}

/// The relative names of a name, each as its attributes in a form that can be compared.
fn parts(name: &[u8]) -> Option<Vec<RelativeName>> {
    let sets = asn1::only(name, asn1::SEQUENCE, "a name").ok()?.inside().all(MAX_PARTS).ok()?;
    let part = |set: &Tlv<'_>| {
        let attributes = set.inside().all(MAX_PARTS).ok()?;
        let mut out = Vec::with_capacity(attributes.len());
        for attribute in attributes {
            let mut fields: Reader<'_> = attribute.inside();
            let id = fields.any().ok()?.content.to_vec();
            out.push((id, folded(&fields.any().ok()?)));
        }
        out.sort();
        Some(out)
    };
    sets.iter().map(part).collect()
}

fn folded(value: &Tlv<'_>) -> String {
    const BMP_STRING: u8 = 0x1e;
    let text = if value.tag == BMP_STRING {
        let units: Vec<u16> =
            value.content.chunks(2).map(|c| c.iter().fold(0, |n, &b| (n << 8) | u16::from(b))).collect();
        String::from_utf16(&units).unwrap_or_else(|_| hex::encode(value.content))
    } else {
        // Text that is not UTF-8 is compared by its bytes, so that two different ones never become the same.
        std::str::from_utf8(value.content).map_or_else(|_| hex::encode(value.content), str::to_owned)
    };
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// The limits that the authorities of a path have set so far.
#[derive(Default)]
pub(crate) struct Constraints {
    /// Each authority's permitted names; a name must stand under one of every authority that names its kind.
    permitted: Vec<Vec<GeneralName>>,
    excluded: Vec<GeneralName>,
}

impl Constraints {
    pub fn narrow(&mut self, names: &NameConstraints) {
        let bases = |subtrees: &Option<Vec<_>>| -> Vec<GeneralName> {
            let base = |subtree: &x509_cert::ext::pkix::constraints::name::GeneralSubtree| subtree.base.clone();
            subtrees.iter().flatten().map(base).collect()
        };
        if names.permitted_subtrees.is_some() {
            self.permitted.push(bases(&names.permitted_subtrees));
        }
        self.excluded.extend(bases(&names.excluded_subtrees));
    }

    /// Whether every name of the certificate is allowed.
    pub fn allow(&self, certificate: &Certificate) -> bool {
        if self.permitted.is_empty() && self.excluded.is_empty() {
            return true;
        }
        let Ok(alternative) = certificate.parsed().get_extension::<SubjectAltName>() else { return false };
        let mut names = alternative.map(|(_, names)| names.0).unwrap_or_default();
        let subject = certificate.parsed().subject();
        // An address in the subject counts as well where no alternative name is given (§4.2.1.10).
        let addresses = subject.iter().filter(|part| part.oid == EMAIL);
        let addresses = addresses.filter_map(|part| part.value.decode_as().ok().map(GeneralName::Rfc822Name));
        names.extend(addresses.collect::<Vec<_>>());
        if !subject.is_empty() {
            names.push(GeneralName::DirectoryName(subject.clone()));
        }
        names.iter().all(|name| self.allows(name))
    }

    fn allows(&self, name: &GeneralName) -> bool {
        let within = |base: &GeneralName| covers(base, name);
        let same_kind = |base: &&GeneralName| std::mem::discriminant(*base) == std::mem::discriminant(name);
        if self.excluded.iter().any(|base| within(base) != Some(false)) {
            return false;
        }
        self.permitted.iter().all(|bases| {
            let mut concerned = bases.iter().filter(same_kind).peekable();
            concerned.peek().is_none() || concerned.any(|base| within(base) == Some(true))
        })
    }
}

/// Whether `name` stands under `base`; none when the kind is one that cannot be compared, which counts against it.
fn covers(base: &GeneralName, name: &GeneralName) -> Option<bool> {
    if std::mem::discriminant(base) != std::mem::discriminant(name) {
        return Some(false);
    }
    match (base, name) {
        (GeneralName::DirectoryName(base), GeneralName::DirectoryName(name)) => {
            Some(is_under(&name.to_der().ok()?, &base.to_der().ok()?))
        }
        (GeneralName::DnsName(base), GeneralName::DnsName(name)) => Some(is_host_under(name.as_str(), base.as_str())),
        (GeneralName::Rfc822Name(base), GeneralName::Rfc822Name(name)) => {
            let (base, name) = (base.as_str(), name.as_str());
            let (_, host) = name.rsplit_once('@')?;
            Some(match base.strip_prefix('.') {
                _ if base.contains('@') => base.eq_ignore_ascii_case(name),
                Some(domain) => is_host_under(host, domain) && !host.eq_ignore_ascii_case(domain),
                None => host.eq_ignore_ascii_case(base),
            })
        }
        (GeneralName::UniformResourceIdentifier(base), GeneralName::UniformResourceIdentifier(name)) => {
            let (_, rest) = name.as_str().split_once("://")?;
            let authority = rest.split(['/', '?', '#']).next()?;
            let host = authority.rsplit('@').next()?;
            let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
            Some(match base.as_str().strip_prefix('.') {
                Some(domain) => is_host_under(host, domain) && !host.eq_ignore_ascii_case(domain),
                None => host.eq_ignore_ascii_case(base.as_str()),
            })
        }
        (GeneralName::IpAddress(base), GeneralName::IpAddress(name)) => {
            let (base, name) = (base.as_bytes(), name.as_bytes());
            if base.len() != name.len() * 2 {
                return Some(false);
            }
            let (network, mask) = base.split_at(name.len());
            Some(name.iter().zip(network).zip(mask).all(|((n, w), m)| n & m == w & m))
        }
        _ => None,
    }
}

fn is_host_under(host: &str, domain: &str) -> bool {
    let (host, domain) = (host.to_ascii_lowercase(), domain.trim_start_matches('.').to_ascii_lowercase());
    domain.is_empty() || host == domain || host.strip_suffix(&domain).is_some_and(|rest| rest.ends_with('.'))
}
