//! How the program is put together, where that is known to work: what runs at the start side by
//! side, and nothing loaded that need not be. It saves three of seven megabytes and a fifth of the
//! page faults of a short `gpt tokens`. Who has chosen a linker gets the plain program.

use std::env;
use std::path::Path;
use std::process::Command;

/// What `cc` calls the part of its library that unwinds.
const UNWINDER: &str = "libgcc_eh.a";

pub fn arrange(out: &Path) {
    println!("cargo::rerun-if-env-changed=RUSTC_LINKER");
    let variable =
        |name| env::var_os(name).and_then(|text| text.into_string().ok()).unwrap_or_default();
    let target = variable("TARGET");
    let known = target == "x86_64-unknown-linux-gnu" && variable("HOST") == target;
    let flags = variable("CARGO_ENCODED_RUSTFLAGS");
    let chosen = env::var_os("RUSTC_LINKER").is_some()
        || ["linker", "fuse-ld", "link-arg"].iter().any(|word| flags.contains(word));
    if !known || chosen || variable("PROFILE") != "release" {
        return;
    }
    let script = Path::new(&variable("CARGO_MANIFEST_DIR")).join("build/start.ld");
    let script = format!("-Wl,-T,{}", script.display());
    if is_taken(&script, out) {
        println!("cargo::rustc-link-arg-bin=gpt={script}");
    }
    // Named before the shared library that the toolchain asks for, which then is not needed.
    if let Some(directory) = Path::new(&found(UNWINDER)).parent().filter(|it| it.is_absolute()) {
        println!("cargo::rustc-link-search=native={}", directory.display());
        println!("cargo::rustc-link-lib=static=gcc_eh");
    }
}

/// Whether the system's linker takes the script. (The toolchain's own does.)
fn is_taken(script: &str, out: &Path) -> bool {
    let mut cc = Command::new("cc");
    cc.args(["-shared", "-nostdlib", script, "-x", "c", "/dev/null", "-o"]).arg(out.join("probe"));
    cc.output().is_ok_and(|output| output.status.success())
}

/// Where `cc` has a file; its bare name if it has none.
fn found(file: &str) -> String {
    let asked = Command::new("cc").arg(format!("-print-file-name={file}")).output();
    let path = asked.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    path.unwrap_or_default()
}
