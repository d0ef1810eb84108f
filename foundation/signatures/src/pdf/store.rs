//! The document security store (DSS, ETSI EN 319 142-1 §5.4): certificates and revocation answers kept in the file, so
//! that its signatures can be judged when their issuers answer no more (B-LT).

use std::io::{Read, Seek};

use super::field;
use super::file::File;
use super::object::dict;
use super::update::Update;
use super::{Dict, Error, Object, Unsuitable};

/// Items of one sort that are read.
const MAX_ITEMS: usize = 2_000;

/// Certificates and revocation answers, each DER.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Store {
    /// Certificates.
    pub certificates: Vec<Vec<u8>>,
    /// OCSP responses.
    pub ocsp: Vec<Vec<u8>>,
    /// Revocation lists.
    pub crls: Vec<Vec<u8>>,
}

/// The three lists with their keys in the store and in an entry for one signature.
const LISTS: [(&str, &str); 3] = [("Certs", "Cert"), ("OCSPs", "OCSP"), ("CRLs", "CRL")];

impl Store {
    fn lists(&self) -> [&Vec<Vec<u8>>; 3] {
        [&self.certificates, &self.ocsp, &self.crls]
    }
}

/// What the file keeps.
///
/// # Errors
/// As [`File::open`].
pub fn read_store<R: Read + Seek>(pdf: R) -> Result<Store, Error> {
    store_of(&mut File::open(pdf)?)
}

pub(crate) fn store_of<R: Read + Seek>(file: &mut File<R>) -> Result<Store, Error> {
    let at = file.newest();
    let (_, catalog) = file.catalog(at)?;
    let kept = file.dict_value(&catalog, "DSS", at)?;
    let mut lists = [const { Vec::new() }; 3];
    for (list, (key, _)) in lists.iter_mut().zip(LISTS) {
        let items = file.value(&kept, key, at)?;
        for item in items.array().unwrap_or_default().iter().take(MAX_ITEMS) {
            if let Object::Stream(stream) = file.resolve(item, at)? {
                list.push(file.decode(&stream)?);
            }
        }
    }
    let [certificates, ocsp, crls] = lists;
    Ok(Store { certificates, ocsp, crls })
}

/// The bytes to append so that the file keeps this for these signatures (names of their fields). What it keeps already
/// is not added twice.
///
/// # Errors
/// [`Error::Request`] when a field has no signature; the others as [`File::open`].
pub fn add_store<R: Read + Seek>(pdf: R, additions: &[(&str, &Store)]) -> Result<Vec<u8>, Error> {
    let mut file = File::open(pdf)?;
    let at = file.newest();
    let fields = field::read(&mut file, at)?;
    let (catalog_number, mut catalog) = file.catalog(at)?;
    let mut kept = file.dict_value(&catalog, "DSS", at)?;
    let mut entries = file.dict_value(&kept, "VRI", at)?;
    let mut update = Update::new(&file);
    let mut lists: [Vec<(Vec<u8>, Object)>; 3] = [const { Vec::new() }; 3];
    for (list, (key, _)) in lists.iter_mut().zip(LISTS) {
        let items = file.value(&kept, key, at)?;
        for item in items.array().unwrap_or_default() {
            if let Object::Stream(stream) = file.resolve(item, at)? {
                list.push((file.decode(&stream)?, item.clone()));
            }
        }
    }
    for (name, store) in additions {
        let signature = fields.iter().find(|field| field.name == *name).and_then(|field| field.signature.as_ref());
        let signature = signature.ok_or(Error::Request(Unsuitable::NoSignature))?;
        let mut entry = Dict::new();
        for ((list, items), (_, key)) in lists.iter_mut().zip(store.lists()).zip(LISTS) {
            let mut references = Vec::new();
            for item in items {
                let known = list.iter().find(|(bytes, _)| bytes == item).map(|(_, reference)| reference.clone());
                let reference = known.unwrap_or_else(|| {
                    let added = update.add_stream(dict([]), item);
                    list.push((item.clone(), added.clone()));
                    added
                });
                references.push(reference);
            }
            if !references.is_empty() {
                entry.insert(key.as_bytes().to_vec(), Object::Array(references));
            }
        }
        // The entry's key is the SHA-1 of the whole value with its padding: a name, not a proof (§5.4.2.3).
        let key = ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, &signature.contents);
        entries.insert(hex::encode_upper(key).into_bytes(), Object::Dict(entry));
    }
    for (list, (key, _)) in lists.into_iter().zip(LISTS) {
        if !list.is_empty() {
            let references = list.into_iter().map(|(_, reference)| reference).collect();
            kept.insert(key.as_bytes().to_vec(), Object::Array(references));
        }
    }
    kept.insert(b"Type".to_vec(), Object::named("DSS"));
    kept.insert(b"VRI".to_vec(), Object::Dict(entries));
    match catalog.get(b"DSS".as_slice()).and_then(Object::reference) {
        Some(number) => update.put(number, &Object::Dict(kept)),
        None => {
            let number = update.add(&Object::Dict(kept));
            catalog.insert(b"DSS".to_vec(), number);
            update.put(catalog_number, &Object::Dict(catalog));
        }
    }
    Ok(update.write(&mut file)?.bytes)
}
