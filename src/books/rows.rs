//! Reading the ledger row by row, for reports.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Error, Row as Record};

use super::entry::{Bill, Entry, Row, RowId, Settlement, Span, State, Usage};
use super::error::Fault;
use super::process;

pub(super) fn visit(
    connection: &Connection,
    span: Span,
    now: i64,
    mut visit: impl FnMut(&Row),
) -> Result<(), Fault> {
    // Without a span there is no condition: reading in the order of the index would be slower.
    let condition = match span {
        Span { since: None, until: None } => "?1 <= ?2",
        _ => "time >= ?1 AND time < ?2",
    };
    let query = format!(
        "SELECT id, state, time, deadline, retry_of, command, tag, model, host, estimated_prompt,
           estimated_reply, estimate_exact, price, price_source, worst_case, cost, usage_source,
           prompt, cached, cache_written, reply, reasoning, model_answered, finish_reason,
           request_id, attempts, duration_ms, waiting, requests
         FROM request WHERE {condition}"
    );
    let mut statement = connection.prepare(&query)?;
    let limits = (span.since.unwrap_or(i64::MIN), span.until.unwrap_or(i64::MAX));
    let mut records = statement.query(limits)?;
    while let Some(record) = records.next()? {
        visit(&row(record, now)?);
    }
    Ok(())
}

fn row<'a>(record: &'a Record, now: i64) -> rusqlite::Result<Row<'a>> {
    Ok(Row {
        id: RowId(record.get(0)?),
        state: state(record, now)?,
        entry: entry(record)?,
        settlement: settlement(record)?,
    })
}

/// A reservation whose process has ended is unsettled, whatever the clock says; one whose process
/// cannot be seen from here is unsettled once its deadline has passed.
fn state(record: &Record, now: i64) -> rusqlite::Result<State> {
    match text(record, 1)? {
        "settled" => Ok(State::Settled),
        "unsettled" => Ok(State::Unsettled),
        _ => {
            let deadline: i64 = record.get(3)?;
            let ended = optional_text(record, 27)?.and_then(process::has_ended);
            let unsettled = ended.unwrap_or(deadline <= now);
            Ok(if unsettled { State::Unsettled } else { State::Reserved })
        }
    }
}

fn entry<'a>(record: &'a Record) -> rusqlite::Result<Entry<'a>> {
    Ok(Entry {
        time: record.get(2)?,
        deadline: record.get(3)?,
        retry_of: record.get::<_, Option<i64>>(4)?.map(RowId),
        command: text(record, 5)?,
        tag: Some(text(record, 6)?).filter(|tag| !tag.is_empty()),
        model: text(record, 7)?,
        host: text(record, 8)?,
        prompt_tokens: count(record, 9)?,
        reply_tokens: count(record, 10)?,
        exact: record.get(11)?,
        price: text(record, 12)?,
        price_source: text(record, 13)?,
        worst_case: count(record, 14)?.into(),
        requests: record.get(28)?,
    })
}

fn settlement<'a>(record: &'a Record) -> rusqlite::Result<Settlement<'a>> {
    let bill = match record.get_ref(15)? {
        ValueRef::Null => None,
        _ => Some(Bill { cost: count(record, 15)?.into(), usage: usage(record)? }),
    };
    Ok(Settlement {
        bill,
        model: optional_text(record, 22)?,
        finish_reason: optional_text(record, 23)?,
        request_id: optional_text(record, 24)?,
        attempts: record.get(25)?,
        duration_ms: count(record, 26)?,
    })
}

fn usage(record: &Record) -> rusqlite::Result<Option<Usage>> {
    let Some(source) = optional_text(record, 16)? else { return Ok(None) };
    Ok(Some(Usage {
        prompt: count(record, 17)?,
        cached: count(record, 18)?,
        cache_written: count(record, 19)?,
        reply: count(record, 20)?,
        reasoning: count(record, 21)?,
        counted_here: source == "count",
    }))
}

fn count(record: &Record, column: usize) -> rusqlite::Result<u64> {
    let value: i64 = record.get(column)?;
    u64::try_from(value).map_err(|_| Error::IntegralValueOutOfRange(column, value))
}

fn text<'a>(record: &'a Record, column: usize) -> rusqlite::Result<&'a str> {
    Ok(record.get_ref(column)?.as_str()?)
}

fn optional_text<'a>(record: &'a Record, column: usize) -> rusqlite::Result<Option<&'a str>> {
    Ok(record.get_ref(column)?.as_str_or_null()?)
}
