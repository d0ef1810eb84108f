//! Judges every signature of a container, and says which files nobody signed.

use super::Error;
use super::container::Container;
use super::manifest::{self, Manifest};
use crate::algorithms::{Digest, Digests};
use crate::certificate::Certificate;
use crate::cms::{self, Content, SignedData};
use crate::context::Context;
use crate::reasons::{self, Reason};
use crate::report::{Coverage, Integrity, Level, Report, SignatureReport};
use crate::xml::{self, Beside, CONTENT_NOT_SIGNED, Document, PART_SIGNED, listed};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Seek};

/// Signature files of one container.
const MAX_SIGNATURES: usize = 64;

fn is_xades(name: &str) -> bool {
    name.contains("signatures") && name.ends_with(".xml")
}

fn is_cades(name: &str) -> bool {
    name.contains("signature") && name.ends_with(".p7s")
}

fn is_manifest(name: &str) -> bool {
    name.starts_with("ASiCManifest") && name.ends_with(".xml")
}

/// The signatures and manifests of a container.
struct Parts {
    xades: Vec<(String, Vec<u8>)>,
    cades: Vec<(String, SignedData)>,
    manifests: Vec<(Manifest, Vec<u8>)>,
}

fn parts<R: Read + Seek>(container: &mut Container<R>) -> Result<Parts, Error> {
    let xades = container.meta(is_xades)?;
    let cades = container.meta(is_cades)?;
    let found = container.meta(is_manifest)?;
    if xades.len() + cades.len() > MAX_SIGNATURES || found.len() > MAX_SIGNATURES {
        return Err(Error::TooLarge);
    }
    let mut manifests = Vec::new();
    for (_, bytes) in found {
        if let Some(manifest) = manifest::read(&bytes)? {
            manifests.push((manifest, bytes));
        }
    }
    let cades = cades.into_iter().map(|(name, bytes)| Ok((name, SignedData::parse(&cms::unarmoured(&bytes)?)?)));
    Ok(Parts { xades, cades: cades.collect::<Result<_, Error>>()?, manifests })
}

/// Judges every signature of a container.
///
/// # Errors
/// A container that two readers could see differently, or beyond the bounds; signatures that cannot be read.
pub fn verify<R: Read + Seek>(file: R, context: &Context) -> Result<Report, Error> {
    let mut container = Container::open(file)?;
    let parts = parts(&mut container)?;
    let documents = parts.xades.iter().map(|(name, bytes)| Ok((name, Document::parse(bytes)?)));
    let documents: Vec<_> = documents.collect::<Result<_, Error>>()?;
    let mut wanted = Vec::new();
    for (_, document) in &documents {
        wanted.extend(xml::digests(document)?);
    }
    let of_files = parts.manifests.iter().flat_map(|(manifest, _)| &manifest.files);
    wanted.extend(of_files.filter_map(|(_, digest, _)| digest.as_ref().ok()));
    wanted.extend(parts.cades.iter().flat_map(|(_, data)| data.digests()));
    wanted.sort_unstable();
    wanted.dedup();
    let digests: BTreeMap<String, Digests> = container.digests(&wanted)?.into_iter().collect();
    let data: BTreeSet<&str> = container.data().collect();

    let mut signatures = Vec::new();
    let mut signed = BTreeSet::new();
    let mut add = |mut report: SignatureReport, names: Vec<String>| {
        let covered: BTreeSet<&str> = names.iter().map(String::as_str).filter(|name| data.contains(name)).collect();
        let is_whole = covered.len() == data.len();
        let is_told = report.reasons.iter().any(|reason| reason.code == PART_SIGNED.code);
        if !is_whole && !is_told && !names.is_empty() {
            report.add(Reason::new(&PART_SIGNED).with("names", listed(&names)));
        }
        if report.integrity == Integrity::Intact {
            signed.extend(covered.into_iter().map(str::to_owned));
        }
        report.coverage = Some(Coverage { whole: is_whole, names, ..Coverage::default() });
        signatures.push(report);
    };
    for (name, document) in &documents {
        let file = |name: &str| digests.get(name);
        for judged in xml::judge_all(document, Beside::Files(&file), context)? {
            let names = judged.outside().map(str::to_owned).collect();
            let mut report = judged.report;
            report.place = format!("{name}{}", report.place);
            add(report, names);
        }
    }
    let alone = data.first().filter(|_| container.is_simple && data.len() == 1);
    for (name, cms) in &parts.cades {
        let mut manifests = parts.manifests.iter().filter(|(manifest, _)| manifest.signature == *name);
        let (reports, names, found) = match (manifests.next(), manifests.next()) {
            (Some((manifest, bytes)), None) => {
                let (names, found) = check_files(manifest, &digests);
                (cms::verify(cms, Content::Bytes(bytes), context), names, found)
            }
            // A simple container's signature is over its one file.
            (None, None) if alone.is_some() => {
                let name = alone.map(|name| (*name).to_owned()).unwrap_or_default();
                let content = digests.get(&name).map_or(Content::Attached, Content::Digests);
                (cms::verify(cms, content, context), vec![name], Vec::new())
            }
            (None, _) => (cms::verify(cms, Content::Attached, context), Vec::new(), Vec::new()),
            (Some(_), Some(_)) => {
                let twice = Reason::new(&reasons::ATTRIBUTES_INCONSISTENT).with("what", "ASiCManifest");
                (cms::verify(cms, Content::Attached, context), Vec::new(), vec![twice])
            }
        };
        for mut report in reports {
            for reason in &found {
                report.add(reason.clone());
            }
            if !found.is_empty() {
                report.level = Level::None;
                if report.integrity == Integrity::Intact {
                    report.integrity = Integrity::Unknown;
                }
            }
            report.place = format!("{name} {}", report.place);
            add(report, names.clone());
        }
    }
    let mut found = Vec::new();
    let open: Vec<&str> = data.iter().copied().filter(|name| !signed.contains(*name)).collect();
    if !signatures.is_empty() && !open.is_empty() {
        found.push(Reason::new(&CONTENT_NOT_SIGNED).with("names", listed(&open)));
    }
    Ok(Report::new(context.at, signatures, found))
}

/// The files of a manifest that are as it states, and what was found about the others.
fn check_files(manifest: &Manifest, digests: &BTreeMap<String, Digests>) -> (Vec<String>, Vec<Reason>) {
    let (mut names, mut found) = (Vec::new(), Vec::new());
    for (name, digest, value) in &manifest.files {
        let stated = |digest: Digest| digests.get(name).and_then(|digests| digests.get(digest));
        let reason = match digest {
            Err(uri) => xml::unsupported(uri),
            Ok(digest) => match stated(*digest) {
                None => Reason::new(&reasons::CONTENT_MISSING),
                Some(is) if is != value => Reason::new(&reasons::CONTENT_CHANGED),
                Some(_) => {
                    names.push(name.clone());
                    continue;
                }
            },
        };
        if !found.contains(&reason) {
            found.push(reason);
        }
    }
    if manifest.files.is_empty() {
        found.push(Reason::new(&reasons::CONTENT_MISSING));
    }
    (names, found)
}

/// The certificates that came with the signatures of a container and their time-stamps.
pub(crate) fn certificates<R: Read + Seek>(file: R) -> Result<(Vec<Certificate>, Vec<SignedData>), Error> {
    let parts = parts(&mut Container::open(file)?)?;
    let mut found = Vec::new();
    for (_, bytes) in &parts.xades {
        found.extend(xml::certificates(bytes)?);
    }
    Ok((found, parts.cades.into_iter().map(|(_, data)| data).collect()))
}
