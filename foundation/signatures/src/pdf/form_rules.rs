//! What may change in a form after a signature: fields are filled, signatures added; and the store of certificates and
//! revocation answers beside it.

use std::collections::HashSet;
use std::io::{Read, Seek};

use super::change::{Altered, Change};
use super::difference::{Difference, differing, lossy};
use super::{Dict, Error, Object, Rect};

/// A quarter of an A4 page in square points: no seal or signature is that large.
const MAX_SHOWN: f64 = 595.0 * 842.0 / 4.0;
/// Keys that filling a field changes.
const FILLED: [&[u8]; 6] = [b"V", b"AP", b"AS", b"I", b"M", b"RV"];
/// Keys that signing an empty field changes.
const SIGNED: [&[u8]; 7] = [b"V", b"AP", b"AS", b"M", b"F", b"MK", b"DA"];

/// A node of the form.
#[derive(Clone, Debug)]
pub(crate) struct FieldInfo {
    pub name: String,
    pub is_signature: bool,
    pub parent: Option<u32>,
}

impl<R: Read + Seek> Difference<'_, R> {
    /// Remembers every node of the form as of the first signed revision.
    pub fn survey_form(&mut self) -> Result<(), Error> {
        let (_, catalog) = self.file.catalog(self.old)?;
        let form = self.file.dict_value(&catalog, "AcroForm", self.old)?;
        let fields = self.file.value(&form, "Fields", self.old)?;
        let top = fields.array().unwrap_or_default();
        let mut waiting: Vec<_> =
            top.iter().filter_map(|f| Some((f.reference()?, String::new(), false, None))).collect();
        while let Some((number, parent, inherited, above)) = waiting.pop() {
            if self.fields.contains_key(&number) {
                continue;
            }
            let Object::Dict(field) = self.file.get(number, self.old)? else { continue };
            let part = self.file.value(&field, "T", self.old)?.to_text();
            let name = match part {
                Some(part) if parent.is_empty() => part,
                Some(part) => format!("{parent}.{part}"),
                None => parent,
            };
            let is_signature = match self.file.value(&field, "FT", self.old)?.name() {
                Some(kind) => kind == b"Sig",
                None => inherited,
            };
            let kids = self.file.value(&field, "Kids", self.old)?;
            let kids = kids.array().unwrap_or_default().iter().filter_map(Object::reference);
            waiting.extend(kids.map(|kid| (kid, name.clone(), is_signature, Some(number))));
            self.fields.insert(number, FieldInfo { name, is_signature, parent: above });
        }
        Ok(())
    }

    /// Compares the form before and after.
    pub fn form(&mut self, old_catalog: &Dict, new_catalog: &Dict) -> Result<(), Error> {
        let reference = |dict: &Dict, key: &str| dict.get(key.as_bytes()).and_then(Object::reference);
        let old = self.file.dict_value(old_catalog, "AcroForm", self.old)?;
        let new = self.file.dict_value(new_catalog, "AcroForm", self.new)?;
        if let Some(number) = reference(new_catalog, "AcroForm") {
            self.claim(number, reference(old_catalog, "AcroForm"));
        }
        for key in differing(&old, &new) {
            let allowed = match key.as_slice() {
                b"Fields" | b"SigFlags" => true,
                // May only be taken back: set, it makes readers draw every field anew.
                b"NeedAppearances" => !matches!(new.get(&key), Some(Object::Bool(true) | Object::Ref(..))),
                // Resources for fields yet to be drawn; a form that had none shows nothing else by them.
                b"DR" | b"DA" => !old.contains_key(&key) && self.fields.values().all(|field| field.is_signature),
                _ => false,
            };
            if !allowed {
                self.altered(Altered::Form { key: lossy(&key) });
            } else if key == b"DR" {
                self.claim_new(new.get(&key).unwrap_or(&Object::Null))?;
            }
        }
        if let Some(number) = reference(&new, "Fields") {
            self.claim(number, reference(&old, "Fields"));
        }
        let before = self.file.value(&old, "Fields", self.old)?;
        let after = self.file.value(&new, "Fields", self.new)?;
        let (before, after) = (before.array().unwrap_or_default(), after.array().unwrap_or_default());
        if after.len() < before.len() || after[..before.len()] != *before {
            self.altered(Altered::Form { key: "Fields".into() });
            return Ok(());
        }
        for added in &after[before.len()..] {
            self.new_field(added)?;
        }
        for number in self.left.clone() {
            if let Some(field) = self.fields.get(&number).cloned() {
                self.changed_field(number, &field)?;
            }
        }
        Ok(())
    }

    /// A field behind the earlier ones: only a signature field may be.
    fn new_field(&mut self, added: &Object) -> Result<(), Error> {
        let (Some(number), Object::Dict(field)) = (added.reference(), self.file.resolve(added, self.new)?) else {
            self.altered(Altered::Form { key: "Fields".into() });
            return Ok(());
        };
        let name = self.file.value(&field, "T", self.new)?.to_text().unwrap_or_default();
        let is_signature = field.get(b"FT".as_slice()).and_then(Object::name) == Some(b"Sig");
        let taken = self.fields.values().any(|known| known.name == name);
        if !is_signature || taken || field.contains_key(b"Parent".as_slice()) || !self.claim(number, None) {
            self.altered(Altered::Field { name });
            return Ok(());
        }
        self.fields.insert(number, FieldInfo { name: name.clone(), is_signature, parent: None });
        let mut shown = self.widget(number, &field, &name)?;
        let mut drawn = field.contains_key(b"AP".as_slice());
        for kid in self.file.value(&field, "Kids", self.new)?.array().unwrap_or_default() {
            let (Some(kid_number), Object::Dict(kid)) = (kid.reference(), self.file.resolve(kid, self.new)?) else {
                continue;
            };
            if self.claim(kid_number, None) {
                let info = FieldInfo { name: name.clone(), is_signature, parent: Some(number) };
                self.fields.insert(kid_number, info);
                shown = self.widget(kid_number, &kid, &name)?.or(shown);
                drawn |= kid.contains_key(b"AP".as_slice());
            }
        }
        self.claim_new(&Object::Dict(field.clone()))?;
        let change = self.signature_kind(&field, name, shown, drawn)?;
        self.note(change);
        Ok(())
    }

    /// Notes a widget that was added; where it shows.
    fn widget(&mut self, number: u32, widget: &Dict, name: &str) -> Result<Option<Rect>, Error> {
        self.widgets.insert(number);
        let rect = Rect::read(&self.file.value(widget, "Rect", self.new)?);
        let shown = rect.filter(|rect| rect.width() * rect.height() > 0.0);
        if shown.is_some_and(|rect| rect.width() * rect.height() > MAX_SHOWN) {
            self.altered(Altered::Cover { name: name.to_string() });
        }
        Ok(shown)
    }

    /// What a new or newly signed field is. One that shows something without a signature to answer for it is only a
    /// picture laid over the page.
    fn signature_kind(
        &mut self,
        field: &Dict,
        name: String,
        shown: Option<Rect>,
        drawn: bool,
    ) -> Result<Change, Error> {
        let value = self.file.dict_value(field, "V", self.new)?;
        let is_stamp = value.get(b"SubFilter".as_slice()).and_then(Object::name) == Some(b"ETSI.RFC3161");
        Ok(match (value.is_empty(), is_stamp && shown.is_none()) {
            (true, _) if drawn => Change::Altered { what: Altered::Field { name } },
            (true, _) => Change::EmptyField { field: name },
            (false, true) => Change::TimeStamp { field: name },
            (false, false) => Change::Signature { field: name, shown },
        })
    }

    /// Whether a field, or the one that it is a widget of, had a value before this step.
    fn has_value(&mut self, number: u32) -> Result<bool, Error> {
        let mut node = Some(number);
        for _ in 0..32 {
            let Some(number) = node else { return Ok(false) };
            let Object::Dict(field) = self.file.get(number, self.old)? else { return Ok(false) };
            if !matches!(self.file.value(&field, "V", self.old)?, Object::Null) {
                return Ok(true);
            }
            node = self.fields.get(&number).and_then(|field| field.parent);
        }
        Err(Error::TooLarge("depth of the form"))
    }

    /// A node of the form that was there before.
    fn changed_field(&mut self, number: u32, field: &FieldInfo) -> Result<(), Error> {
        let (Object::Dict(old), Object::Dict(new)) =
            (self.file.get(number, self.old)?, self.file.get(number, self.new)?)
        else {
            return Ok(());
        };
        self.left.remove(&number);
        let keys = differing(&old, &new);
        let within = |allowed: &[&[u8]]| keys.iter().all(|key| allowed.contains(&key.as_slice()));
        let name = field.name.clone();
        let had_value = self.has_value(number)?;
        if field.is_signature && (had_value || !within(&SIGNED)) {
            self.altered(Altered::Signature { name });
        } else if field.is_signature {
            for key in ["V", "AP", "MK"] {
                self.claim_new(new.get(key.as_bytes()).unwrap_or(&Object::Null))?;
            }
            let shown = self.widget(number, &new, &name)?;
            let change = self.signature_kind(&new, name, shown, new.contains_key(b"AP".as_slice()))?;
            self.note(change);
        } else if within(&FILLED) {
            for key in ["V", "AP", "RV"] {
                self.claim_new(new.get(key.as_bytes()).unwrap_or(&Object::Null))?;
            }
            self.note(Change::FormFilled { field: name });
        } else {
            self.altered(Altered::Field { name });
        }
        Ok(())
    }

    /// The document security store (ETSI EN 319 142-1 §5.4.2): only streams of data hang on it.
    pub fn security_store(&mut self, old_catalog: &Dict, new_catalog: &Dict) -> Result<(), Error> {
        let after = new_catalog.get(b"DSS".as_slice()).cloned().unwrap_or(Object::Null);
        let before = old_catalog.get(b"DSS".as_slice()).cloned().unwrap_or(Object::Null);
        if before != Object::Null && after == Object::Null {
            self.altered(Altered::Catalog { key: "DSS".into() });
        }
        if self.left.is_empty() && before == after {
            return Ok(());
        }
        let known = self.store_nodes(&before)?;
        let count = self.left.len();
        let mut waiting = vec![(after.clone(), 0)];
        while let Some((object, depth)) = waiting.pop() {
            let value = self.file.resolve(&object, self.new)?;
            let number = object.reference();
            let fits = match &value {
                Object::Stream(stream) => stream
                    .dict
                    .keys()
                    .all(|key| [b"Length".as_slice(), b"Filter", b"DecodeParms"].contains(&key.as_slice())),
                Object::Dict(dict) if depth != 1 => dict.keys().all(|key| {
                    [b"Type".as_slice(), b"Certs", b"OCSPs", b"CRLs", b"VRI", b"Cert", b"OCSP", b"CRL", b"TU", b"TS"]
                        .contains(&key.as_slice())
                }),
                Object::Dict(_) | Object::Array(_) | Object::String(_) | Object::Name(_) | Object::Null => true,
                _ => false,
            };
            if !fits || depth > 5 {
                self.altered(Altered::Catalog { key: "DSS".into() });
                continue;
            }
            if let Some(number) = number {
                let is_stream = matches!(value, Object::Stream(_));
                let touched = self.left.contains(&number);
                self.claim(number, known.contains(&number).then_some(number).filter(|_| !is_stream));
                // What did not change leads to nothing that did, but through references.
                if !touched && is_stream {
                    continue;
                }
            }
            match value {
                Object::Array(items) => waiting.extend(items.into_iter().map(|item| (item, depth + 1))),
                Object::Dict(dict) => waiting.extend(dict.into_values().map(|item| (item, depth + 1))),
                _ => {}
            }
        }
        if before != after || self.left.len() < count {
            self.note(Change::LongTermData);
        }
        Ok(())
    }

    fn store_nodes(&mut self, store: &Object) -> Result<HashSet<u32>, Error> {
        let (mut known, mut waiting) = (HashSet::new(), vec![(store.clone(), 0)]);
        while let Some((object, depth)) = waiting.pop() {
            if depth > 5 || object.reference().is_some_and(|number| !known.insert(number)) {
                continue;
            }
            match self.file.resolve(&object, self.old)? {
                Object::Array(items) => waiting.extend(items.into_iter().map(|item| (item, depth + 1))),
                Object::Dict(dict) => waiting.extend(dict.into_values().map(|item| (item, depth + 1))),
                _ => {}
            }
        }
        Ok(known)
    }
}
