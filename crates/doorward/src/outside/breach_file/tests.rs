use std::fs;
use std::path::PathBuf;

use data_encoding::HEXUPPER;
use doorward_flows::app::outside::BreachList;
use doorward_model::password::Password;
use doorward_model::secret::Secret;
use tempfile::TempDir;

use super::{BreachFile, build};

fn sha1(password: &str) -> [u8; 20] {
    Password::new(&Secret::new(password)).sha1()
}

/// A file made of these lines.
fn built(lines: &str) -> (TempDir, PathBuf, u64) {
    let folder = TempDir::new().unwrap();
    let (list, file) = (folder.path().join("list.txt"), folder.path().join("breached.bin"));
    fs::write(&list, lines).unwrap();
    let count = build(&list, &file).unwrap();
    (folder, file, count)
}

#[tokio::test]
async fn what_the_list_held_is_found_and_nothing_else() {
    let hashed = HEXUPPER.encode(&sha1("granite kettle 91 orbits"));
    let many: Vec<String> = (0..1000).map(|number| format!("number {number}")).collect();
    let many = many.join("\r\n");
    let (_folder, file, count) = built(&format!(
        "velvet anchor 58 tulips\n\n{hashed}:1234\n{}\n{many}\r\nvelvet anchor 58 tulips\n",
        hashed.to_lowercase()
    ));
    assert_eq!(count, 1002);
    let list = BreachFile::open(&file).unwrap();
    for known in ["velvet anchor 58 tulips", "granite kettle 91 orbits", "number 0", "number 617", "number 999"] {
        assert!(list.holds(&sha1(known)).await.unwrap(), "{known}");
    }
    for unknown in ["Velvet anchor 58 tulips", "number 1000", "", &hashed] {
        assert!(!list.holds(&sha1(unknown)).await.unwrap(), "{unknown}");
    }
}

#[tokio::test]
async fn an_empty_list_holds_nothing() {
    let (_folder, file, count) = built("");
    assert_eq!(count, 0);
    assert!(!BreachFile::open(&file).unwrap().holds(&sha1("anything")).await.unwrap());
}

#[test]
fn a_file_that_is_no_list_or_was_cut_short_is_refused() {
    let (folder, file, _) = built("one\ntwo\n");
    let whole = fs::read(&file).unwrap();
    fs::write(&file, &whole[..whole.len() - 1]).unwrap();
    assert!(BreachFile::open(&file).is_err_and(|error| error.to_string().contains("cut short")));
    let plain = folder.path().join("list.txt");
    assert!(BreachFile::open(&plain).is_err_and(|error| error.to_string().contains("breached build")));
}
