//! `gpt image`.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::Request;

#[derive(Args)]
#[command(
    after_help = "\
A picture goes into a pipe as it is; on a terminal, or with --output, it becomes a file, whose \
name is printed. A name without an extension gets that of what came, a name that has one is kept. \
The prompt is the PROMPT words, then a blank line, then standard input.

What a server answers with an address is fetched without the key, over http or https, and not from \
private networks unless the API is on one; names that a proxy looks up are left to the proxy.

With --lines, -0 or --jsonl every record of standard input is a request of its own, behind the \
PROMPT words. All are read, and estimated as one, before the first is sent; --max-cost is for all. \
The pictures become files whose numbers follow the order of the records, so --output needs a %d: \
with -N 2 those of the third record are 5 and 6, whatever becomes of the others. What is printed \
is a line with the names of a record's files, with --json a JSON line: index, id, reply (the \
names), usage, cost, error. A record that fails is an empty line, or an error, and does not stop \
the others. --resume OUT asks for what is missing or failed; a failed record's files need --force \
if some of them are there. --dry-run prints a body a line; 'gpt batch' does not take them.

Examples:
  gpt image 'a red square' > square.png
  gpt image -N 4 --size 1024x1024 -O 'cat-%02d.png' 'a cat'
  gpt image --edit room.jpg --mask wall.png 'paint the wall green' > green.png
  gpt image --max-cost 0.05 --quality low -O light.png 'a lighthouse'
  gpt image --lines -j 4 --quality low --size 1024x1024 -O 'pic-%03d.png' < prompts.txt",
    mut_arg("model", |arg| arg.help("The model [default: gpt-image-2]")),
    mut_arg("choices", |arg| arg.help("Make N pictures")),
    mut_arg("max_cost", |arg| arg.help("Refuse what could cost more")),
    mut_arg("stream", |arg| arg.help("Ask for previews, with --show; they cost a little more")),
    mut_arg("null", |arg| arg.help("Every NUL-separated record is; so is what is printed")),
    mut_arg("jsonl", |arg| arg.help("Every JSON line is: {\"prompt\": ...}, perhaps an \"id\"")),
    mut_arg("jobs", |arg| arg.help("So many requests at once; what is printed keeps their order")),
    mut_arg("no_stream", |arg| arg.hide(true)),
    mut_arg("temperature", |arg| arg.hide(true)),
    mut_arg("top_p", |arg| arg.hide(true)),
    mut_arg("stop", |arg| arg.hide(true)),
    mut_arg("seed", |arg| arg.hide(true)),
    mut_arg("max_tokens", |arg| arg.hide(true)),
    mut_arg("max_tokens_field", |arg| arg.hide(true)),
    mut_arg("allow_incomplete", |arg| arg.hide(true))
)]
pub struct Image {
    /// Words of the prompt
    #[arg(value_name = "PROMPT")]
    pub prompt: Vec<String>,

    /// Width and height, such as 1024x1024, or auto
    #[arg(long, value_name = "SIZE", help_heading = "Picture")]
    pub size: Option<String>,

    /// Such as low, medium, high or auto; the better, the dearer
    #[arg(long, value_name = "QUALITY", help_heading = "Picture")]
    pub quality: Option<String>,

    /// transparent, opaque or auto
    #[arg(long, value_name = "BACKGROUND", help_heading = "Picture")]
    pub background: Option<String>,

    /// png, jpeg, webp or what else the model makes
    #[arg(long, value_name = "FORMAT", help_heading = "Picture")]
    pub format: Option<String>,

    /// Edit this picture; '-' is standard input (repeatable)
    #[arg(
        long,
        value_name = "IMAGE",
        value_hint = ValueHint::FilePath,
        help_heading = "Picture"
    )]
    pub edit: Vec<PathBuf>,

    /// Edit only where this picture, of the same size, is transparent
    #[arg(
        long,
        value_name = "IMAGE",
        value_hint = ValueHint::FilePath,
        requires = "edit",
        help_heading = "Picture"
    )]
    pub mask: Option<PathBuf>,

    /// Write to this file; several get numbers, at %d or %03d (%% is a percent sign) or before the
    /// extension
    #[arg(
        short = 'O',
        long,
        value_name = "FILE",
        value_hint = ValueHint::FilePath,
        help_heading = "Output"
    )]
    pub output: Option<PathBuf>,

    /// Overwrite files that exist
    #[arg(long, requires = "output", help_heading = "Output")]
    pub force: bool,

    /// Draw the pictures in the terminal, too; with --stream, previews as they come
    #[arg(long, conflicts_with = "json", help_heading = "Output")]
    pub show: bool,

    #[command(flatten)]
    pub request: Request,
}
