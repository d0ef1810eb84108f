//! Compares each revision after a signature with the one before it. What is known to be harmless is struck off the list
//! of changed objects, rule by rule; whatever is left is named as altered. The rules look at meaning and place
//! together: a changed object passes only as the very thing it was, and a new one only when it hangs on something that
//! may be added.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::io::{Read, Seek};

use sha2::{Digest, Sha256};

use super::change::{Altered, Change};
use super::file::File;
use super::form_rules::FieldInfo;
use super::xref::Entry;
use super::{Dict, Error, Object};

/// The state kept while walking from one revision to the next.
pub(crate) struct Difference<'a, R> {
    pub file: &'a mut File<R>,
    /// Section before and after the step under way.
    pub old: usize,
    pub new: usize,
    /// Objects that this step changed and no rule has accounted for yet.
    pub left: BTreeSet<u32>,
    pub found: Vec<Change>,
    /// Every node of the form, by object.
    pub fields: HashMap<u32, FieldInfo>,
    /// Widgets of signatures that this step added.
    pub widgets: HashSet<u32>,
    /// Pages, and the arrays that hold their annotations.
    pub pages: HashSet<u32>,
    pub annotation_arrays: HashSet<u32>,
    /// Numbers that some object refers to though nothing is there.
    dangling: HashSet<u32>,
    /// How many times an object is referred to.
    references: HashMap<u32, u32>,
    /// Sections that a signature covers, with the end of what it covers.
    ends: &'a [(usize, u64)],
}

/// What each section after `from` changed: one list a section, in order. `ends` names the sections that signatures cover
/// and where that ends.
pub(crate) fn analyse<R: Read + Seek>(file: &mut File<R>, from: usize, ends: &[(usize, u64)]) -> Vec<Vec<Change>> {
    let newest = file.newest();
    let unreadable = || vec![Change::Altered { what: Altered::Unreadable }];
    if from == newest {
        return Vec::new();
    }
    let by_section = file.entries_by_section(from + 1);
    let mut difference = Difference {
        file,
        old: from,
        new: from,
        left: BTreeSet::new(),
        found: Vec::new(),
        fields: HashMap::new(),
        widgets: HashSet::new(),
        pages: HashSet::new(),
        annotation_arrays: HashSet::new(),
        dangling: HashSet::new(),
        references: HashMap::new(),
        ends,
    };
    if difference.survey().is_err() {
        return vec![unreadable(); newest - from];
    }
    let mut steps = Vec::new();
    for entries in by_section {
        difference.old = difference.new;
        difference.new += 1;
        // What the survey found belongs to the first step: it is what later bytes made of the signed ones.
        let step = difference.step(&entries);
        let found = std::mem::take(&mut difference.found);
        steps.push(if step.is_ok() { found } else { unreadable() });
    }
    steps
}

impl<R: Read + Seek> Difference<'_, R> {
    /// Reads what the rules need to know of the first signed revision.
    fn survey(&mut self) -> Result<(), Error> {
        for (number, entry) in self.file.in_use(self.old) {
            // An object that cannot be read shows nothing; it is judged when it is changed.
            let Ok(object) = self.read_within(number, entry, self.old) else { continue };
            self.note_references(&object, self.old, true);
        }
        // Nothing was left out for want of budget.
        self.file.charge(0)?;
        self.survey_form()?;
        self.survey_pages()
    }

    /// Reads an object. One of a signed revision ends inside it: what runs on into later bytes shows what others wrote.
    fn read_within(&mut self, number: u32, entry: Entry, at: usize) -> Result<Object, Error> {
        let Entry::At(..) = entry else { return self.file.get(number, at) };
        let Some(located) = self.file.locate(number, at)? else { return Ok(Object::Null) };
        let end = self.ends.iter().filter(|(section, _)| *section >= at).map(|(_, end)| *end).min();
        if end.is_some_and(|end| located.end > end) {
            self.altered(Altered::Missing { object: number });
        }
        Ok(located.object)
    }

    fn note_references(&mut self, object: &Object, at: usize, is_new: bool) {
        if object.dict().and_then(|dict| dict.get(b"Type".as_slice())).and_then(Object::name) == Some(b"XRef") {
            return;
        }
        let mut found = Vec::new();
        object.references(&mut found);
        for number in found {
            if self.file.entry(number, at) == Entry::Free {
                self.dangling.insert(number);
            }
            if is_new {
                *self.references.entry(number).or_default() += 1;
            }
        }
    }

    fn survey_pages(&mut self) -> Result<(), Error> {
        let (_, catalog) = self.file.catalog(self.old)?;
        let mut waiting: Vec<u32> = catalog.get(b"Pages".as_slice()).and_then(Object::reference).into_iter().collect();
        let mut seen = HashSet::new();
        while let Some(number) = waiting.pop() {
            if !seen.insert(number) {
                return Err(Error::Malformed("page tree"));
            }
            let Object::Dict(node) = self.file.get(number, self.old)? else { continue };
            match self.file.value(&node, "Kids", self.old)? {
                Object::Array(kids) => waiting.extend(kids.iter().filter_map(Object::reference)),
                _ => {
                    self.pages.insert(number);
                    self.annotation_arrays.extend(node.get(b"Annots".as_slice()).and_then(Object::reference));
                }
            }
        }
        Ok(())
    }

    fn step(&mut self, entries: &[(u32, Entry)]) -> Result<(), Error> {
        self.left.clear();
        self.widgets.clear();
        for (number, entry) in entries {
            let before = self.file.entry(*number, self.old);
            if *number != 0 && before != *entry && !self.same(*number, before, *entry)? {
                self.left.insert(*number);
            }
        }
        self.structure_streams(entries)?;
        self.trailer()?;
        self.catalog()?;
        self.page_changes()?;
        self.name_the_rest()?;
        for (number, entry) in entries {
            if *entry != Entry::Free {
                let object = self.read_within(*number, *entry, self.new)?;
                let is_new = self.file.entry(*number, self.old) == Entry::Free;
                self.note_references(&object, self.new, is_new);
            }
        }
        Ok(())
    }

    /// Whether an object was only written again as it was.
    fn same(&mut self, number: u32, before: Entry, after: Entry) -> Result<bool, Error> {
        if before == Entry::Free || after == Entry::Free {
            return Ok(before == after);
        }
        let (old, new) = (self.file.get(number, self.old)?, self.file.get(number, self.new)?);
        let (Object::Stream(old), Object::Stream(new)) = (&old, &new) else { return Ok(old == new) };
        if old.dict != new.dict || old.len != new.len {
            return Ok(false);
        }
        self.file.charge(old.len * 2)?;
        let mut digests = [Sha256::new(), Sha256::new()];
        for (digest, stream) in digests.iter_mut().zip([old, new]) {
            self.file.stream(stream.offset, stream.offset + stream.len, |piece| digest.update(piece))?;
        }
        let [old, new] = digests.map(Digest::finalize);
        Ok(old == new)
    }

    /// The streams that hold the new section itself and its objects.
    fn structure_streams(&mut self, entries: &[(u32, Entry)]) -> Result<(), Error> {
        let offset = self.file.sections()[self.new].offset;
        let containers: HashSet<u32> = entries
            .iter()
            .filter_map(|(_, e)| if let Entry::In(container, _) = e { Some(*container) } else { None })
            .collect();
        for (number, entry) in entries {
            let is_section = matches!(entry, Entry::At(at, _) if *at == offset);
            if is_section || containers.contains(number) {
                self.claim(*number, None);
            }
        }
        Ok(())
    }

    /// Strikes an object off: allowed when it is new (and nothing had been waiting for it), or when it is `known`, the
    /// very object that stood for the same thing before and for nothing else: an array that is both the list of fields
    /// and the content of a page must not grow as the one and so change the other.
    pub fn claim(&mut self, number: u32, known: Option<u32>) -> bool {
        if !self.left.contains(&number) {
            return true;
        }
        let is_new = self.file.entry(number, self.old) == Entry::Free && !self.dangling.contains(&number);
        let allowed = is_new || (known == Some(number) && !self.is_shared(number));
        if allowed {
            self.left.remove(&number);
        }
        allowed
    }

    fn is_shared(&self, number: u32) -> bool {
        self.references.get(&number).is_some_and(|count| *count > 1)
    }

    /// Strikes off everything new that hangs on `object`: an appearance, its fonts and images.
    pub fn claim_new(&mut self, object: &Object) -> Result<(), Error> {
        let mut waiting = vec![object.clone()];
        while let Some(object) = waiting.pop() {
            match object {
                Object::Ref(number, _) if self.left.contains(&number) && self.claim(number, None) => {
                    waiting.push(self.file.get(number, self.new)?);
                }
                Object::Array(items) => waiting.extend(items),
                Object::Dict(dict) | Object::Stream(super::Stream { dict, .. }) => {
                    let action = ["A", "AA", "JS", "OpenAction"].iter().any(|key| dict.contains_key(key.as_bytes()));
                    if action {
                        self.altered(Altered::Action);
                    }
                    // A widget's way back to its page and parent; anywhere else these are names like any other.
                    let is_widget = dict.contains_key(b"FT".as_slice()) || dict.contains_key(b"Rect".as_slice());
                    let down = |key: &[u8]| !is_widget || (key != b"P" && key != b"Parent");
                    waiting.extend(dict.into_iter().filter(|(key, _)| down(key)).map(|(_, value)| value));
                }
                _ => {}
            }
        }
        Ok(())
    }

    pub fn altered(&mut self, what: Altered) {
        self.note(Change::Altered { what });
    }

    pub fn note(&mut self, change: Change) {
        if !self.found.contains(&change) {
            self.found.push(change);
        }
    }

    fn trailer(&mut self) -> Result<(), Error> {
        let (old, new) = (self.file.trailer(self.old).clone(), self.file.trailer(self.new).clone());
        let get = |trailer: &Dict, key: &str| trailer.get(key.as_bytes()).cloned().unwrap_or(Object::Null);
        if get(&old, "Root") != get(&new, "Root") {
            self.altered(Altered::Trailer { key: "Root".into() });
        }
        let (before, after) = (get(&old, "Info"), get(&new, "Info"));
        let Some(number) = after.reference() else { return Ok(()) };
        let plain = |object: &Object| {
            object.dict().is_some_and(|info| info.values().all(|v| matches!(v, Object::String(_) | Object::Name(_))))
        };
        if self.left.contains(&number)
            && plain(&self.file.get(number, self.new)?)
            && self.claim(number, before.reference())
        {
            self.note(Change::Metadata);
        }
        Ok(())
    }

    fn catalog(&mut self) -> Result<(), Error> {
        let (number, old) = self.file.catalog(self.old)?;
        let (new_number, new) = self.file.catalog(self.new)?;
        if number != new_number {
            return Ok(());
        }
        self.left.remove(&number);
        for key in differing(&old, &new) {
            match key.as_slice() {
                b"AcroForm" | b"DSS" | b"Metadata" => {}
                // Says which later edition of the format is used; direct values only, so that nothing hangs on it.
                b"Version" | b"Extensions" => {
                    let mut references = Vec::new();
                    new.get(&key).unwrap_or(&Object::Null).references(&mut references);
                    if !references.is_empty() {
                        self.altered(Altered::Catalog { key: lossy(&key) });
                    }
                }
                b"Pages" => self.altered(Altered::PageTree),
                _ => self.altered(Altered::Catalog { key: lossy(&key) }),
            }
        }
        self.form(&old, &new)?;
        self.metadata(&old, &new)?;
        self.security_store(&old, &new)
    }

    fn metadata(&mut self, old: &Dict, new: &Dict) -> Result<(), Error> {
        let (before, after) = (old.get(b"Metadata".as_slice()), new.get(b"Metadata".as_slice()));
        let Some(number) = after.and_then(Object::reference) else {
            if before != after {
                self.altered(Altered::Catalog { key: "Metadata".into() });
            }
            return Ok(());
        };
        let object = self.file.get(number, self.new)?;
        let is_xmp =
            object.dict().and_then(|dict| dict.get(b"Subtype".as_slice())).and_then(Object::name) == Some(b"XML");
        let touched = self.left.contains(&number) || before != after;
        if touched && is_xmp && self.claim(number, before.and_then(Object::reference)) {
            self.note(Change::Metadata);
        }
        Ok(())
    }

    fn page_changes(&mut self) -> Result<(), Error> {
        for number in self.left.clone() {
            if self.pages.contains(&number) {
                let (Object::Dict(old), Object::Dict(new)) =
                    (self.file.get(number, self.old)?, self.file.get(number, self.new)?)
                else {
                    continue;
                };
                self.left.remove(&number);
                for key in differing(&old, &new).iter().filter(|key| *key != b"Annots") {
                    self.altered(Altered::Page { key: lossy(key) });
                }
                let before = old.get(b"Annots".as_slice()).and_then(Object::reference);
                if let Some(list) = new.get(b"Annots".as_slice()).and_then(Object::reference) {
                    self.claim(list, before);
                    self.annotation_arrays.insert(list);
                }
                let before = self.file.value(&old, "Annots", self.old)?;
                let after = self.file.value(&new, "Annots", self.new)?;
                self.annotations(&before, &after);
            } else if self.annotation_arrays.contains(&number) {
                let (before, after) = (self.file.get(number, self.old)?, self.file.get(number, self.new)?);
                if before.array().is_some() && after.array().is_some() && !self.is_shared(number) {
                    self.left.remove(&number);
                    self.annotations(&before, &after);
                }
            }
        }
        Ok(())
    }

    /// Earlier annotations stay, in order; only widgets of signature fields come behind them.
    fn annotations(&mut self, before: &Object, after: &Object) {
        let (before, after) = (before.array().unwrap_or_default(), after.array().unwrap_or_default());
        let kept = after.len() >= before.len() && after[..before.len()] == *before;
        let added = after.get(before.len()..).unwrap_or_default();
        let signatures = added.iter().all(|item| item.reference().is_some_and(|number| self.widgets.contains(&number)));
        if !kept || !signatures {
            self.altered(Altered::Annotations);
        }
    }

    /// What no rule accounted for.
    fn name_the_rest(&mut self) -> Result<(), Error> {
        for number in std::mem::take(&mut self.left) {
            let before = self.file.entry(number, self.old);
            let what = if self.dangling.contains(&number) && before == Entry::Free {
                Altered::Missing { object: number }
            } else if before == Entry::Free {
                self.note(Change::Unused { object: number });
                continue;
            } else if self.file.entry(number, self.new) == Entry::Free {
                Altered::Removed { object: number }
            } else {
                self.describe(number)?
            };
            self.altered(what);
        }
        Ok(())
    }

    fn describe(&mut self, number: u32) -> Result<Altered, Error> {
        let object = self.file.get(number, self.old)?;
        let word = |key: &str| object.dict().and_then(|dict| dict.get(key.as_bytes())).and_then(Object::name);
        Ok(match (&object, word("Type")) {
            (_, Some(b"Pages")) => Altered::PageTree,
            (_, Some(b"Font" | b"FontDescriptor")) => Altered::Font { object: number },
            (_, Some(b"Annot")) => Altered::Annotations,
            (Object::Stream(_), _) => Altered::Stream { object: number },
            _ => Altered::Object { object: number },
        })
    }
}

/// Keys whose values differ, as written.
pub(crate) fn differing(old: &Dict, new: &Dict) -> Vec<Vec<u8>> {
    let keys: BTreeSet<&Vec<u8>> = old.keys().chain(new.keys()).collect();
    keys.into_iter().filter(|key| old.get(*key) != new.get(*key)).cloned().collect()
}

pub(crate) fn lossy(key: &[u8]) -> String {
    String::from_utf8_lossy(key).into_owned()
}
