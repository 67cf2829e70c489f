//! Text as a picture that a camera reads: a QR code in a PNG, as a data URI.
//!
//! The wire says PNG, which apps on phones show without more ado; an SVG would need no encoder of ours and a renderer of
//! theirs.

use data_encoding::BASE64;
use qrcode::{Color, EcLevel, QrCode};

/// White modules around the code, as the standard asks for.
const MARGIN: usize = 4;

/// A picture of `text`, as wide as its modules allow without exceeding `width` pixels, but at least one pixel each. None
/// for a text that no code holds, of more than two thousand characters.
pub(super) fn data_uri(text: &str, width: usize) -> Option<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let (modules, colors) = (code.width(), code.to_colors());
    let across = modules + 2 * MARGIN;
    let scale = (width / across).max(1);
    let side = across * scale;
    let is_dark = |x: usize, y: usize| {
        let inside = |pixel: usize| (pixel / scale).checked_sub(MARGIN).filter(|module| *module < modules);
        matches!((inside(x), inside(y)), (Some(x), Some(y)) if colors[y * modules + x] == Color::Dark)
    };
    let line = |y: usize| {
        (0..side.div_ceil(8)).map(move |byte| {
            // One bit for each pixel, the leftmost highest; white is one.
            (0..8).fold(0u8, |bits, bit| bits << 1 | u8::from(!is_dark(byte * 8 + bit, y)))
        })
    };
    let pixels: Vec<u8> = (0..side).flat_map(line).collect();
    Some(format!("data:image/png;base64,{}", BASE64.encode(&png(side, &pixels)?)))
}

fn png(side: usize, pixels: &[u8]) -> Option<Vec<u8>> {
    let side = u32::try_from(side).ok()?;
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let mut writer = encoder.write_header().ok()?;
    writer.write_image_data(pixels).ok()?;
    writer.finish().ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests;
