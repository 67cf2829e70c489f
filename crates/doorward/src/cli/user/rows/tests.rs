use super::*;
use serde_json::json;
use std::fs;
use tempfile::TempDir;

fn rows(name: &str, text: &[u8]) -> Vec<(u64, Option<Value>)> {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, text).unwrap();
    let batches = Batches::open(&path, None).unwrap();
    let rows = batches.flat_map(|batch| batch.unwrap().rows);
    rows.map(|row| (row.number, row.body.map(Value::Object))).collect()
}

#[test]
fn lines_keep_their_numbers_and_what_is_no_object_is_told() {
    let read = rows("a.jsonl", b"{\"a\":1}\n\n  \nno\n[1]\n\xff\n{\"b\":2}");
    let expected = [(1, Some(json!({ "a": 1 }))), (4, None), (5, None), (6, None), (7, Some(json!({ "b": 2 })))];
    assert_eq!(read, expected);
}

#[test]
fn a_mark_of_the_byte_order_is_no_part_of_the_first_row() {
    let read = rows("a.jsonl", b"\xef\xbb\xbf{\"a\":1}\n\xef\xbb\xbf{\"b\":2}\n");
    assert_eq!(read, [(1, Some(json!({ "a": 1 }))), (2, None)]);
    let read = rows("a.csv", b"\xef\xbb\xbfEmail\na@b.example\n");
    assert_eq!(read, [(2, Some(json!({ "Email": "a@b.example" })))]);
}

#[test]
fn an_endless_line_is_one_row_that_cannot_be_read() {
    let text = [b"{\"a\":\"".to_vec(), vec![b'x'; 3 * 1024 * 1024], b"\"}\n{\"b\":2}\n".to_vec()].concat();
    assert_eq!(rows("a.jsonl", &text), [(1, None), (2, Some(json!({ "b": 2 })))]);
}

#[test]
fn cells_become_what_their_columns_are() {
    let text = b"Email,emailverified,FirstName,CustomFields.tier,NoOfLogins,Roles,Note\r\n\
        ann@example.com,yes,\"Ann, Mary\",gold,7,\"[\"\"a\"\"]\",\r\n\
        bob@example.com,maybe,0,,x\r\n\
        one,two,three,four,five,six,seven,eight\r\n";
    let read = rows("a.csv", text);
    let ann = json!({ "Email": "ann@example.com", "emailverified": true, "FirstName": "Ann, Mary",
        "CustomFields": { "tier": "gold" }, "NoOfLogins": 7, "Roles": ["a"] });
    let bob = json!({ "Email": "bob@example.com", "emailverified": "maybe", "FirstName": "0", "NoOfLogins": "x" });
    assert_eq!(read, [(2, Some(ann)), (3, Some(bob)), (4, None)]);
}

#[test]
fn lines_are_counted_alike_whatever_ends_them() {
    for text in ["Email\na@b.example\n\"x\ny\"\nc@d.example\n", "Email\r\na@b.example\r\n\"x\r\ny\"\r\nc@d.example"] {
        let numbers: Vec<u64> = rows("a.csv", text.as_bytes()).into_iter().map(|(number, _)| number).collect();
        assert_eq!(numbers, [2, 3, 5], "{text:?}");
    }
}

#[test]
fn batches_are_full_but_for_the_last_and_say_where_they_end() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.ndjson");
    fs::write(&path, "{}\n".repeat(BATCH + 1)).unwrap();
    let read: Vec<Batch> = Batches::open(&path, None).unwrap().map(Result::unwrap).collect();
    assert_eq!(read.iter().map(|batch| batch.rows.len()).collect::<Vec<_>>(), [BATCH, 1]);
    assert_eq!(read.last().unwrap().end, fs::metadata(&path).unwrap().len());
}

#[test]
fn a_file_that_cannot_be_meant_is_refused_at_once() {
    let folder = TempDir::new().unwrap();
    for (name, text, said) in [
        ("a.jsonl", " [{}]", "one to a line"),
        ("a.csv", "name,age\n", "no column named Email"),
        ("a.csv", "Email,email,EmailVerified\n", "more than one column named email"),
        ("a.txt", "{}", "--format"),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        let Err(error) = Batches::open(&path, None) else { panic!("{name}") };
        assert!(format!("{error:#}").contains(said), "{error:#}");
    }
}
