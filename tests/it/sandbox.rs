//! A home of its own for each test, and the program run in it: what it printed and how it ended,
//! as one text that a test compares whole.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use expect_test::Expect;
use tempfile::TempDir;

use crate::server::Server;

/// A directory that is home, working directory and everything else to the program.
pub struct Sandbox(TempDir);

impl Sandbox {
    pub fn new() -> Self {
        Self(TempDir::new().expect("a temporary directory"))
    }

    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).expect("a directory for the file");
        fs::write(&path, content).expect("a file to write");
        path
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("a file to read")
    }

    /// The program, about to run here with nothing of the caller's environment and no input.
    pub fn gpt<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Gpt {
        self.command(env!("CARGO_BIN_EXE_gpt"), args)
    }

    /// Another program, such as a shell, in the same surroundings.
    pub fn command<A: AsRef<OsStr>>(
        &self,
        program: &str,
        args: impl IntoIterator<Item = A>,
    ) -> Gpt {
        let mut command = Command::new(program);
        command.args(args).current_dir(self.0.path()).env_clear().env("HOME", self.0.path());
        command.env("LC_ALL", "C.UTF-8").env("TZ", "UTC").env("PATH", "/usr/bin:/bin");
        Gpt {
            command,
            input: None,
            output: None,
            names: vec![(self.0.path().display().to_string(), "[dir]")],
        }
    }
}

/// A run that is being prepared.
pub struct Gpt {
    command: Command,
    input: Option<Vec<u8>>,
    output: Option<File>,
    /// What differs from run to run, and what a test sees in its place.
    names: Vec<(String, &'static str)>,
}

impl Gpt {
    #[must_use]
    pub fn input(mut self, input: impl Into<Vec<u8>>) -> Self {
        self.input = Some(input.into());
        self
    }

    #[must_use]
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.command.arg(arg);
        self
    }

    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Has standard output go to a file that exists, such as a device.
    #[must_use]
    pub fn output(mut self, path: impl AsRef<Path>) -> Self {
        self.output = Some(File::options().write(true).open(path).expect("a file to write to"));
        self
    }

    /// Has the program talk to `server`, which needs no key, being on loopback.
    #[must_use]
    pub fn server(mut self, server: &Server) -> Self {
        let url = server.base_url();
        let address = url.trim_start_matches("http://").split('/').next().unwrap().to_owned();
        self.names.push((address, "[server]"));
        self.env("OPENAI_BASE_URL", url)
    }

    /// Starts the program with its streams piped. Its input is fed by the caller or closed.
    pub fn spawn(mut self) -> Child {
        let output = self.output.map_or_else(Stdio::piped, Stdio::from);
        self.command.stdin(Stdio::piped()).stdout(output).stderr(Stdio::piped());
        let mut child = self.command.spawn().expect("the program starts");
        if self.input.is_none() {
            drop(child.stdin.take());
        }
        child
    }

    pub fn run(mut self) -> Outcome {
        let names = std::mem::take(&mut self.names);
        let output = match self.output {
            Some(_) => self.spawn().wait_with_output(),
            None => assert_cmd::Command::from_std(self.command)
                .write_stdin(self.input.unwrap_or_default())
                .output(),
        };
        let output = output.expect("the program starts and ends");
        let mut err = String::from_utf8_lossy(&output.stderr).into_owned();
        for (found, shown) in names {
            err = err.replace(&found, shown);
        }
        Outcome { code: output.status.code().unwrap_or(-1), out: output.stdout, err }
    }

    /// Runs the program and compares all it said and how it ended.
    #[track_caller]
    pub fn check(self, expected: Expect) {
        expected.assert_eq(&self.run().to_string());
    }
}

/// How a run ended.
pub struct Outcome {
    pub code: i32,
    pub out: Vec<u8>,
    pub err: String,
}

impl Outcome {
    #[track_caller]
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.out).expect("the output is UTF-8")
    }
}

/// The output as it is, then the lines of standard error behind a `! `, then the exit code unless
/// it is 0.
impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // An expectation is trimmed at its beginning, so what begins so is made visible.
        match self.out.first() {
            Some(b'\n') => f.write_str("[line break]")?,
            Some(b' ') => f.write_str("[blank]")?,
            _ => {}
        }
        f.write_str(&String::from_utf8_lossy(&self.out).replace('\0', "[NUL]"))?;
        if !self.out.is_empty() && !self.out.ends_with(b"\n") {
            f.write_str("[no line break]\n")?;
        }
        for line in self.err.lines() {
            writeln!(f, "! {line}")?;
        }
        if self.code != 0 {
            writeln!(f, "exit {}", self.code)?;
        }
        Ok(())
    }
}
