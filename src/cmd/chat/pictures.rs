//! Pictures that go with a prompt, as data URLs.

use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::account::models::Model;
use crate::account::pictures;
use crate::cmd::files;
use crate::exit::{Exit, failure};

/// A message's content: the text alone, or the text and the pictures.
pub fn content(text: String, files: &[PathBuf], model: &Model) -> anyhow::Result<Value> {
    if files.is_empty() {
        return Ok(text.into());
    }
    if model.listed && model.sight.is_none() {
        let message = format!("{} sees no pictures; choose another model", model.name);
        return Err(failure(Exit::Usage, message));
    }
    let mut parts = vec![json!({"type": "text", "text": text})];
    for file in files {
        parts.push(json!({"type": "image_url", "image_url": {"url": data_url(file)?}}));
    }
    Ok(parts.into())
}

fn data_url(file: &Path) -> anyhow::Result<String> {
    let bytes = files::bytes(file)?;
    match kind(&bytes).filter(|_| pictures::size(&bytes).is_some()) {
        Some(kind) => Ok(format!("data:image/{kind};base64,{}", STANDARD.encode(&bytes))),
        None => Err(failure(
            Exit::Usage,
            format!("{}: no PNG, JPEG, WebP or GIF picture; nothing was sent", file.display()),
        )),
    }
}

fn kind(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => Some("png"),
        [0xff, 0xd8, 0xff, ..] => Some("jpeg"),
        [b'G', b'I', b'F', b'8', ..] => Some("gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("webp"),
        _ => None,
    }
}
