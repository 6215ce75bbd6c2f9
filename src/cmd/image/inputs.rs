//! The pictures that are sent along to be edited.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;

use crate::account::pictures::{self, Size};
use crate::cmd::files;
use crate::cmd::image::format::Format;
use crate::exit::{Exit, failure};
use crate::stdio::{self, reason};
use crate::wire::Field;

/// The pictures to edit, and the mask.
#[derive(Default)]
pub struct Inputs {
    pub pictures: Vec<Input>,
    pub mask: Option<Input>,
}

/// A picture as it is sent.
pub struct Input {
    name: String,
    format: Format,
    size: Size,
    bytes: Arc<Vec<u8>>,
}

/// The pictures to edit and the mask, each a picture, the mask of the first one's size.
pub fn read(edit: &[PathBuf], mask: Option<&Path>) -> anyhow::Result<Inputs> {
    let pictures = edit.iter().map(|path| Input::read(path)).collect::<Result<Vec<_>, _>>()?;
    let mask = mask.map(Input::read).transpose()?;
    if let (Some(first), Some(mask)) = (pictures.first(), &mask)
        && first.size != mask.size
    {
        let [(width, height), (mask_width, mask_height)] =
            [first, mask].map(|input| (input.size.width, input.size.height));
        let message = format!(
            "mask {} is {mask_width}x{mask_height}, and {} is {width}x{height}; make them the \
             same size; nothing was sent",
            mask.name, first.name
        );
        return Err(failure(Exit::Usage, message));
    }
    Ok(Inputs { pictures, mask })
}

impl Inputs {
    pub fn count(&self) -> u64 {
        self.pictures.len() as u64 + u64::from(self.mask.is_some())
    }

    /// A request's body as `--dry-run` shows it: with the names of what goes along.
    pub fn shown(&self, body: &Value) -> Value {
        let mut shown = body.clone();
        if !self.pictures.is_empty() {
            shown["image"] = self.pictures.iter().map(|input| input.name.as_str()).collect();
        }
        if let Some(mask) = &self.mask {
            shown["mask"] = mask.name.as_str().into();
        }
        shown
    }
}

impl Input {
    fn read(path: &Path) -> anyhow::Result<Self> {
        let is_stdin = path.as_os_str() == "-";
        let name = if is_stdin { "standard input".into() } else { path.display().to_string() };
        let bytes = if is_stdin { standard_input()? } else { files::bytes(path)? };
        match (Format::of(&bytes), pictures::size(&bytes)) {
            (Some(format), Some(size)) => Ok(Self { name, format, size, bytes: Arc::new(bytes) }),
            _ => Err(failure(
                Exit::Usage,
                format!("{name}: no PNG, JPEG, WebP or GIF picture; nothing was sent"),
            )),
        }
    }

    /// As a field of a form. The directory it lies in is nobody's business.
    pub fn field(&self, name: &str) -> Field {
        let file = match Path::new(&self.name).file_name() {
            Some(file) if self.name != "standard input" => file.to_string_lossy().into_owned(),
            _ => format!("image.{}", self.format.extension()),
        };
        let file = Some((file, self.format.media_type()));
        Field { name: name.into(), file, value: Arc::clone(&self.bytes) }
    }
}

fn standard_input() -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    stdio::input()
        .lock()
        .read_to_end(&mut bytes)
        .map_err(|error| failure(Exit::Local, format!("standard input: {}", reason(&error))))?;
    Ok(bytes)
}
