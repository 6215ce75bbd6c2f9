//! The committed manual and completions are what the program prints.

use std::fs;
use std::path::Path;

use crate::sandbox::Sandbox;

#[track_caller]
fn check(what: &str) {
    let sandbox = Sandbox::new();
    let outcome = sandbox.gpt(["generate", what, "--into", "new/place"]).run();
    assert_eq!(outcome.to_string(), "");
    let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join(what);
    let names = |directory: &Path| {
        let entries = fs::read_dir(directory).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    let generated = names(&sandbox.path("new/place"));
    assert_eq!(generated, names(&committed), "'cargo run -- generate' writes them anew");
    for name in generated {
        let fresh = fs::read(sandbox.path("new/place").join(&name)).unwrap()
            == fs::read(committed.join(&name)).unwrap();
        assert!(fresh, "{}: 'cargo run -- generate {what} --into {what}'", name.display());
    }
}

#[test]
fn the_manual_is_fresh() {
    check("man");
}

#[test]
fn the_completions_are_fresh() {
    check("completions");
}
