//! What the documents claim is there.

// Helpers of tests are test code, which clippy sees only in functions marked as tests.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::fs;
use std::path::Path;

/// The table said that things were covered which were not there: each row now names the tests that show it.
#[test]
fn each_test_that_the_table_of_rfcs_names_exists() {
    let table = fs::read_to_string("docs/rfcs.md").unwrap();
    let rows: Vec<_> = table.lines().filter(|line| line.starts_with('|')).skip(2).collect();
    assert!(rows.len() >= 19, "the table is not read");
    for row in rows {
        let cells: Vec<_> = row.trim_matches('|').split(" | ").collect();
        assert_eq!(cells.len(), 5, "{row}");
        assert!(cells.iter().all(|cell| !cell.trim().is_empty()), "{row}");
        // Odd pieces stand between backticks; what stands before one says where to look.
        let pieces: Vec<_> = cells[4].split('`').collect();
        assert!(pieces.len() > 2, "no test: {row}");
        for name in pieces.chunks(2).filter(|pair| pair.len() == 2) {
            let suite = name[0].trim_matches([' ', ',', ':']);
            assert!(exists(suite, name[1]), "there is no test {suite} {}", name[1]);
        }
    }
}

fn exists(suite: &str, name: &str) -> bool {
    if suite.is_empty() {
        let (file, test) = name.split_once("::").expect("file::test");
        return ["tests", "src"].iter().any(|folder| {
            let text = fs::read_to_string(format!("{folder}/{file}.rs")).unwrap_or_default();
            text.contains(&format!("#[test]\nfn {test}()")) || text.contains(&format!("#[test]\n    fn {test}()"))
        });
    }
    let folder = if suite == "parity" { "tests/parity/scenarios".to_owned() } else { format!("tests/{suite}") };
    // Lines are broken anywhere; a title stands behind what opens a test, a call or a field.
    let dense = |text: &str| text.split_whitespace().collect::<String>();
    let openings = ["(", ",", "name:"];
    let titles = ['\'', '"', '`'].map(|quote| openings.map(|before| dense(&format!("{before}{quote}{name}{quote}"))));
    let files = fs::read_dir(Path::new(&folder)).expect("a folder of tests");
    files.map(|file| fs::read_to_string(file.unwrap().path()).unwrap_or_default()).any(|text| {
        let text = dense(&text);
        titles.iter().flatten().any(|title| text.contains(title))
    })
}
