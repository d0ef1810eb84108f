//! Adds a signature in two steps: *prepare* writes the revision with a gap and gives the digest to sign, *finish* puts
//! the value into the gap. Between the two a person may look for their token; nothing is kept open meanwhile.

use std::io::{Read, Seek};

use base::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::appearance::{self, Appearance};
use super::field::{self, Permission};
use super::file::File;
use super::form::{self, Fill};
use super::object::{dict, write_dict};
use super::update::Update;
use super::{Dict, Error, Lock, Object, Rect, SubFilter, Unsuitable};

/// Room kept for the value when nothing else is known: a CMS with a chain of three, revocation and a time-stamp.
pub const DEFAULT_RESERVED: usize = 16 << 10;
/// The most that may be kept.
const MAX_RESERVED: usize = 1 << 20;

/// Where a new field is shown.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// Page, counted from 0.
    pub page: usize,
    /// The rectangle in points of the page as it is seen: origin at the bottom left of its visible part, turned as the
    /// page is turned.
    pub rect: Rect,
}

/// The signature to add.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// Name of the field. A field of this name without signature is signed; with one, the request is refused; otherwise
    /// the field is made.
    pub field: &'a str,
    /// Where a new field is shown; `None` for an invisible signature.
    pub place: Option<Place>,
    /// What is drawn in it.
    pub appearance: Option<&'a Appearance>,
    /// [`SubFilter::CadesDetached`], [`SubFilter::Pkcs7Detached`] or [`SubFilter::TimeStamp`].
    pub sub_filter: SubFilter,
    /// Bytes kept for the value, DER.
    pub reserved: usize,
    /// Signer's name as shown by readers.
    pub name: Option<&'a str>,
    /// Reason as shown by readers.
    pub reason: Option<&'a str>,
    /// Place as shown by readers.
    pub location: Option<&'a str>,
    /// The claimed time of signing; written in Vietnam's time.
    pub time: Option<Timestamp>,
    /// Makes a certifying signature; only as the first signature of a file.
    pub certify: Option<Permission>,
    /// Fields that may not change afterwards.
    pub lock: Option<Lock>,
    /// Text fields filled in the same revision: number and date, under the agency's seal.
    pub fill: &'a [Fill<'a>],
}

impl<'a> Request<'a> {
    /// An invisible PAdES signature in the field of this name.
    pub fn new(field: &'a str) -> Self {
        Self {
            field,
            place: None,
            appearance: None,
            sub_filter: SubFilter::CadesDetached,
            reserved: DEFAULT_RESERVED,
            name: None,
            reason: None,
            location: None,
            time: None,
            certify: None,
            lock: None,
            fill: &[],
        }
    }
}

/// A revision that waits for its signature value. Plain data: it may be stored until the value comes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prepared {
    /// SHA-256 of all bytes that the signature covers: the message digest of the CMS, or the imprint of a document
    /// time-stamp.
    pub digest: [u8; 32],
    /// Length of the file that is extended.
    pub original_len: u64,
    appended: Vec<u8>,
    /// Where in `appended` the hexadecimal digits stand.
    digits: (usize, usize),
}

impl Prepared {
    /// The most that [`Prepared::finish`] can take, in bytes.
    pub fn reserved(&self) -> usize {
        (self.digits.1 - self.digits.0) / 2
    }

    /// The bytes to append to the file, with this value (DER) in the gap.
    ///
    /// # Errors
    /// [`Error::Request`] when the value is empty or larger than the room reserved for it.
    pub fn finish(&self, value: &[u8]) -> Result<Vec<u8>, Error> {
        if value.is_empty() || value.len() > self.reserved() {
            return Err(Error::Request(Unsuitable::ValueTooLarge));
        }
        let mut bytes = self.appended.clone();
        let digits = hex::encode(value);
        bytes[self.digits.0..self.digits.0 + digits.len()].copy_from_slice(digits.as_bytes());
        Ok(bytes)
    }
}

/// Prepares a signature.
///
/// # Errors
/// [`Error::Request`] when the field is signed already, the page does not exist, an image cannot be used, or an earlier
/// certification forbids it; the others as [`File::open`].
pub fn prepare<R: Read + Seek>(pdf: R, request: &Request) -> Result<Prepared, Error> {
    let mut file = File::open(pdf)?;
    let at = file.newest();
    if !(64..=MAX_RESERVED).contains(&request.reserved) {
        return Err(Error::Request(Unsuitable::Reserved));
    }
    let fields = field::read(&mut file, at)?;
    check_earlier(&fields, request)?;
    let existing = fields.iter().find(|field| field.name == request.field);
    if existing.is_some_and(|field| field.signature.is_some()) {
        return Err(Error::Request(Unsuitable::Signed));
    }
    let mut update = Update::new(&file);
    let mut form = form::Form::open(&mut file, at)?;
    let value = update.number();
    let existing = existing.map(|field| (field.object, field.dict.clone()));
    let mut lock = request.lock.clone();
    match existing {
        Some((object, dict)) => {
            let Object::Dict(mut own) = file.get(object, at)? else { return Err(Error::Malformed("signature field")) };
            let rect = Rect::read(&file.value(&dict, "Rect", at)?);
            own.insert(b"V".to_vec(), Object::Ref(value, 0));
            // Who made the field may have said what its signature locks (§12.7.4.5).
            let wanted = file.dict_value(&dict, "Lock", at)?;
            lock = field::read_lock(&mut file, &wanted, at)?.or(lock);
            if let (Some(rect), Some(appearance)) = (rect, request.appearance) {
                let drawn = appearance::draw(&mut file, &mut update, appearance, (rect.width(), rect.height()), 0)?;
                own.insert(b"AP".to_vec(), Object::Dict(dict_of_appearance(drawn)));
            }
            update.put(object, &Object::Dict(own));
        }
        None => form.add_signature_field(&mut file, &mut update, request, value)?,
    }
    for fill in request.fill {
        form.fill(&mut file, &mut update, fill)?;
    }
    let certify = request.certify.map(|_| value);
    form.write(&mut file, &mut update, certify)?;
    let (body, contents, range) = signature_body(request, lock.as_ref());
    update.put_raw(value, body);
    let written = update.write(&mut file)?;
    finish_ranges(&mut file, written.bytes, written.bodies[&value], contents, range)
}

pub(crate) fn dict_of_appearance(normal: Object) -> Dict {
    dict([("N", normal)])
}

fn check_earlier(fields: &[field::Field], request: &Request) -> Result<(), Error> {
    let signed: Vec<_> = fields.iter().filter_map(|field| field.signature.as_ref()).collect();
    if request.certify.is_some() && !signed.is_empty() {
        return Err(Error::Request(Unsuitable::LateCertification));
    }
    let strictest = signed.iter().filter_map(|signature| signature.permission).min();
    if strictest == Some(Permission::Nothing) && request.sub_filter != SubFilter::TimeStamp {
        return Err(Error::Request(Unsuitable::Certified));
    }
    let locked = |name: &str| signed.iter().filter_map(|s| s.lock.as_ref()).any(|lock| lock.covers(name));
    if request.fill.iter().any(|fill| locked(fill.field)) {
        return Err(Error::Request(Unsuitable::Locked));
    }
    Ok(())
}

/// The signature dictionary with room for value and range; positions of `<…>` and of the range.
fn signature_body(request: &Request, lock: Option<&Lock>) -> (Vec<u8>, (usize, usize), (usize, usize)) {
    let is_stamp = request.sub_filter == SubFilter::TimeStamp;
    let mut head = dict([
        ("Type", Object::named(if is_stamp { "DocTimeStamp" } else { "Sig" })),
        ("Filter", Object::named("Adobe.PPKLite")),
        ("SubFilter", Object::named(request.sub_filter.as_str())),
    ]);
    let claims = [("Name", request.name), ("Reason", request.reason), ("Location", request.location)];
    for (key, text) in claims {
        head.extend(text.map(|text| (key.as_bytes().to_vec(), Object::text(text))));
    }
    head.extend(request.time.map(|time| (b"M".to_vec(), Object::text(&pdf_time(time)))));
    let mut references = Vec::new();
    let mut reference = |method: &str, mut parameters: Dict| {
        parameters.extend(dict([("Type", Object::named("TransformParams")), ("V", Object::named("1.2"))]));
        references.push(Object::Dict(dict([
            ("Type", Object::named("SigRef")),
            ("TransformMethod", Object::named(method)),
            ("TransformParams", Object::Dict(parameters)),
        ])));
    };
    if let Some(permission) = request.certify {
        reference("DocMDP", dict([("P", Object::Int(permission as i64))]));
    }
    if let Some(lock) = lock {
        reference("FieldMDP", lock_dict(lock));
    }
    if !references.is_empty() {
        head.insert(b"Reference".to_vec(), Object::Array(references));
    }
    let mut body = Vec::new();
    write_dict(&head, &mut body);
    body.truncate(body.len() - 2);
    body.extend(b"/ByteRange ");
    let range = (body.len(), body.len() + 64);
    body.resize(range.1, b' ');
    body.extend(b"/Contents ");
    let contents = (body.len(), body.len() + request.reserved * 2 + 2);
    body.push(b'<');
    body.resize(contents.1 - 1, b'0');
    body.extend(b">>>");
    (body, contents, range)
}

/// The lock as a FieldMDP dictionary.
pub(crate) fn lock_dict(lock: &Lock) -> Dict {
    let names = |names: &[String]| Object::Array(names.iter().map(|name| Object::text(name)).collect());
    match lock {
        Lock::All => dict([("Action", Object::named("All"))]),
        Lock::Include(fields) => dict([("Action", Object::named("Include")), ("Fields", names(fields))]),
        Lock::Exclude(fields) => dict([("Action", Object::named("Exclude")), ("Fields", names(fields))]),
    }
}

fn finish_ranges<R: Read + Seek>(
    file: &mut File<R>,
    mut appended: Vec<u8>,
    body: usize,
    contents: (usize, usize),
    range: (usize, usize),
) -> Result<Prepared, Error> {
    let base = file.len();
    let gap = (body + contents.0, body + contents.1);
    let (first, second) = (base + gap.0 as u64, base + gap.1 as u64);
    let numbers = format!("[0 {first} {second} {}]", appended.len() - gap.1);
    appended[body + range.0..body + range.0 + numbers.len()].copy_from_slice(numbers.as_bytes());
    let mut digest = Sha256::new();
    file.stream(0, base, |piece| digest.update(piece))?;
    digest.update(&appended[..gap.0]);
    digest.update(&appended[gap.1..]);
    Ok(Prepared { digest: digest.finalize().into(), original_len: base, appended, digits: (gap.0 + 1, gap.1 - 1) })
}

/// A time as PDF writes it, in Vietnam's time (§7.9.4).
pub(crate) fn pdf_time(time: Timestamp) -> String {
    time.to_local().strftime("D:%Y%m%d%H%M%S+07'00'").to_string()
}
