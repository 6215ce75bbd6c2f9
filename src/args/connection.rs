//! What all commands that talk to a server have in common.

use std::path::PathBuf;

use clap::{Args, ValueHint};

/// Where the server is and how it is reached.
#[derive(Args)]
pub struct Connection {
    /// The API's address [default: https://api.openai.com/v1]
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url, help_heading = "Connection")]
    pub base_url: Option<String>,

    /// Proxy: http, https, socks5 or socks5h
    #[arg(long, value_name = "URL", value_hint = ValueHint::Url, help_heading = "Connection")]
    pub proxy: Option<String>,

    /// Give up after this long, all attempts together
    #[arg(
        long,
        value_name = "SECONDS",
        default_value = "600",
        allow_hyphen_values = true,
        help_heading = "Connection"
    )]
    pub timeout: String,

    /// How often to try again
    #[arg(long, value_name = "N", default_value_t = 2, help_heading = "Connection")]
    pub retries: u32,

    /// Read the key from this file
    #[arg(
        long,
        value_name = "FILE",
        value_hint = ValueHint::FilePath,
        help_heading = "Connection"
    )]
    pub api_key_file: Option<PathBuf>,

    /// Use this profile of the config file
    #[arg(short = 'P', long, value_name = "NAME", help_heading = "Connection")]
    pub profile: Option<String>,
}
