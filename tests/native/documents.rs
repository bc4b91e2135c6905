//! What the documents claim is there.

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

#[test]
fn each_file_of_tests_that_a_document_names_exists() {
    let documents = fs::read_dir("docs").unwrap().map(|file| file.unwrap().path());
    let mut named = 0;
    for document in documents.chain(["README.md".into(), "CONTRIBUTING.md".into()]).filter(|file| file.is_file()) {
        let Ok(text) = fs::read_to_string(&document) else { continue };
        for path in text.split(['`', ' ', '(', ')', ',', '\n']).filter(|word| word.starts_with("tests/")) {
            assert!(Path::new(path).exists(), "{} names {path}", document.display());
            named += 1;
        }
    }
    assert!(named > 30, "the documents are not read");
}

/// A suite that nobody names is not compiled, and nobody would miss it.
#[test]
fn each_suite_is_a_module_of_the_native_tests() {
    let main = fs::read_to_string("tests/native/main.rs").unwrap();
    let files = fs::read_dir("tests/native").unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    for suite in files.filter_map(|name| name.strip_suffix(".rs").map(str::to_owned)).filter(|name| name != "main") {
        assert!(main.contains(&format!("\nmod {suite};\n")), "tests/native/{suite}.rs is no module of main.rs");
    }
}

fn exists(suite: &str, name: &str) -> bool {
    if suite.is_empty() {
        let (file, test) = name.split_once("::").expect("file::test");
        return ["tests/native", "tests", "src"].iter().any(|folder| {
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
