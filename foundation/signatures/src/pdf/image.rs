//! Puts a PNG (a hand signature, a seal) into a PDF as an image in a calibrated colour space, its transparency as a soft
//! mask or, where PDF/A forbids that, as a hard one.

use super::object::dict;
use super::update::Update;
use super::{Error, Object, Unsuitable};

/// Pixels of an image at most; a seal at 600 dpi has under a million.
const MAX_PIXELS: u64 = 16_000_000;
const BAD_IMAGE: Error = Error::Request(Unsuitable::Image);

/// sRGB's primaries and an approximate gamma: means the same whatever output intent the document has.
pub(crate) fn color_space() -> Object {
    let numbers = |numbers: &[f64]| Object::Array(numbers.iter().map(|number| Object::Real(*number)).collect());
    Object::Array(vec![
        Object::named("CalRGB"),
        Object::Dict(dict([
            ("WhitePoint", numbers(&[0.9505, 1.0, 1.089])),
            ("Gamma", numbers(&[2.2, 2.2, 2.2])),
            ("Matrix", numbers(&[0.4124, 0.2126, 0.0193, 0.3576, 0.7152, 0.1192, 0.1805, 0.0722, 0.9505])),
        ])),
    ])
}

/// Adds the image and gives the reference to it.
pub(crate) fn add(update: &mut Update, png: &[u8], soft_mask: bool) -> Result<Object, Error> {
    let mut decoder = png::Decoder::new_with_limits(std::io::Cursor::new(png), png::Limits { bytes: 128 << 20 });
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(|_| BAD_IMAGE)?;
    let (width, height) = (reader.info().width, reader.info().height);
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(BAD_IMAGE);
    }
    let mut pixels = vec![0; reader.output_buffer_size().ok_or(BAD_IMAGE)?];
    let frame = reader.next_frame(&mut pixels).map_err(|_| BAD_IMAGE)?;
    pixels.truncate(frame.buffer_size());
    let samples = frame.color_type.samples();
    let (colors, alpha): (Vec<[u8; 3]>, Vec<u8>) = match samples {
        1 => pixels.iter().map(|gray| ([*gray; 3], 255)).unzip(),
        2 => pixels.chunks_exact(2).map(|pixel| ([pixel[0]; 3], pixel[1])).unzip(),
        3 => pixels.chunks_exact(3).map(|pixel| ([pixel[0], pixel[1], pixel[2]], 255)).unzip(),
        _ => pixels.chunks_exact(4).map(|pixel| ([pixel[0], pixel[1], pixel[2]], pixel[3])).unzip(),
    };
    let size = |bits: i64| {
        dict([
            ("Type", Object::named("XObject")),
            ("Subtype", Object::named("Image")),
            ("Width", Object::Int(i64::from(width))),
            ("Height", Object::Int(i64::from(height))),
            ("BitsPerComponent", Object::Int(bits)),
        ])
    };
    let mut head = size(8);
    head.insert(b"ColorSpace".to_vec(), color_space());
    if alpha.iter().any(|alpha| *alpha != 255) {
        if soft_mask {
            let mut mask = size(8);
            mask.insert(b"ColorSpace".to_vec(), Object::named("DeviceGray"));
            head.insert(b"SMask".to_vec(), update.add_stream(mask, &alpha));
        } else {
            let mut mask = size(1);
            mask.insert(b"ImageMask".to_vec(), Object::Bool(true));
            head.insert(b"Mask".to_vec(), update.add_stream(mask, &hard_mask(&alpha, width as usize)));
        }
    }
    Ok(update.add_stream(head, colors.as_flattened()))
}

/// One bit a pixel, rows padded to bytes; a set bit is not painted.
fn hard_mask(alpha: &[u8], width: usize) -> Vec<u8> {
    let mut mask = Vec::new();
    for row in alpha.chunks(width) {
        for byte in row.chunks(8) {
            mask.push(
                byte.iter().enumerate().fold(0u8, |bits, (bit, alpha)| bits | u8::from(*alpha < 128) << (7 - bit)),
            );
        }
    }
    mask
}
