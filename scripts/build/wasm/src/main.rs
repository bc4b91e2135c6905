//! Makes what a browser loads of what the compiler linked: `viasip-wasm LINKED FOLDER NAME [--debug]` writes the wasm and its
//! JavaScript, as `wasm-bindgen --target web` does, and with `--debug` the DWARF into a file of its own and a source map.
mod source_map;

use source_map::source_map;
use std::path::{Path, PathBuf};
use std::{env, error::Error, fs, process};
use wasm_bindgen_cli_support::Bindgen;

fn main() {
    let words: Vec<_> = env::args().skip(1).collect();
    let made = match &words[..] {
        [linked, folder, name] => make(linked, folder.into(), name, false),
        [linked, folder, name, flag] if flag == "--debug" => make(linked, folder.into(), name, true),
        _ => Err("viasip-wasm LINKED FOLDER NAME [--debug]".into()),
    };
    if let Err(error) = made {
        eprintln!("{error:#}");
        process::exit(1);
    }
}

fn make(linked: impl AsRef<Path>, folder: PathBuf, name: &str, debug: bool) -> Result<(), Box<dyn Error>> {
    let mut bindgen = Bindgen::new();
    bindgen.web(true)?;
    bindgen.input_path(linked).out_name(name).typescript(true).omit_default_module_path(true).split_debug_info(debug);
    bindgen.generate(&folder)?;
    if debug {
        let map = source_map(&fs::read(folder.join(format!("{name}_bg.debug.wasm")))?)?;
        fs::write(folder.join(format!("{name}_bg.wasm.map")), map)?;
    }
    Ok(())
}
