use super::{MARGIN, data_uri};
use data_encoding::BASE64;
use qrcode::{Color, EcLevel, QrCode};

/// The gray values of a picture, and how many stand in a line.
fn decoded(uri: &str) -> (Vec<u8>, usize) {
    let bytes = BASE64.decode(uri.strip_prefix("data:image/png;base64,").unwrap().as_bytes()).unwrap();
    let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let width = reader.next_frame(&mut pixels).unwrap().width as usize;
    (pixels, width)
}

#[test]
fn every_module_is_a_square_inside_a_white_margin() {
    let text = "otpauth://totp/ann%40example.com?secret=GEZDGNBVGY3TQOJQ&issuer=Acme";
    let code = QrCode::with_error_correction_level(text, EcLevel::M).unwrap();
    let across = code.width() + 2 * MARGIN;
    let (pixels, width) = decoded(&data_uri(text, 300).unwrap());
    let scale = 300 / across;
    assert_eq!(width, across * scale);
    for y in 0..width {
        for x in 0..width {
            let inside = |pixel: usize| (MARGIN..across - MARGIN).contains(&(pixel / scale));
            let is_dark = inside(x) && inside(y) && code[(x / scale - MARGIN, y / scale - MARGIN)] == Color::Dark;
            assert_eq!(pixels[y * width + x], if is_dark { 0 } else { 255 }, "at {x}, {y}");
        }
    }
}

#[test]
fn a_text_that_no_code_holds_has_no_picture() {
    assert_eq!(data_uri(&"x".repeat(3000), 300), None);
}

#[test]
fn a_picture_that_should_be_too_narrow_has_a_pixel_for_each_module() {
    let (_, width) = decoded(&data_uri("short", 1).unwrap());
    assert_eq!(width, 21 + 2 * MARGIN);
}
