//! What the program says of itself.

use crate::sandbox::Sandbox;

#[test]
fn version_and_build_are_on_one_line() {
    let told = |flag: &str| {
        let run = Sandbox::new().gpt([flag]).run();
        assert_eq!((run.code, run.err.as_str()), (0, ""));
        run.text().to_owned()
    };
    let line = told("--version");
    assert_eq!(told("-V"), line);
    let build = line.strip_prefix(concat!("gpt ", env!("CARGO_PKG_VERSION"), " (")).unwrap();
    let build = build.strip_suffix(")\n").unwrap();
    let (commit, target) = build.rsplit_once(", ").unwrap_or(("", build));
    assert!(target.contains(std::env::consts::ARCH), "{line}");
    // COMMIT DAY in a release from a checkout, nothing in one from a package.
    let told = commit.split(' ').map(str::len).collect::<Vec<_>>();
    let expected: &[&[usize]] = if cfg!(debug_assertions) { &[&[5]] } else { &[&[10, 10], &[0]] };
    assert!(expected.contains(&told.as_slice()), "{line}");
}
