//! Each target with every input of its corpus, and with what a few edits make of them: the same ones at every run.

use super::{assertion, attestation, client_data, credential};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::fs;
use std::path::Path;

/// How many edited inputs; `PROPTEST_CASES` asks for more.
const EDITED: u32 = 10_000;

/// One change of an input.
#[derive(Debug, Clone)]
enum Edit {
    Set(Index, u8),
    Flip(Index, u8),
    Insert(Index, u8),
    Remove(Index),
    Cut(Index),
    Repeat(Index, usize),
}

impl Edit {
    fn apply(&self, bytes: &mut Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        let length = bytes.len();
        match self {
            Edit::Set(at, byte) => bytes[at.index(length)] = *byte,
            Edit::Flip(at, bit) => bytes[at.index(length)] ^= 1 << (bit % 8),
            Edit::Insert(at, byte) => bytes.insert(at.index(length), *byte),
            Edit::Remove(at) => drop(bytes.remove(at.index(length))),
            Edit::Cut(at) => bytes.truncate(at.index(length)),
            Edit::Repeat(at, most) => {
                let start = at.index(length);
                let piece = bytes[start..length.min(start + most)].to_vec();
                bytes.splice(start..start, piece);
            }
        }
    }
}

fn edit() -> impl Strategy<Value = Edit> {
    // The bytes at the edges of what lengths and tags may say come more often than the others.
    let byte = || prop_oneof![select(vec![0, 1, 0x17, 0x18, 0x5f, 0x7f, 0x80, 0x9f, 0xbf, 0xff]), any::<u8>()];
    prop_oneof![
        (any::<Index>(), byte()).prop_map(|(at, byte)| Edit::Set(at, byte)),
        (any::<Index>(), any::<u8>()).prop_map(|(at, bit)| Edit::Flip(at, bit)),
        (any::<Index>(), byte()).prop_map(|(at, byte)| Edit::Insert(at, byte)),
        any::<Index>().prop_map(Edit::Remove),
        any::<Index>().prop_map(Edit::Cut),
        (any::<Index>(), 1..64_usize).prop_map(|(at, most)| Edit::Repeat(at, most)),
    ]
}

fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(name);
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().map(|path| fs::read(path).unwrap()).collect()
}

fn run(name: &str, target: fn(&[u8])) {
    let corpus = corpus(name);
    assert!(!corpus.is_empty());
    for bytes in &corpus {
        target(bytes);
    }
    let cases = Config::default().cases.max(EDITED);
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let edited = (select(corpus), vec(edit(), 1..6));
    let verdict = runner.run(&edited, |(mut bytes, edits)| {
        for edit in &edits {
            edit.apply(&mut bytes);
        }
        target(&bytes);
        Ok(())
    });
    verdict.unwrap();
}

#[test]
fn a_body_with_any_credential_is_judged_or_refused() {
    run("credential", credential);
}

#[test]
fn any_attestation_object_is_judged_or_refused() {
    run("attestation", attestation);
}

#[test]
fn any_client_data_are_judged_or_refused() {
    run("client-data", client_data);
}

#[test]
fn any_signature_over_anything_is_judged_or_refused() {
    run("assertion", assertion);
}
