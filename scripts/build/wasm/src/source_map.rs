//! A source map of a wasm, from its DWARF: <https://tc39.es/ecma426/>. All code is on the first line of what was generated; its
//! column is the offset in bytes from the beginning of the file.
use gimli::{ColumnType, Dwarf, EndianSlice, LittleEndian, SectionId};
use serde_json::json;
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use wasmparser::{Parser, Payload};

type Bytes<'a> = EndianSlice<'a, LittleEndian>;
type Failure = Box<dyn std::error::Error>;

/// Where an instruction comes from: the file, and line and column as DWARF counts them, from 1; 0 is none.
struct Place {
    file: String,
    line: u64,
    column: u64,
}

/// The map, as JSON. Its sources are named as the compiler saw them.
pub fn source_map(wasm: &[u8]) -> Result<String, Failure> {
    let mut sources = Vec::new();
    let mut numbers = HashMap::new();
    let mut mappings = String::new();
    let mut last = [0; 4];
    for (offset, Place { file, line, column }) in places(wasm)? {
        let number = *numbers.entry(file).or_insert_with_key(|file| {
            sources.push(file.clone());
            sources.len() - 1
        });
        let now = [offset, number as u64, line - 1, column.saturating_sub(1)].map(|value| value as i64);
        if !mappings.is_empty() {
            mappings.push(',');
        }
        for (value, before) in now.iter().zip(last) {
            push_difference(&mut mappings, value - before);
        }
        last = now;
    }
    Ok(json!({ "version": 3, "names": [], "sources": sources, "mappings": mappings }).to_string())
}

/// What the line programs of all units say, by offset in the file. An instruction without a line is of no source.
fn places(wasm: &[u8]) -> Result<BTreeMap<u64, Place>, Failure> {
    let mut sections = HashMap::new();
    let mut code = 0;
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::CustomSection(section) => {
                sections.insert(section.name(), section.data());
            }
            // The addresses of DWARF begin where the code does.
            Payload::CodeSectionStart { range, .. } => code = range.start as u64,
            _ => {}
        }
    }
    let of = |id: SectionId| sections.get(id.name()).copied().unwrap_or_default();
    let dwarf = Dwarf::load(|id| Ok::<_, gimli::Error>(Bytes::new(of(id), LittleEndian)))?;
    let mut places = BTreeMap::new();
    let mut units = dwarf.units();
    while let Some(header) = units.next()? {
        let unit = dwarf.unit(header)?;
        let Some(program) = unit.line_program.clone() else { continue };
        let mut rows = program.rows();
        while let Some((header, row)) = rows.next_row()? {
            // The end of a sequence is the first address behind it.
            let address = row.address() - u64::from(row.end_sequence());
            let Some(line) = row.line() else {
                places.remove(&(code + address));
                continue;
            };
            let mut file = PathBuf::new();
            if let Some(entry) = row.file(header) {
                // Directory 0 is the one that the compiler ran in.
                let directory = entry.directory(header).filter(|_| entry.directory_index() != 0);
                for part in directory.into_iter().chain([entry.path_name()]) {
                    file.push(&*dwarf.attr_string(&unit, part)?.to_string_lossy());
                }
            }
            let column = if let ColumnType::Column(column) = row.column() { column.get() } else { 0 };
            places
                .insert(code + address, Place { file: file.to_string_lossy().into_owned(), line: line.get(), column });
        }
    }
    Ok(places)
}

/// A number of a mapping: base 64 VLQ, five bits a digit, the lowest first, the sign before them.
fn push_difference(mappings: &mut String, difference: i64) {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut rest = difference.unsigned_abs() << 1 | u64::from(difference < 0);
    loop {
        let more = u64::from(rest > 31) << 5;
        mappings.push(char::from(DIGITS[(rest & 31 | more) as usize]));
        rest >>= 5;
        if more == 0 {
            return;
        }
    }
}
