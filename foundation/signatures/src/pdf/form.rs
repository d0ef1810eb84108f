//! The interactive form of a file while a revision is put together: fields are added to it and to their pages, text
//! fields filled.

use std::collections::{BTreeMap, HashSet};
use std::io::{Read, Seek};

use super::appearance::{self, Align, Appearance, Element};
use super::file::File;
use super::object::dict;
use super::prepare::{Request, dict_of_appearance, lock_dict};
use super::update::Update;
use super::{Dict, Error, Object, Place, Rect, Unsuitable};

/// Pages that are walked past to find one.
const MAX_PAGES: usize = 200_000;

/// A text field to be filled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fill<'a> {
    /// Name of the field.
    pub field: &'a str,
    /// The text.
    pub text: &'a str,
    /// Size in points.
    pub size: f64,
    /// Italic, as the date is written.
    pub italic: bool,
    /// How the text lies in the field.
    pub align: Align,
}

/// A page's annotations while they change.
struct PageNotes {
    page: Dict,
    list: Vec<Object>,
    list_number: Option<u32>,
}

/// The form of a file.
pub(crate) struct Form {
    at: usize,
    catalog: (u32, Dict),
    form: Dict,
    form_number: Option<u32>,
    fields: Vec<Object>,
    fields_number: Option<u32>,
    pages: BTreeMap<u32, PageNotes>,
    added: usize,
}

impl Form {
    pub fn open<R: Read + Seek>(file: &mut File<R>, at: usize) -> Result<Self, Error> {
        let catalog = file.catalog(at)?;
        let form_number = catalog.1.get(b"AcroForm".as_slice()).and_then(Object::reference);
        let form = file.dict_value(&catalog.1, "AcroForm", at)?;
        if !matches!(file.value(&form, "XFA", at)?, Object::Null) {
            return Err(Error::Unsupported("XFA forms"));
        }
        let fields_number = form.get(b"Fields".as_slice()).and_then(Object::reference);
        let fields = file.value(&form, "Fields", at)?.array().unwrap_or_default().to_vec();
        Ok(Self { at, catalog, form, form_number, fields, fields_number, pages: BTreeMap::new(), added: 0 })
    }

    /// Adds a field that is also its own widget.
    fn add<R: Read + Seek>(
        &mut self,
        file: &mut File<R>,
        update: &mut Update,
        place: Place,
        mut widget: Dict,
        shown: Option<&Appearance>,
    ) -> Result<(), Error> {
        let (page, page_dict) = page(file, place.page, self.at)?;
        let geometry = Geometry::read(file, &page_dict, self.at)?;
        let number = update.number();
        let is_empty = place.rect.width() == 0.0;
        let rect = if is_empty { place.rect } else { geometry.on_page(place.rect) };
        if geometry.rotate != 0 {
            widget.insert(b"MK".to_vec(), Object::Dict(dict([("R", Object::Int(geometry.rotate))])));
        }
        if let Some(shown) = shown {
            let size = (place.rect.width(), place.rect.height());
            let drawn = appearance::draw(file, update, shown, size, geometry.rotate)?;
            widget.insert(b"AP".to_vec(), Object::Dict(dict_of_appearance(drawn)));
        }
        widget.extend(dict([
            ("Type", Object::named("Annot")),
            ("Subtype", Object::named("Widget")),
            ("Rect", rect.object()),
            ("P", Object::Ref(page, 0)),
        ]));
        update.put(number, &Object::Dict(widget));
        if !self.pages.contains_key(&page) {
            let list_number = page_dict.get(b"Annots".as_slice()).and_then(Object::reference);
            let list = file.value(&page_dict, "Annots", self.at)?.array().unwrap_or_default().to_vec();
            self.pages.insert(page, PageNotes { page: page_dict, list, list_number });
        }
        if let Some(notes) = self.pages.get_mut(&page) {
            notes.list.push(Object::Ref(number, 0));
        }
        self.fields.push(Object::Ref(number, 0));
        self.added += 1;
        Ok(())
    }

    /// Adds the signature field of a request.
    pub fn add_signature_field<R: Read + Seek>(
        &mut self,
        file: &mut File<R>,
        update: &mut Update,
        request: &Request,
        value: u32,
    ) -> Result<(), Error> {
        if request.field.is_empty() || request.field.contains('.') {
            return Err(Error::Request(Unsuitable::FieldName));
        }
        let place = request.place.unwrap_or(Place { page: 0, rect: Rect::new(0.0, 0.0, 0.0, 0.0) });
        let mut widget = dict([
            ("FT", Object::named("Sig")),
            ("T", Object::text(request.field)),
            ("V", Object::Ref(value, 0)),
            // Print and Locked: shown on paper, and not to be moved.
            ("F", Object::Int(132)),
        ]);
        if let Some(lock) = &request.lock {
            let mut lock = lock_dict(lock);
            lock.insert(b"Type".to_vec(), Object::named("SigFieldLock"));
            widget.insert(b"Lock".to_vec(), Object::Dict(lock));
        }
        let nothing = Appearance::default();
        let shown = request.place.map(|_| request.appearance.unwrap_or(&nothing));
        self.add(file, update, place, widget, shown)
    }

    /// Adds an empty text field, to be filled under a later signature.
    pub fn add_text_field<R: Read + Seek>(
        &mut self,
        file: &mut File<R>,
        update: &mut Update,
        name: &str,
        place: Place,
    ) -> Result<(), Error> {
        if name.is_empty() || name.contains('.') {
            return Err(Error::Request(Unsuitable::FieldName));
        }
        for field in &self.fields {
            let known = file.resolve(field, self.at)?;
            let known = known.dict().and_then(|known| known.get(b"T".as_slice())).and_then(Object::to_text);
            if known.as_deref() == Some(name) {
                return Err(Error::Request(Unsuitable::FieldTaken));
            }
        }
        let widget = dict([
            ("FT", Object::named("Tx")),
            ("T", Object::text(name)),
            ("F", Object::Int(4)),
            ("DA", Object::text("/Helv 0 Tf 0 g")),
        ]);
        self.add(file, update, place, widget, Some(&Appearance::default()))
    }

    /// Fills a text field and draws its text.
    pub fn fill<R: Read + Seek>(&mut self, file: &mut File<R>, update: &mut Update, fill: &Fill) -> Result<(), Error> {
        const MISSING: Error = Error::Request(Unsuitable::NoField);
        let mut found = None;
        for field in self.fields.clone() {
            let Some(number) = field.reference() else { continue };
            if let Object::Dict(own) = file.get(number, self.at)?
                && file.value(&own, "T", self.at)?.to_text().as_deref() == Some(fill.field)
            {
                found = Some((number, own));
            }
        }
        let (number, mut own) = found.ok_or(MISSING)?;
        let is_text = file.value(&own, "FT", self.at)?.name() == Some(b"Tx");
        let is_empty = file.value(&own, "V", self.at)?.string().is_none_or(<[u8]>::is_empty);
        let rect = Rect::read(&file.value(&own, "Rect", self.at)?);
        let (true, true, Some(rect)) = (is_text, is_empty, rect) else { return Err(MISSING) };
        let turned = file.dict_value(&own, "MK", self.at)?.get(b"R".as_slice()).and_then(Object::int).unwrap_or(0);
        let rect = if turned % 180 == 0 { rect } else { Rect::new(0.0, 0.0, rect.height(), rect.width()) };
        if super::font::width(fill.text, fill.size, fill.italic)? > rect.width() {
            return Err(Error::Request(Unsuitable::TextTooWide));
        }
        let x = match fill.align {
            Align::Left => 0.0,
            Align::Center => rect.width() / 2.0,
            Align::Right => rect.width(),
        };
        let line = Element::Text {
            text: fill.text.to_string(),
            x,
            y: (rect.height() - fill.size).max(0.0) / 2.0 + fill.size * 0.22,
            size: fill.size,
            italic: fill.italic,
            align: fill.align,
        };
        let shown = Appearance { elements: vec![line] };
        let drawn = appearance::draw(file, update, &shown, (rect.width(), rect.height()), turned)?;
        own.insert(b"V".to_vec(), Object::text(fill.text));
        own.insert(b"AP".to_vec(), Object::Dict(dict_of_appearance(drawn)));
        update.put(number, &Object::Dict(own));
        Ok(())
    }

    /// Writes what changed; `certify` is the certifying signature's object.
    pub fn write<R: Read + Seek>(
        mut self,
        file: &mut File<R>,
        update: &mut Update,
        certify: Option<u32>,
    ) -> Result<(), Error> {
        for (number, notes) in self.pages {
            match notes.list_number {
                Some(list) => update.put(list, &Object::Array(notes.list)),
                None => {
                    let mut page = notes.page;
                    page.insert(b"Annots".to_vec(), Object::Array(notes.list));
                    update.put(number, &Object::Dict(page));
                }
            }
        }
        let mut catalog_changed = false;
        if let Some(signature) = certify {
            let mut permissions = file.dict_value(&self.catalog.1, "Perms", self.at)?;
            permissions.insert(b"DocMDP".to_vec(), Object::Ref(signature, 0));
            self.catalog.1.insert(b"Perms".to_vec(), Object::Dict(permissions));
            catalog_changed = true;
        }
        let flags = file.value(&self.form, "SigFlags", self.at)?.int().unwrap_or(0);
        if self.added > 0 || flags & 3 != 3 {
            self.form.insert(b"SigFlags".to_vec(), Object::Int(flags | 3));
            match self.fields_number.filter(|_| self.added > 0) {
                Some(number) => update.put(number, &Object::Array(self.fields)),
                None if self.added > 0 => {
                    self.form.insert(b"Fields".to_vec(), Object::Array(self.fields));
                }
                None => {}
            }
            match self.form_number {
                Some(number) => update.put(number, &Object::Dict(self.form)),
                None => {
                    self.catalog.1.insert(b"AcroForm".to_vec(), Object::Dict(self.form));
                    catalog_changed = true;
                }
            }
        }
        if catalog_changed {
            update.put(self.catalog.0, &Object::Dict(self.catalog.1));
        }
        Ok(())
    }
}

/// How a page is seen.
struct Geometry {
    /// Its visible part in user space.
    visible: Rect,
    /// Clockwise turn in degrees: 0, 90, 180 or 270.
    rotate: i64,
}

impl Geometry {
    fn read<R: Read + Seek>(file: &mut File<R>, page: &Dict, at: usize) -> Result<Self, Error> {
        let [mut crop, mut media, mut rotate] = [const { Object::Null }; 3];
        let mut node = page.clone();
        // All three are inherited (§7.7.3.4).
        for _ in 0..32 {
            for (found, key) in [(&mut crop, "CropBox"), (&mut media, "MediaBox"), (&mut rotate, "Rotate")] {
                if *found == Object::Null {
                    *found = file.value(&node, key, at)?;
                }
            }
            match file.value(&node, "Parent", at)? {
                Object::Dict(parent) => node = parent,
                _ => break,
            }
        }
        let visible = Rect::read(&crop).or_else(|| Rect::read(&media)).ok_or(Error::Malformed("page without size"))?;
        let rotate = rotate.int().unwrap_or(0).rem_euclid(360);
        if rotate % 90 != 0 {
            return Err(Error::Malformed("/Rotate"));
        }
        Ok(Self { visible, rotate })
    }

    /// A rectangle of the page as seen, in user space.
    fn on_page(&self, seen: Rect) -> Rect {
        let (width, height) = (self.visible.width(), self.visible.height());
        let back = |x: f64, y: f64| {
            let (across, up) = match self.rotate {
                90 => (width - y, x),
                180 => (width - x, height - y),
                270 => (y, height - x),
                _ => (x, y),
            };
            (self.visible.left + across, self.visible.bottom + up)
        };
        let (a, b) = (back(seen.left, seen.bottom), back(seen.right, seen.top));
        Rect { left: a.0.min(b.0), bottom: a.1.min(b.1), right: a.0.max(b.0), top: a.1.max(b.1) }
    }
}

/// Width and height in points of a page as it is seen.
///
/// # Errors
/// [`Error::Request`] when there is no such page; the others as [`File::open`].
pub fn page_size<R: Read + Seek>(pdf: R, index: usize) -> Result<(f64, f64), Error> {
    let mut file = File::open(pdf)?;
    let at = file.newest();
    let (_, page) = page(&mut file, index, at)?;
    let Geometry { visible, rotate } = Geometry::read(&mut file, &page, at)?;
    let size = (visible.width(), visible.height());
    Ok(if rotate % 180 == 0 { size } else { (size.1, size.0) })
}

/// Number and dictionary of a page, counted from 0.
pub(crate) fn page<R: Read + Seek>(file: &mut File<R>, index: usize, at: usize) -> Result<(u32, Dict), Error> {
    const NO_PAGE: Error = Error::Request(Unsuitable::NoPage);
    let (_, catalog) = file.catalog(at)?;
    let root = catalog.get(b"Pages".as_slice()).and_then(Object::reference).ok_or(Error::Malformed("/Pages"))?;
    let (mut waiting, mut seen, mut passed) = (vec![root], HashSet::new(), 0);
    while let Some(number) = waiting.pop() {
        if !seen.insert(number) || seen.len() > MAX_PAGES {
            return Err(Error::Malformed("page tree"));
        }
        let Object::Dict(node) = file.get(number, at)? else { return Err(Error::Malformed("page tree")) };
        match file.value(&node, "Kids", at)? {
            Object::Array(kids) => {
                // A whole branch is passed at once when it says how many pages it has.
                let count = file.value(&node, "Count", at)?.int().and_then(|count| usize::try_from(count).ok());
                if let Some(count) = count.filter(|count| number != root && passed + count <= index) {
                    passed += count;
                    continue;
                }
                waiting.extend(kids.iter().rev().filter_map(Object::reference));
            }
            _ if passed == index => return Ok((number, node)),
            _ => passed += 1,
        }
    }
    Err(NO_PAGE)
}

/// The bytes to append so that the file has these empty text fields, for number and date to be filled in under a later
/// signature. To be done before the first signature: afterwards a new field counts as an alteration.
///
/// # Errors
/// [`Error::Request`] when the file is signed already, a name is taken or a page does not exist; the others as
/// [`File::open`].
pub fn reserve_fields<R: Read + Seek>(pdf: R, fields: &[(&str, Place)]) -> Result<Vec<u8>, Error> {
    let mut file = File::open(pdf)?;
    let at = file.newest();
    if super::field::read(&mut file, at)?.iter().any(|field| field.signature.is_some()) {
        return Err(Error::Request(Unsuitable::LateField));
    }
    let mut update = Update::new(&file);
    let mut form = Form::open(&mut file, at)?;
    for (name, place) in fields {
        form.add_text_field(&mut file, &mut update, name, *place)?;
    }
    form.write(&mut file, &mut update, None)?;
    Ok(update.write(&mut file)?.bytes)
}
