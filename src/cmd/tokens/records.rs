//! A count a record. One that cannot be counted is told about, and the others are counted.

use std::io::BufReader;

use super::figures::{Figures, Totals};
use super::form;
use super::inputs::Sources;
use super::measure::Measure;
use crate::account::count::Count;
use crate::account::framing::{self, Chat};
use crate::account::message;
use crate::account::models::Model;
use crate::args;
use crate::bpe;
use crate::cmd::records::{JsonRecord, Records};
use crate::exit::{self, Exit, failure};
use crate::stdio::Stdio;

pub fn run(
    args: &args::Tokens,
    measure: &Measure,
    records: Records,
    sources: &mut Sources,
    totals: &mut Totals,
    stdio: &mut Stdio,
) -> anyhow::Result<()> {
    let form = form(args);
    let mut index = 0;
    sources.each(stdio, |_, input, stdio| {
        let mut input = BufReader::with_capacity(64 * 1024, input);
        let mut record = Vec::new();
        while records.next(&mut input, &mut record)? {
            index += 1;
            let mut figures = Figures::new(measure);
            figures.index = Some(index);
            let counted = match records {
                Records::Json => count_json(&mut figures, &record, index),
                Records::Lines | Records::Null if args.ids => {
                    figures.count_ids(&record);
                    Ok(())
                }
                Records::Lines | Records::Null => {
                    figures.set_text_tokens(bpe::count(measure.encoding, &record));
                    Ok(())
                }
            };
            match counted {
                Ok(()) => {
                    totals.add(&figures);
                    figures.print(form, &mut stdio.out)?;
                }
                Err(error) => {
                    totals.failed.get_or_insert(exit::code(&error));
                    stdio.error(format_args!("{error:#}"));
                    figures.print_error(&error, form, &mut stdio.out)?;
                }
            }
        }
        Ok(())
    })
}

fn count_json(figures: &mut Figures, line: &[u8], index: u64) -> anyhow::Result<()> {
    let mut record = JsonRecord::read(line, index)?;
    figures.id = record.id.take();
    figures.set_count(count(&record, &figures.measure.model, index)?);
    Ok(())
}

/// A prompt counts as text, messages with their framing.
fn count(record: &JsonRecord, model: &Model, index: u64) -> anyhow::Result<Count> {
    let Some(messages) = &record.messages else {
        return Ok(framing::text(model, record.prompt.as_deref().unwrap_or_default()));
    };
    let messages = message::read(messages)
        .map_err(|error| failure(Exit::Usage, format!("record {index}: {error}")))?;
    Ok(framing::chat(model, &Chat { messages, ..Chat::default() }))
}
