//! What PowerShell's generator leaves out: the values of those options that take one of a few,
//! and files where an option takes a file.

use std::fmt::Write as _;

use clap::{Arg, Command, ValueHint};

/// Stands behind what finds the command, and before what offers its options.
const PLACE: &str = "\n    $completions = @(switch ($command) {";

const BEGINNING: &str = "
    # What the option before the cursor takes, if that is one of a list or a file ($list0). Where
    # nothing is returned, PowerShell offers files.
    $before = @($commandElements | Where-Object { $_.Extent.EndOffset -lt $cursorPosition })
    $known = $null
    switch -Wildcard -CaseSensitive (\"$command $($before[-1].Extent.Text)\") {
";

const END: &str = "    }
    if ($null -ne $known) {
        $known | Where-Object { $_ -like \"$wordToComplete*\" } | ForEach-Object {
            [CompletionResult]::new($_, $_, [CompletionResultType]::ParameterValue, $_)
        }
        return
    }
";

pub fn with_values(script: &str, command: &Command) -> String {
    let (before, behind) = script.split_once(PLACE).expect("the generator's script has this line");
    let mut sets = vec![String::new()];
    let mut arms = String::new();
    add(command.get_name(), command, &mut sets, &mut arms);
    let mut lists = String::new();
    for (index, values) in sets.iter().enumerate() {
        let _ = writeln!(lists, "    $list{index} = @({values})");
    }
    format!("{before}\n{lists}{BEGINNING}{arms}{END}{PLACE}{behind}")
}

/// An arm for each option, by the command and all that was typed since.
fn add(path: &str, command: &Command, sets: &mut Vec<String>, arms: &mut String) {
    for arg in command.get_opts().filter(|arg| !arg.is_hide_set()) {
        let Some(values) = values(arg) else { continue };
        let index = sets.iter().position(|known| *known == values).unwrap_or_else(|| {
            sets.push(values);
            sets.len() - 1
        });
        let short = arg.get_short().map(|short| format!("-{short}"));
        let long = arg.get_long().map(|long| format!("--{long}"));
        for name in short.into_iter().chain(long) {
            let _ = writeln!(arms, "        '{path}* {name}' {{ $known = $list{index}; break }}");
        }
    }
    for each in command.get_subcommands() {
        add(&format!("{path};{}", each.get_name()), each, sets, arms);
    }
}

/// The values of an option, quoted; none for a file.
fn values(arg: &Arg) -> Option<String> {
    let known = arg.get_possible_values();
    let files = matches!(
        arg.get_value_hint(),
        ValueHint::AnyPath | ValueHint::FilePath | ValueHint::DirPath
    );
    let quoted: Vec<_> = known.iter().map(|value| format!("'{}'", value.get_name())).collect();
    (files || !known.is_empty()).then(|| quoted.join(", "))
}
